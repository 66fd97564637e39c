"""What the second person is shown beside a proposal: what it changes, and what has changed since it was made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g
from flask_babel import gettext as _

from registry.domain import changes
from registry.domain.changes import Change, Difference
from registry.domain.vocabulary import DecisionKind, Ground, Result
from registry.models import Application, Decision, Notice
from registry.queries import decisions, notices, publications
from registry.services import decisions as deciding
from registry.services.notices import entry_of
from registry.services.publications import entry_line
from registry.web.templating import label, named, picked
from registry.words.changes import FIELDS

_LINES = ("entries", "applications")
_PLACE = frozenset({"position"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that differs: of whom, what, how it read before and how it reads after."""

    name: str
    what: str
    before: str = ""
    after: str = ""
    reason: str = ""


def against(decision: Decision) -> tuple[Line, ...]:
    """Return what a notice, a list or a correction changes against what it rests on."""
    match decision.kind:
        case DecisionKind.NOTICE:
            return tuple(_of_notice(decision))
        case DecisionKind.PUBLICATION:
            return tuple(_of_publication(decision))
        case DecisionKind.CORRECTION:
            return tuple(_of_correction(decision))
        case _:
            return ()


def since(decision: Decision) -> tuple[Line, ...]:
    """Return what would read otherwise if a waiting proposal were drawn up now; nothing of what is decided."""
    content, now = decision.content, deciding.reads_now(g.session, decision)
    lines = [Line(_("The proposal itself"), *_shown(change)) for change in changes.fields(content, now, ignored=_LINES)]
    for name, key in (("applications", "application"), ("entries", "application_id")):
        found = changes.compare(content.get(name, ()), now.get(name, ()), key=key)
        lines += _lines(found, key)
    return tuple(lines)


def _of_notice(decision: Decision) -> Iterable[Line]:
    content = decision.content
    selection = g.session.get_one(Decision, content["decision"])
    announced = {entry["application_id"]: entry for entry in content["entries"]}
    selected = decisions.selected_by(g.session, selection)
    missing = [row.id for row in selected if row.id not in announced]
    leavings = notices.leavings(g.session, missing)
    for row in selected:
        if row.id in announced:
            yield from _renamed(row, announced[row.id])
        else:
            known = leavings.get(row.id)
            what = label(known.status) if known else _("is not on the notice")
            yield Line(named(row.site), what, reason=known.reason if known else "")


def _renamed(application: Application, entry: Mapping[str, Any]) -> Iterable[Line]:
    """Names that read otherwise than when the application was submitted."""
    was = application.applicant or {}
    site = was.get("site", {})
    submitted = {
        "site": {"zh": site.get("name", ""), "en": site.get("name_en", "")},
        "organisation": {"zh": was.get("name", ""), "en": was.get("name_en", "")} if was.get("name") else None,
        "credit_code": was.get("credit_code", ""),
    }
    for name, before in submitted.items():
        after = entry.get(name)
        said = before["zh"] if isinstance(before, dict) else before
        if said and after and before != after:
            yield Line(picked(entry["site"]), *_shown(Change(name, before, after)), reason=_("since it was submitted"))


def _of_publication(decision: Decision) -> Iterable[Line]:
    notice = g.session.get_one(Notice, decision.content["notice"])
    entries = decision.content["entries"]
    found = changes.compare(notice.entries, entries, key="application_id", ignored=_PLACE)
    yield from _lines(found, "application_id")
    rows = notices.whole(g.session, [entry["application_id"] for entry in entries])
    for entry in entries:
        row = rows[entry["application_id"]]
        for change in changes.fields(entry, entry_of(row, entry["position"]), ignored=_PLACE):
            if change.field in entry:
                why = _("renamed since the notice; the list has the name that was announced")
                yield Line(picked(entry["site"]), *_shown(change), reason=why)


def _of_correction(decision: Decision) -> Iterable[Line]:
    content = decision.content
    publication = publications.whole(g.session, content["publication"])
    for name in ("title", "title_en"):
        if content[name] != getattr(publication, name):
            yield Line(_("The list"), *_shown(Change(name, getattr(publication, name), content[name])))
    before = [entry_line(entry) for entry in publication.entries]
    yield from _lines(changes.compare(before, content["entries"], key="position"), "application_id")


def _lines(found: Difference, key: str) -> list[Line]:
    """Write a difference line by line: who came, who went and why, and what reads otherwise."""
    everyone = [*found.added, *found.dropped, *(row.after for row in found.changed)]
    rows = notices.whole(g.session, [line[key] for line in everyone if line[key]])
    leavings = notices.leavings(g.session, [line[key] for line in found.dropped if line[key]])

    def name(line: Mapping[str, Any]) -> str:
        return picked(line["site"]) if "site" in line else named(rows[line[key]].site)

    lines = []
    for line in found.dropped:
        known = leavings.get(line[key])
        what = label(known.status) if known else _("no longer among them")
        lines.append(Line(name(line), what, reason=known.reason if known else ""))
    lines += [Line(name(line), _("has come in")) for line in found.added]
    for row in found.changed:
        known_fields = [change for change in row.fields if change.field in FIELDS]
        lines += [Line(name(row.before), *_shown(change)) for change in known_fields or row.fields[:1]]
    return lines


def _shown(change: Change) -> tuple[str, str, str]:
    if change.field not in FIELDS:
        return _("another detail of the content"), "", ""
    return _(FIELDS[change.field]), _value(change.field, change.before), _value(change.field, change.after)


def _value(field: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if field == "result":
        return label(Result(value))
    if field == "ground":
        return label(Ground(value))
    if isinstance(value, Mapping) and "zh" in value:
        return " / ".join(text for text in (value["zh"], value["en"]) if text)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(value) if isinstance(value, str | int | Decimal) else "…"
