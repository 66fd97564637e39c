"""The score sheet of an application: the result, every requirement and indicator, and the values that they rest on.

Its headings have both languages; what is said of an indicator is in the reader's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportlab.pdfgen.canvas import Canvas

from registry.rendering import fonts
from registry.rendering.blocks import BODY, NOTE, STRONG, Cell, Column, Drawing, Paper
from registry.rendering.ornament import AMBER, HAIR, MIST, PINE
from registry.rendering.paper import LEFT, MEASURE, RIGHT, Bilingual, Frame, rule
from registry.rendering.typesetting import Style, set_text, shrink

WARNING = Style(fonts.BOLD, 8.4, AMBER, 1.36)
TOTAL, TOTAL_NOTE = Style(fonts.BOLD, 22, PINE, 1.2), Style(fonts.REGULAR, 8.4, PINE)
GATE = Column(Bilingual("门槛要求", "Requirement"), 58)
CLAUSES = Column(Bilingual("条款与来源", "Clause and source"), 24)
NUMBER = Column(Bilingual("序号", "No."), 8)
POINTS = Column(Bilingual("得分 / 满分", "Points / of"), 14, number=True)


@dataclass(frozen=True, slots=True)
class Judged:
    """A requirement or an indicator: its figure or state, how it came about, its points, and what it rests on.

    `open` says what is missing, empty where nothing is.
    """

    number: str
    title: str
    figure: str
    working: tuple[str, ...]
    points: str
    clauses: str
    source: str
    open: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The indicators of a section with their sum."""

    title: Bilingual
    points: Decimal
    max: Decimal
    rows: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """A value that was asked: as declared, and as established with the reason where it was."""

    title: str
    declared: str
    verified: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What reviewers marked, the most it brings, and of each the letter, the points and the reason."""

    title: str
    points: str
    marks: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ScorePaper:
    """All that stands on a score sheet; `results` are the figures at its head, the first of them the largest.

    Where it is feedback to the applicant, `standing` says where the line was and `questions` what reviewers found.
    """

    title: Bilingual
    programme: Bilingual
    number: str
    author: str
    facts: tuple[tuple[Bilingual, Bilingual], ...]
    results: tuple[tuple[Bilingual, str], ...]
    notes: tuple[str, ...]
    gates: tuple[Judged, ...]
    sections: tuple[Section, ...]
    missing: tuple[str, ...]
    computed: tuple[tuple[str, str], ...]
    values: tuple[Declared, ...]
    demo: bool = False
    standing: tuple[tuple[Bilingual, Bilingual], ...] = ()
    questions: tuple[Question, ...] = ()


def render(values: ScorePaper) -> bytes:
    """Draw a score sheet; raises Unprintable where a name on it cannot be printed."""
    site = values.facts[0][1].zh if values.facts else ""
    title = f"{values.title.zh} {values.number} {site}".strip()
    paper = Paper(Frame(title, values.programme.zh, values.author, values.programme, values.number, values.demo))
    paper.title(values.title)
    paper.pairs(values.facts)
    _results(paper, values.results)
    for note in values.notes:
        paper.note(paper.free(note), before=4)
    if values.standing:
        paper.heading(Bilingual("入选界线", "Where the line was"))
        paper.pairs(values.standing)
    _sections(paper, values.sections)
    _questions(paper, values.questions)
    if values.missing:
        paper.heading(Bilingual("尚缺", "What is missing"))
        for line in values.missing:
            paper.text(f"· {paper.free(line)}")
    if values.gates:
        paper.heading(Bilingual("门槛要求", "Requirements"))
        result = Column(Bilingual("结果", "Result"), 14)
        paper.table((NUMBER, GATE, result, CLAUSES), [_gate(paper, row) for row in values.gates])
    for section in values.sections:
        paper.heading(section.title)
        columns = (
            NUMBER,
            Column(Bilingual("指标与计算", "Indicator and working"), 46),
            Column(Bilingual("数值", "Figure"), 17, number=True),
            POINTS,
            CLAUSES,
        )
        paper.table(columns, [_indicator(paper, row) for row in section.rows])
    _computed(paper, values.computed)
    _values(paper, values.values)
    return paper.bytes()


def _gate(paper: Paper, row: Judged) -> list[Cell]:
    state = (row.open, WARNING) if row.open else (row.figure, STRONG)
    return [[(row.number, BODY)], _title(paper, row), [state], _grounds(paper, row)]


def _indicator(paper: Paper, row: Judged) -> list[Cell]:
    points = [(row.points, STRONG), (row.open, WARNING)]
    return [[(row.number, BODY)], _title(paper, row), [(row.figure, BODY)], points, _grounds(paper, row)]


def _title(paper: Paper, row: Judged) -> Cell:
    return [(paper.free(row.title), STRONG), *((paper.free(line), NOTE) for line in row.working)]


def _grounds(paper: Paper, row: Judged) -> Cell:
    return [(paper.free(row.clauses), BODY), (paper.free(row.source), NOTE)]


def _results(paper: Paper, results: Sequence[tuple[Bilingual, str]]) -> None:
    """Add the figures at the head side by side in a band."""
    if not results:
        return
    width = MEASURE / len(results)
    height = 62.0

    def drawn(canvas: Canvas, top: float) -> None:
        canvas.setFillColor(MIST)
        canvas.rect(LEFT, top - height, MEASURE, height, stroke=0, fill=1)
        for index, (label, figure) in enumerate(results):
            middle = LEFT + (index + 0.5) * width
            said = shrink(figure, TOTAL, width - 12, lines=1, floor=9)
            said.draw(canvas, middle, top - 7 - (TOTAL.line - said.height) / 2, centred=True)
            for place, (text, style) in enumerate(((label.zh, TOTAL_NOTE), (label.en, NOTE))):
                named = shrink(text, style, width - 8, lines=1, floor=5.5)
                named.draw(canvas, middle, top - 34 - place * TOTAL_NOTE.line, centred=True)

    paper.add(height, drawn, before=10)


def _sections(paper: Paper, sections: Sequence[Section]) -> None:
    """Add the sections as bars, each with its points out of the most."""
    paper.heading(Bilingual("各部分得分", "Points by section"))
    for section in sections:
        height, drawn = _bar(section)
        paper.add(height, drawn, keep=section is not sections[-1])


def _bar(section: Section) -> tuple[float, Drawing]:
    """Return a section's bar with its height: its title stands beside it in both languages, one below the other."""
    name, figure = LEFT + 190, RIGHT - 70
    full = figure - name - 10
    share = min(max(section.points / section.max, Decimal(0)), Decimal(1)) if section.max else Decimal(0)
    said = f"{section.points} / {section.max}"
    title = shrink(section.title.zh, BODY, 182, lines=1, floor=6)
    below = shrink(section.title.en, NOTE, 182, lines=2, floor=6)
    height = max(17.0, 2 + title.height + below.height + 3)

    def drawn(canvas: Canvas, top: float) -> None:
        below.draw(canvas, LEFT, title.draw(canvas, LEFT, top - 2))
        canvas.setFillColor(HAIR)
        canvas.rect(name, top - 12, full, 7, stroke=0, fill=1)
        canvas.setFillColor(PINE)
        if share:
            canvas.rect(name, top - 12, float(share) * full, 7, stroke=0, fill=1)
        set_text(said, STRONG, 70).draw(canvas, RIGHT, top - 2, right=True)
        rule(canvas, top - height)

    return height, drawn


