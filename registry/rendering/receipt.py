"""The receipt of a submission: that it arrived, when, by whose hand, and what was in it."""

from dataclasses import dataclass

from registry.rendering import fonts
from registry.rendering.blocks import BODY, NOTE, STRONG, Column, Paper
from registry.rendering.ornament import PINE
from registry.rendering.paper import Bilingual, Frame
from registry.rendering.typesetting import Style, set_text

SHORT = 16
TITLE = Bilingual("申报回执", "RECEIPT OF SUBMISSION")
NUMBER = Style(fonts.BOLD, 14, PINE)
DIGEST_MEANS = Bilingual(
    "摘要为提交时全部填报内容和佐证材料的 SHA-256，双方日后可据此证明当时提交的内容。",
    "The digest is the SHA-256 of all answers and evidence as submitted. With it both sides can show later what was "
    "handed in.",
)
SHORT_MEANS = Bilingual(
    f"佐证材料的 SHA-256 只印前 {SHORT} 位。", f"Of the SHA-256 of a file its first {SHORT} digits are printed."
)
FREE = Bilingual("全程任何环节均不收取费用。", "No fee is ever charged at any step.")
LABELS = {
    "received": Bilingual("接收时间", "Received"),
    "signed": Bilingual("签署人", "Signed by"),
    "programme": Bilingual("计划", "Programme"),
    "round": Bilingual("批次", "Round"),
    "category": Bilingual("类别", "Category"),
    "applicant": Bilingual("申报单位", "Applicant"),
    "code": Bilingual("统一社会信用代码", "Unified Social Credit Code"),
    "site": Bilingual("申报场所", "Site"),
    "region": Bilingual("所在地", "Region"),
    "digest": Bilingual("内容摘要", "Digest of the content"),
    "address": Bilingual("网上查看", "On the portal"),
}


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One submission: when, of what, by whom, and the digest of its content."""

    at: Bilingual
    filing: Bilingual
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class File:
    """A piece of evidence as it was handed in."""

    name: str
    size: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that stands on a receipt; the submissions are newest first, the values in the order of the form."""

    number: str
    received: Bilingual
    signed: str
    programme: Bilingual
    round: Bilingual
    category: Bilingual
    applicant: Bilingual
    code: str
    site: Bilingual
    region: Bilingual
    digest: str
    handed_in: tuple[HandedIn, ...]
    values: tuple[tuple[Bilingual, Bilingual], ...]
    files: tuple[File, ...]
    address: str
    issuers: tuple[str, ...]
    demo: bool = False


def render(values: Receipt) -> bytes:
    """Draw a receipt; raises Unprintable where a name on it cannot be printed."""
    frame = Frame(
        title=f"{TITLE.zh} {values.number} {values.site.zh}",
        subject=f"{values.programme.zh} {values.round.zh}",
        author="、".join(values.issuers),
        programme=values.programme,
        number=values.number,
        demo=values.demo,
    )
    paper = Paper(frame)
    paper.title(TITLE)
    paper.centred([set_text(values.number, NUMBER, 400)], before=4)
    paper.add(8, lambda _canvas, _top: None)
    paper.pairs(
        (LABELS[key], getattr(values, key))
        if isinstance(getattr(values, key), Bilingual)
        else (LABELS[key], Bilingual(getattr(values, key)))
        for key in LABELS
    )
    for text in (DIGEST_MEANS, FREE):
        paper.note(text.zh, before=6, keep=True)
        paper.note(text.en)
    if len(values.handed_in) > 1:
        _handed_in(paper, values.handed_in)
    _values(paper, values.values)
    _files(paper, values.files)
    return paper.bytes()


def _handed_in(paper: Paper, handed_in: tuple[HandedIn, ...]) -> None:
    paper.heading(Bilingual("历次提交", "Handed in"))
    columns = [
        Column(Bilingual("时间", "When"), 26),
        Column(Bilingual("内容", "What"), 18),
        Column(Bilingual("签署人", "Signed by"), 12),
        Column(Bilingual("内容摘要", "Digest"), 44),
    ]
    for one in handed_in:
        paper.named(LABELS["signed"], one.name)
    paper.table(
        columns,
        [
            [
                ((one.at.zh, BODY), (one.at.en, NOTE)),
                ((one.filing.zh, BODY), (one.filing.en, NOTE)),
                ((one.name, BODY),),
                ((one.digest, NOTE),),
            ]
            for one in handed_in
        ],
    )


def _values(paper: Paper, values: tuple[tuple[Bilingual, Bilingual], ...]) -> None:
    if not values:
        return
    paper.heading(Bilingual("填报内容", "What was filled in"))
    columns = [
        Column(Bilingual("序号", "No."), 6, number=True),
        Column(Bilingual("填报项", "What is asked"), 56),
        Column(Bilingual("填报值", "Declared"), 38),
    ]
    rows = []
    for place, (title, value) in enumerate(values, start=1):
        said = Bilingual(paper.free(value.zh), paper.free(value.en))
        second = said.en if said.en != said.zh else ""
        rows.append(
            [
                ((str(place), BODY),),
                ((paper.free(title.zh), BODY), (paper.free(title.en), NOTE)),
                ((said.zh, STRONG if len(said.zh) <= SHORT else BODY), (second, NOTE)),
            ]
        )
    paper.table(columns, rows)


def _files(paper: Paper, files: tuple[File, ...]) -> None:
    paper.heading(Bilingual(f"佐证材料（{len(files)} 件）", f"Evidence: {len(files)}"))
    if not files:
        paper.text("未附佐证材料。 No evidence was attached.")
        return
    columns = [
        Column(Bilingual("序号", "No."), 6, number=True),
        Column(Bilingual("文件", "File"), 54),
        Column(Bilingual("大小", "Size"), 12, number=True),
        Column(Bilingual("SHA-256", ""), 28),
    ]
    paper.table(
        columns,
        [
            [
                ((str(place), BODY),),
                ((paper.free(file.name), BODY),),
                ((file.size, BODY),),
                ((file.sha256[:SHORT], BODY),),
            ]
            for place, file in enumerate(files, start=1)
        ],
    )
    paper.note(f"{SHORT_MEANS.zh} {SHORT_MEANS.en}", before=4)
