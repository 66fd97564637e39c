"""A dossier read for people: what its rows are called in both languages, and the values of its paper.

Everything here comes from the content of the dossier and nothing else, so that whoever has the JSON can draw it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from registry.domain import routes
from registry.domain.dossier import criteria_of
from registry.domain.vocabulary import (
    ConflictState,
    DecisionKind,
    FilingKind,
    Ground,
    GroupBy,
    ObjectionStatus,
    Result,
    Track,
)
from registry.domain.workdays import SHANGHAI
from registry.rendering.dossier_paper import Decided, DossierPaper, Objected, Place, Ranked, Worked
from registry.rendering.paper import Bilingual
from registry.translations import gettext_for
from registry.words import label

Json = Mapping[str, Any]
# How many places on each side of the cut stand on the paper with their working.
NEAR = 5


class Read:
    """A dossier with what is found in it by number, and the words of both languages."""

    def __init__(self, dossier: Json) -> None:
        self.dossier = dossier
        self.criteria = criteria_of(dossier)
        self.sites = {row["id"]: Bilingual(row["site"]["zh"], row["site"]["en"]) for row in dossier["applications"]}
        self._zh: Callable[[str], str] = gettext_for("zh")
        self._en: Callable[[str], str] = gettext_for("en")

    def word(self, word: StrEnum) -> Bilingual:
        """Return what a word of the vocabulary is called."""
        return Bilingual(label(word, self._zh), label(word, self._en))

    def person(self, number: int | None) -> str:
        """Return the name of an official."""
        return self.dossier["people"].get(str(number), "") if number is not None else ""

    def grade(self, key: str | None) -> Bilingual:
        """Return what a grade is called; nothing where none was reached."""
        found = next((grade for grade in self.criteria.grades if grade.key == key), None)
        return Bilingual(found.title.zh, found.title.en) if found else Bilingual("")

    @cached_property
    def evaluations(self) -> Mapping[int, Json]:
        """The evaluation that counts of each application: the one that the last selection rests on, else the last."""
        by_number = {row["id"]: row for row in self.dossier["evaluations"]}
        found = {row["application"]: row for row in self.dossier["evaluations"]}
        for selection in self.dossier["selections"]:
            lines = (line for line in selection["content"]["applications"] if line["evaluation"] is not None)
            found.update({line["application"]: by_number[line["evaluation"]] for line in lines})
        return found

    @cached_property
    def reviews(self) -> Mapping[int, Sequence[Json]]:
        """The reviews of each application, in the order in which they were assigned."""
        found: dict[int, list[Json]] = {}
        for row in self.dossier["reviews"]:
            found.setdefault(row["application"], []).append(row)
        return found

    def counts(self, review: Json) -> bool:
        """Tell whether what a reviewer marked counts: whether the evaluation of the application has the label."""
        evaluation = self.evaluations.get(review["application"])
        marks = evaluation["marks"] if evaluation else {}
        return any(review["label"] in by_label for by_label in marks.values())


def moment(text: str | None) -> str:
    """Return a time of the dossier as people read it, by the clock of Beijing."""
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if text else ""


def names(kept: Mapping[str, str] | None) -> Bilingual:
    """Return a name that is kept in both languages."""
    return Bilingual(kept["zh"], kept["en"] or "") if kept else Bilingual("")


def rule(read: Read, kept: Json) -> Bilingual:
    """Return a quota rule as it was kept in a selection."""
    by, _colon, what = kept["by"].partition(":")
    group = read.word(GroupBy(by))
    value = " ".join(part for part in (what, kept["value"] or "") if part)
    zh, en = ("至多", "at most") if kept["most"] is not None else ("至少", "at least")
    number = kept["most"] if kept["most"] is not None else kept["least"]
    return Bilingual(f"{group.zh} {value}：{zh} {number} 个", f"{group.en} {value}: {en} {number}")


def paper(read: Read, *, demo: bool) -> DossierPaper:
    """Return the values of the paper of a dossier."""
    dossier = read.dossier
    objections = [one for notice in dossier["notices"] for one in notice["objections"]]
    return DossierPaper(
        digest=dossier["digest"],
        programme=names(dossier["programme"]["name"]),
        round=names(dossier["round"]["title"]),
        facts=tuple(_facts(read)),
        route=tuple(_stage(read, step) for step in routes.read(dossier["category"]["route"])),
        decisions=tuple(
            _decided(read, row)
            for row in sorted((*dossier["selections"], *dossier["decisions"]), key=lambda row: row["id"])
        ),
        selections=tuple(_ranked(read, row) for row in dossier["selections"]),
        worked=tuple(_worked(read)),
        reviews=tuple(_review_facts(dossier["reviews"])),
        objections=tuple(_objected(read, row) for row in objections),
        demo=demo,
    )


def _facts(read: Read) -> Iterable[tuple[Bilingual, Bilingual]]:
    dossier, criteria = read.dossier, read.dossier["criteria"]
    edition, title = criteria["number"], read.criteria.title
    round_, category = dossier["round"], dossier["category"]
    track = read.word(Track(category["track"]))
    category_name = names(category["name"])
    yield Bilingual("计划", "Programme"), names(dossier["programme"]["name"])
    yield (
        Bilingual("类别", "Category"),
        Bilingual(f"{category_name.zh}（{track.zh}）", f"{category_name.en} ({track.en})"),
    )
    yield Bilingual("依据", "Basis"), Bilingual(f"{dossier['programme']['document']} {category['clause']}")
    yield Bilingual("申报起止", "Intake"), Bilingual(f"{moment(round_['opens_at'])} – {moment(round_['closes_at'])}")
    yield Bilingual("归档时间", "Archived"), Bilingual(moment(round_["archived_at"]))
    yield Bilingual("生成时间", "Written"), Bilingual(moment(dossier["written_at"]))
    yield Bilingual("系统版本", "Version of the portal"), Bilingual(dossier["code"])
    yield (
        Bilingual("标准", "Criteria"),
        Bilingual(f"{title.zh} 第 {edition} 版", f"{title.en}, version {edition}"),
    )
    yield Bilingual("标准摘要", "Digest of the criteria"), Bilingual(criteria["digest"])
    factors = "；".join(f"{key} {version}" for key, version in category["settings"].get("factors", {}).items())
    yield Bilingual("因子版本", "Versions of the factors"), Bilingual(factors)
    yield Bilingual("申报数", "Applications"), Bilingual(str(len(dossier["applications"])))
    yield Bilingual("证书数", "Certificates"), Bilingual(str(len(dossier["awards"])))


def _stage(read: Read, step: routes.Step) -> Bilingual:
    named = read.word(step.filing) if step.filing not in (None, FilingKind.APPLICATION) else read.word(step.kind)
    level = read.word(step.level) if step.level else None
    return Bilingual(f"{named.zh}（{level.zh}）", f"{named.en} ({level.en})") if level else named


def _decided(read: Read, row: Json) -> Decided:
    return Decided(
        number=str(row["id"]),
        kind=read.word(DecisionKind(row["kind"])),
        proposed=f"{read.person(row['proposed_by'])} {moment(row['proposed_at'])}",
        proposed_reason=row["reason"],
        decided=f"{read.person(row['decided_by'])} {moment(row['decided_at'])}",
        decided_reason=row["decided_reason"],
        digest=row["digest"],
    )


def _ranked(read: Read, row: Json) -> Ranked:
    content = row["content"]
    quota = content["quota"]
    applicants = {one["id"]: (one["applicant"] or {}).get("zh", "") for one in read.dossier["applications"]}
    return Ranked(
        title=Bilingual(f"排序与遴选（决定 {row['id']}）", f"Ranking and selection (decision {row['id']})"),
        facts=(
            (Bilingual("名额", "Places"), Bilingual("不限", "no limit") if quota is None else Bilingual(str(quota))),
            (Bilingual("储备", "Reserve"), Bilingual(str(content["reserve"]))),
            (
                Bilingual("界线并列", "Tied across the cut"),
                Bilingual(str(len(content["tied_across_the_cut"])))
                if content["tied_across_the_cut"]
                else Bilingual(""),
            ),
            *_beside(read, content),
        ),
        rules=tuple(rule(read, one) for one in content.get("rules", ())),
        places=tuple(
            Place(
                rank="–" if line["rank"] is None else str(line["rank"]),
                site=read.sites[line["application"]],
                applicant=applicants[line["application"]],
                total=_total(line),
                grade=read.grade(line["grade"]),
                result=read.word(Result(line["result"])),
                ground=read.word(Ground(line["ground"])),
            )
            for line in content["applications"]
        ),
    )


def _total(line: Json) -> str:
    """The total that decides, and beside it the one of the marks as given where severities were made good."""
    return f"{line['total'] or '–'} ({line['given']})" if line.get("given") else line["total"] or "–"


def _beside(read: Read, content: Json) -> Iterable[tuple[Bilingual, Bilingual]]:
    """The scenario that a selection adopted, and each result that was decided apart from the order with its reason."""
    if "calibration" in content:
        said = Bilingual("无法判定，按原始打分排序", "cannot be told; the marks decide as given")
        if content["calibration"]["told"]:
            said = Bilingual("按校准后总分排序，括号内为原始总分", "adjusted totals decide; as given in brackets")
        yield Bilingual("专家打分宽严", "Severity of reviewers"), said
    if "scenario" in content:
        title = content["scenario"]["title"]
        yield Bilingual("采用的方案", "Scenario adopted"), Bilingual(title, title)
    if "least" in content:
        yield Bilingual("最低总分", "Least total"), Bilingual(content["least"], content["least"])
    for one in content.get("overrides", ()):
        site, result = read.sites[one["application"]], read.word(Result(one["result"]))
        said = Bilingual(f"{site.zh}：{result.zh}。{one['reason']}", f"{site.en}: {result.en}")
        yield Bilingual("另行决定", "Override"), said


def _worked(read: Read) -> Iterable[Worked]:
    """The selected, and of each selection those within a few places of its cut, each once, in order."""
    said: set[int] = set()
    for selection in read.dossier["selections"]:
        lines = [line for line in selection["content"]["applications"] if line["rank"] is not None]
        last = max((line["rank"] for line in lines if line["result"] == Result.SELECTED), default=0)
        for line in lines:
            near = line["result"] == Result.SELECTED or abs(line["rank"] - last) <= NEAR
            if near and line["application"] not in said and line["evaluation"] is not None:
                said.add(line["application"])
                yield _work(read, line)


def _work(read: Read, line: Json) -> Worked:
    figures = read.evaluations[line["application"]]["figures"]
    titles = {section.key: section.title for section in read.criteria.sections}
    site, result = read.sites[line["application"]], read.word(Result(line["result"]))
    reviews = read.reviews.get(line["application"], ())
    counted = sum(map(read.counts, reviews))
    return Worked(
        title=Bilingual(f"{line['rank']}  {site.zh}（{result.zh}）", site.en),
        sections=tuple(
            (
                Bilingual(titles[row["key"]].zh, titles[row["key"]].en),
                Decimal(row["points"]),
                Decimal(row["max"]),
            )
            for row in figures["sections"]
        ),
        sums=Bilingual(
            f"基本分 {figures['base']}，加分 {figures['bonus']}，扣分 {figures['deduction']}，总分 {figures['total']}",
            f"Base {figures['base']}, bonus {figures['bonus']}, deduction {figures['deduction']}, total "
            f"{figures['total']}",
        ),
        reviews=Bilingual(
            f"评审 {len(reviews)} 份，计入 {counted} 份", f"reviews {len(reviews)}, of which {counted} count"
        ),
    )


def _review_facts(reviews: Sequence[Json]) -> Iterable[tuple[Bilingual, Bilingual]]:
    conflicts = Counter(row["conflict"] for row in reviews)
    recused = sum(count for state, count in conflicts.items() if state in (ConflictState.DECLARED, ConflictState.FOUND))
    yield Bilingual("评审分派", "Reviews assigned"), Bilingual(str(len(reviews)))
    yield Bilingual("已完成", "Finished"), Bilingual(str(sum(row["finished"] for row in reviews)))
    yield Bilingual("评审专家", "Reviewers"), Bilingual(str(len({row["reviewer"] for row in reviews})))
    yield Bilingual("回避（评分不计）", "Recused, whose marks do not count"), Bilingual(str(recused))
    yield Bilingual("中止分派", "Assignments ended"), Bilingual(str(sum(bool(row["ended_at"]) for row in reviews)))


# In name or anonymous: the dossier has no more of who objects, and of the words their digest.
WAYS = {"in_name": Bilingual("实名", "in name"), "anonymous": Bilingual("匿名", "anonymous")}


def _objected(read: Read, row: Json) -> Objected:
    reply = row["reply"]
    return Objected(
        number=str(row["id"]),
        about=read.sites.get(row["application"], Bilingual("")),
        raised=moment(row["raised_at"]),
        statement=f"{WAYS[row['form']].zh} {WAYS[row['form']].en}, {row['statement'][:16]}",
        outcome=read.word(ObjectionStatus(row["status"])),
        answer=f"{reply['text']}（{moment(reply['at'])}）" if reply else "",
    )
