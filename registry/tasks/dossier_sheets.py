"""A dossier as a workbook: a sheet for each part, with every figure that the ranking rests on.

The heads of the columns have both languages; figures stay figures.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from registry.domain.vocabulary import (
    ConflictState,
    DecisionKind,
    Ground,
    Kind,
    ObjectionStatus,
    Result,
    Status,
)
from registry.rendering.lists import Cell, Column, ListPaper
from registry.rendering.paper import Bilingual
from registry.tasks.dossier_words import WAYS, Json, Read, moment, names, rule

Row = tuple[Cell, ...]


def sheets(read: Read, *, demo: bool) -> list[ListPaper]:
    """Return the sheets of the workbook of a dossier, in their order."""
    return [
        _sheet(read, "说明 About", (("项目 What", 30), ("内容 Content", 90)), _about(read), demo=demo),
        _sheet(read, "标准 Criteria", _CRITERIA, _criteria(read), demo=demo),
        _sheet(read, "申报 Applications", _application_columns(read), _applications(read), demo=demo),
        _sheet(read, "排序 Ranking", _RANKING, _ranking(read), demo=demo),
        _sheet(read, "评分 Marks", _MARKS, _marks(read), demo=demo),
        _sheet(read, "核定值 Verified", _VERIFIED, _verified(read), demo=demo),
        _sheet(read, "决定 Decisions", _DECISIONS, _decisions(read), demo=demo),
        _sheet(read, "公示与异议 Notices", _NOTICES, _notices(read), demo=demo),
    ]


Columns = Sequence[tuple[str, float]]
_CRITERIA = (
    ("键 Key", 18),
    ("部分 Section", 24),
    ("指标 Indicator", 36),
    ("Indicator in English", 36),
    ("分值 Points", 10),
    ("条款 Clauses", 20),
    ("来源 Source", 12),
)
_RANKING = (
    ("决定 Decision", 9),
    ("名次 Rank", 8),
    ("申报编号 Application", 12),
    ("场所 Site", 30),
    ("总分 Total", 10),
    ("等级 Grade", 12),
    ("结果 Result", 16),
    ("理由 Ground", 24),
    ("储备顺序 Reserve order", 12),
    ("规则 Rule", 18),
    ("并列判别 Parted by", 18),
    ("说明 Reason", 30),
    ("原始总分 Total as given", 12),
)
_MARKS = (
    ("申报编号 Application", 12),
    ("场所 Site", 30),
    ("专家代号 Reviewer", 10),
    ("指标 Indicator", 30),
    ("评分 Points", 10),
    ("是否计入 Counts", 12),
    ("回避与中止 Conflict, end", 30),
    ("理由 Justification", 50),
    ("更改原因 Why it was changed", 30),
    ("时间 Time", 18),
)
_VERIFIED = (
    ("申报编号 Application", 12),
    ("场所 Site", 30),
    ("填报项 What was asked", 36),
    ("核定值 Established", 20),
    ("环节 Stage", 16),
    ("理由 Reason", 50),
    ("时间 Time", 18),
)
_DECISIONS = (
    ("编号 No.", 8),
    ("事项 What", 22),
    ("提出人 Proposed by", 16),
    ("提出时间 Proposed", 18),
    ("提出理由 Reason", 40),
    ("审定人 Decided by", 16),
    ("审定时间 Decided", 18),
    ("审定意见 Words", 40),
    ("摘要 Digest", 40),
)
_NOTICES = (
    ("公示 Notice", 9),
    ("开始 Opened", 18),
    ("截止 Closed", 18),
    ("结束 Concluded", 18),
    ("异议 Objection", 10),
    ("所涉场所 About", 30),
    ("提出时间 Raised", 18),
    ("方式 Way", 10),
    ("异议内容摘要 Digest of the objection", 50),
    ("答复期限 Due by", 18),
    ("处理 Outcome", 16),
    ("答复 Answer", 50),
    ("答复时间 Answered", 18),
    ("答复人 Answered by", 18),
    ("批准人 Approved by", 18),
)


def _sheet(read: Read, name: str, columns: Columns, rows: Iterable[Row], *, demo: bool) -> ListPaper:
    dossier = read.dossier
    return ListPaper(
        language="zh",
        title=f"{dossier['round']['title']['zh']} · {dossier['category']['name']['zh']}",
        state="批次归档卷宗 Dossier of a round",
        facts=(("摘要 Digest", dossier["digest"]),),
        notes=(),
        columns=tuple(Column(title, share) for title, share in columns),
        rows=tuple(rows),
        issuers=(),
        signed="",
        seal="",
        page="",
        unprintable="",
        at=datetime.fromisoformat(dossier["written_at"]),
        name=name,
        demo=demo,
    )


def _about(read: Read) -> Iterable[Row]:
    dossier, category, criteria = read.dossier, read.dossier["category"], read.dossier["criteria"]
    yield "计划 Programme", _both(names(dossier["programme"]["name"]))
    yield "批次 Round", _both(names(dossier["round"]["title"]))
    yield "类别 Category", _both(names(category["name"]))
    yield "依据 Basis", f"{dossier['programme']['document']} {category['clause']}"
    yield "流程 Route", " → ".join(category["route"])
    yield "申报起止 Intake", f"{moment(dossier['round']['opens_at'])} – {moment(dossier['round']['closes_at'])}"
    yield "归档时间 Archived", moment(dossier["round"]["archived_at"])
    yield "生成时间 Written", moment(dossier["written_at"])
    yield "系统版本 Version of the portal", dossier["code"]
    yield "标准 Criteria", f"{read.criteria.title.zh} {read.criteria.title.en}, {criteria['number']}"
    yield "标准摘要 Digest of the criteria", criteria["digest"]
    yield from ((f"因子 Factors: {key}", version) for key, version in category["settings"].get("factors", {}).items())
    yield "复算 Replay", "registry rounds replay FILE.json"
    yield "卷宗摘要 Digest", dossier["digest"]


def _criteria(read: Read) -> Iterable[Row]:
    sections = {one.key: section.title for section in read.criteria.sections for one in section.indicators}
    for key, one in read.criteria.indicators.items():
        section = sections.get(key)
        where = f"{section.zh} {section.en}" if section else str(one.kind)
        yield key, where, one.title.zh, one.title.en, one.points, "；".join(one.clauses), str(one.source)


def _application_columns(read: Read) -> Columns:
    return (
        ("编号 No.", 8),
        ("场所 Site", 30),
        ("Site in English", 30),
        ("申报单位 Applicant", 30),
        ("统一社会信用代码 Credit code", 24),
        ("地区 Region", 12),
        ("提交时间 Submitted", 18),
        ("状态 Status", 20),
        ("总分 Total", 10),
        ("等级 Grade", 12),
        *((f"{section.title.zh} {section.title.en}", 14.0) for section in read.criteria.sections),
        *((f"{one.title.zh} ({key})", 14.0) for key, one in read.criteria.indicators.items()),
    )


def _applications(read: Read) -> Iterable[Row]:
    for row in read.dossier["applications"]:
        evaluation = read.evaluations.get(row["id"])
        figures = evaluation["figures"] if evaluation else {}
        sections = {one["key"]: one["points"] for one in figures.get("sections", ())}
        items = {one["key"]: one["points"] for one in figures.get("items", ())}
        yield (
            row["id"],
            row["site"]["zh"],
            row["site"]["en"] or "",
            (row["applicant"] or {}).get("zh", ""),
            row["credit_code"] or "",
            row["region"],
            moment(row["submitted_at"]),
            f"{_both(read.word(Kind(row['stage'])))} · {_both(read.word(Status(row['status'])))}",
            _figure(figures.get("total")),
            _both(read.grade(figures.get("grade"))),
            *(_figure(sections.get(section.key)) for section in read.criteria.sections),
            *(_figure(items.get(key)) for key in read.criteria.indicators),
        )


def _ranking(read: Read) -> Iterable[Row]:
    for selection in read.dossier["selections"]:
        said = {one["key"]: _both(rule(read, one)) for one in selection["content"].get("rules", ())}
        for line in selection["content"]["applications"]:
            yield (
                selection["id"],
                line["rank"] if line["rank"] is not None else "–",
                line["application"],
                _both(read.sites[line["application"]]),
                _figure(line["total"]),
                _both(read.grade(line["grade"])),
                _both(read.word(Result(line["result"]))),
                _both(read.word(Ground(line["ground"]))),
                line["reserve_order"] or "",
                said.get(line.get("rule"), line.get("rule") or ""),
                line["parted_by"] or "",
                line["reason"],
                _figure(line.get("given")),
            )


def _marks(read: Read) -> Iterable[Row]:
    indicators = read.criteria.indicators
    for review in read.dossier["reviews"]:
        counts = "是 yes" if read.counts(review) else "否 no"
        why = [_both(read.word(ConflictState(review["conflict"]))), review["conflict_reason"], review["ended_reason"]]
        for mark in review["marks"]:
            title = indicators[mark["indicator"]].title if mark["indicator"] in indicators else None
            yield (
                review["application"],
                _both(read.sites[review["application"]]),
                review["label"],
                f"{title.zh} {title.en}" if title else mark["indicator"],
                _figure(mark["points"]),
                counts,
                "；".join(filter(None, why)),
                mark["justification"] or "",
                mark.get("reason", ""),
                moment(mark["at"]),
            )


def _verified(read: Read) -> Iterable[Row]:
    inputs = read.criteria.inputs
    for row in read.dossier["verified"]:
        title = inputs[row["key"]].title if row["key"] in inputs else None
        yield (
            row["application"],
            _both(read.sites[row["application"]]),
            f"{title.zh} {title.en}" if title else row["key"],
            "" if row["value"] is None else str(row["value"]),
            _both(read.word(Kind(row["stage"]))),
            row["reason"],
            moment(row["at"]),
        )


def _decisions(read: Read) -> Iterable[Row]:
    for row in sorted((*read.dossier["selections"], *read.dossier["decisions"]), key=lambda row: row["id"]):
        yield (
            row["id"],
            _both(read.word(DecisionKind(row["kind"]))),
            read.person(row["proposed_by"]),
            moment(row["proposed_at"]),
            row["reason"],
            read.person(row["decided_by"]),
            moment(row["decided_at"]),
            row["decided_reason"],
            row["digest"],
        )


def _notices(read: Read) -> Iterable[Row]:
    for notice in read.dossier["notices"]:
        head = (notice["id"], moment(notice["opens_at"]), moment(notice["closes_at"]), moment(notice["cleared_at"]))
        if not notice["objections"]:
            yield (*head, *([""] * (len(_NOTICES) - len(head))))
        for one in notice["objections"]:
            yield (*head, *_objection(read, one))


def _objection(read: Read, one: Json) -> Row:
    reply = one["reply"] or {}
    return (
        one["id"],
        _both(read.sites.get(one["application"], Bilingual(""))),
        moment(one["raised_at"]),
        _both(WAYS[one["form"]]),
        one["statement"],
        moment(one["answer_due_at"]),
        _both(read.word(ObjectionStatus(one["status"]))),
        reply.get("text", ""),
        moment(reply.get("at")),
        read.person(reply.get("answered_by")),
        read.person(reply.get("approved_by")),
    )


def _both(text: Bilingual) -> str:
    return text.zh if text.en in ("", text.zh) else f"{text.zh} {text.en}".strip()


def _figure(text: str | None) -> Cell:
    return "" if text is None else Decimal(text)
