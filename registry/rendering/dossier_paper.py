"""The dossier of a round category as a paper: the digest, who decided what, the rules, the ranking, the working of
those at the cut, reviews, objections with their answers, and how to work it all out again.

It has both languages, as certificates have. What somebody typed stands as it was typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from registry.rendering import fonts
from registry.rendering.blocks import BODY, NOTE, STRONG, Cell, Column, Paper, printable
from registry.rendering.ornament import PINE
from registry.rendering.paper import Bilingual, Frame, kept
from registry.rendering.typesetting import Style, set_text

TITLE = Bilingual("批次归档卷宗", "DOSSIER OF A ROUND")
DIGEST = Style(fonts.BOLD, 9, PINE)
DIGEST_MEANS = (
    "摘要为卷宗全部内容（规范 JSON）的 SHA-256；本文件与同时归档的表格、JSON 内容一致，以 JSON 为准。",
    "The digest is the SHA-256 of the whole content as canonical JSON. This paper and the workbook filed with it say "
    "the same; where they could be read differently the JSON counts.",
)
REPLAY = (
    "在任何装有本系统的计算机上，无需数据库，运行 registry rounds replay 加 JSON 文件名，即可由填报值、核定值、"
    "专家评分、标准和因子重新计算每项得分和全部排序；结果一致时显示 identical，否则逐项指出差异。",
    "On any computer with this software and without its database, the command registry rounds replay with the name of "
    "the JSON file works every figure and the whole order out again from answers, established values, marks, criteria "
    "and factors. It ends with identical, or names each place where something differs.",
)
NONE = ("无。", "None.")


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with its two people: when, by whom, and what for."""

    number: str
    kind: Bilingual
    proposed: str
    proposed_reason: str
    decided: str
    decided_reason: str
    digest: str


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a ranking."""

    rank: str
    site: Bilingual
    applicant: str
    total: str
    grade: Bilingual
    result: Bilingual
    ground: Bilingual


@dataclass(frozen=True, slots=True)
class Ranked:
    """A selection: its number, how many places it filled, its rules, and everyone in order."""

    title: Bilingual
    facts: tuple[tuple[Bilingual, Bilingual], ...]
    rules: tuple[Bilingual, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Worked:
    """The working of one application: points by section, and the reviews that they rest on."""

    title: Bilingual
    sections: tuple[tuple[Bilingual, Decimal, Decimal], ...]
    sums: Bilingual
    reviews: Bilingual


@dataclass(frozen=True, slots=True)
class Objected:
    """An objection with its answer."""

    number: str
    about: Bilingual
    raised: str
    statement: str
    outcome: Bilingual
    answer: str


@dataclass(frozen=True, slots=True)
class DossierPaper:
    """All that stands on the paper of a dossier."""

    digest: str
    programme: Bilingual
    round: Bilingual
    facts: tuple[tuple[Bilingual, Bilingual], ...]
    route: tuple[Bilingual, ...]
    decisions: tuple[Decided, ...]
    selections: tuple[Ranked, ...]
    worked: tuple[Worked, ...]
    reviews: tuple[tuple[Bilingual, Bilingual], ...]
    objections: tuple[Objected, ...]
    demo: bool = False


def render(values: DossierPaper) -> bytes:
    """Draw the paper of a dossier; a character that cannot be printed stands as 〓."""
    lacking: dict[str, None] = {}
    programme = Bilingual(printable(values.programme.zh, lacking), printable(values.programme.en, lacking))
    frame = Frame(
        title=f"{TITLE.zh} {values.round.zh}",
        subject=programme.zh,
        author="",
        programme=programme,
        number=values.digest[:16],
        demo=values.demo,
    )
    paper = Paper(frame, lacking=lacking)
    paper.title(TITLE, _printable(paper, values.round))
    paper.centred([set_text(values.digest, DIGEST, 440)], before=2)
    paper.add(8, lambda _canvas, _top: None)
    paper.pairs((label, _printable(paper, value)) for label, value in values.facts)
    for text in DIGEST_MEANS:
        paper.note(text, before=4)
    _route(paper, values.route)
    _decisions(paper, values.decisions)
    for selection in values.selections:
        _ranked(paper, selection)
    _worked(paper, values.worked)
    paper.heading(Bilingual("专家评审与回避", "Reviews and recusals"))
    paper.pairs(values.reviews)
    _objections(paper, values.objections)
    paper.heading(Bilingual("如何复算", "How to work it out again"))
    for text in REPLAY:
        paper.text(text)
    return paper.bytes()


def _printable(paper: Paper, text: Bilingual) -> Bilingual:
    return Bilingual(paper.free(text.zh), paper.free(text.en))


def _lines(paper: Paper, text: Bilingual, *, strong: bool = False) -> Cell:
    second = text.en if text.en != text.zh else ""
    return [(paper.free(text.zh), STRONG if strong else BODY), (paper.free(second), NOTE)]


def _route(paper: Paper, route: Sequence[Bilingual]) -> None:
    paper.heading(Bilingual("流程", "Route"))
    paper.text(" → ".join(step.zh for step in route))
    paper.note(" → ".join(step.en for step in route))


def _decisions(paper: Paper, decisions: Sequence[Decided]) -> None:
    paper.heading(Bilingual("决定", "Decisions"))
    if not decisions:
        paper.text(" ".join(NONE))
        return
    columns = (
        Column(Bilingual("编号", "No."), 7),
        Column(Bilingual("事项", "What"), 15),
        Column(Bilingual("提出", "Proposed"), 31),
        Column(Bilingual("审定", "Decided"), 31),
        Column(Bilingual("摘要", "Digest"), 16),
    )
    paper.table(
        columns,
        [
            [
                [(row.number, BODY)],
                _lines(paper, row.kind),
                [(paper.free(row.proposed), BODY), (paper.free(row.proposed_reason), NOTE)],
                [(paper.free(row.decided), BODY), (paper.free(row.decided_reason), NOTE)],
                [(row.digest[:16], NOTE)],
            ]
            for row in decisions
        ],
    )


def _ranked(paper: Paper, selection: Ranked) -> None:
    paper.heading(selection.title)
    paper.pairs((label, _printable(paper, value)) for label, value in selection.facts)
    for rule in selection.rules:
        paper.note(f"{rule.zh}  {rule.en}", before=2)
    columns = (
        Column(Bilingual("名次", "Rank"), 8, number=True),
        Column(Bilingual("申报场所", "Site"), 28),
        Column(Bilingual("申报单位", "Applicant"), 24),
        Column(Bilingual("总分", "Total"), 11, number=True),
        Column(Bilingual("等级", "Grade"), 10),
        Column(Bilingual("结果", "Result"), 19),
    )
    paper.add(6, lambda _canvas, _top: None)
    paper.table(
        columns,
        [
            [
                [(row.rank, BODY)],
                _lines(paper, row.site),
                [(paper.free(row.applicant), BODY)],
                [(row.total, STRONG)],
                _lines(paper, row.grade),
                [
                    (f"{row.result.zh} {row.result.en}".strip(), STRONG),
                    (row.ground.zh, NOTE),
                    (row.ground.en, NOTE),
                ],
            ]
            for row in selection.places
        ],
    )


def _worked(paper: Paper, worked: Sequence[Worked]) -> None:
    paper.heading(
        Bilingual("入选项目和界线上下各五名的得分", "Figures of the selected and of five on each side of the cut")
    )
    if not worked:
        paper.text(" ".join(NONE))
    columns = (
        Column(Bilingual("部分", "Section"), 70),
        Column(Bilingual("得分", "Points"), 15, number=True),
        Column(Bilingual("满分", "Of"), 15, number=True),
    )
    for row in worked:
        begin = len(paper.pieces)
        paper.text(f"{paper.free(row.title.zh)}  {paper.free(row.title.en)}".strip(), STRONG, before=8, keep=True)
        paper.table(
            columns,
            [
                [_lines(paper, title), [(format(points, "f"), STRONG)], [(format(most, "f"), BODY)]]
                for title, points, most in row.sections
            ],
        )
        paper.note(f"{row.sums.zh}；{row.reviews.zh}。 {row.sums.en}; {row.reviews.en}.", before=3)
        paper.pieces[begin:] = kept(paper.pieces[begin:])


def _objections(paper: Paper, objections: Sequence[Objected]) -> None:
    paper.heading(Bilingual("异议与答复", "Objections and answers"))
    if not objections:
        paper.text(" ".join(NONE))
        return
    columns = (
        Column(Bilingual("编号", "No."), 7),
        Column(Bilingual("所涉项目", "About"), 21),
        Column(Bilingual("异议", "Objection"), 34),
        Column(Bilingual("答复", "Answer"), 38),
    )
    paper.table(
        columns,
        [
            [
                [(row.number, BODY)],
                _lines(paper, row.about),
                [(paper.free(row.statement), BODY), (row.raised, NOTE)],
                [
                    (f"{row.outcome.zh} {row.outcome.en}".strip(), STRONG),
                    (paper.free(row.answer), BODY),
                ],
            ]
            for row in objections
        ],
    )