def _questions(paper: Paper, questions: Sequence[Question]) -> None:
    """Add what each reviewer gave for a question, and why, in the words of the reviewer."""
    if not questions:
        return
    paper.heading(Bilingual("评审专家意见", "What the reviewers found"))
    columns = (
        Column(Bilingual("评审问题", "Question"), 30),
        Column(Bilingual("专家", "Reviewer"), 12),
        Column(Bilingual("得分 / 满分", "Points / of"), 14, number=True),
        Column(Bilingual("理由", "Reason"), 44),
    )
    rows: list[list[Cell]] = [
        [
            [(paper.free(one.title) if not place else "", STRONG)],
            [(label, BODY)],
            [(f"{points} / {one.points}", STRONG)],
            [(paper.free(words), BODY)],
        ]
        for one in questions
        for place, (label, points, words) in enumerate(one.marks)
    ]
    paper.table(columns, rows)


def _computed(paper: Paper, computed: Sequence[tuple[str, str]]) -> None:
    if not computed:
        return
    paper.heading(Bilingual("计算值与因子表", "Computed values and factor tables"))
    columns = (Column(Bilingual("名称", "Name"), 44), Column(Bilingual("计算或版本", "Working or edition"), 56))
    paper.table(columns, [[[(paper.free(name), BODY)], [(paper.free(text), BODY)]] for name, text in computed])


def _values(paper: Paper, values: Sequence[Declared]) -> None:
    if not values:
        return
    paper.heading(Bilingual("依据的数值", "Values relied on"))
    established = any(value.verified for value in values)
    columns = [Column(Bilingual("填报项", "What is asked"), 46), Column(Bilingual("填报值", "Declared"), 24)]
    if established:
        columns.append(Column(Bilingual("核定值与理由", "Established, and why"), 30))
    rows: list[list[Cell]] = []
    for value in values:
        row: list[Cell] = [[(paper.free(value.title), BODY)], [(paper.free(value.declared), BODY)]]
        if established:
            row.append([(paper.free(value.verified), STRONG), (paper.free(value.reason), NOTE)])
        rows.append(row)
    paper.table(columns, rows)
