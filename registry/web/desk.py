"""The desk: what needs somebody who is signed in now, each line with its way to where it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import workdays
from registry.domain.links import CARRYING
from registry.domain.vocabulary import Duty, FilingKind, Kind, Role
from registry.queries import decisions, desks, people
from registry.queries.desks import Line
from registry.queries.waiting import Waiting
from registry.services import calendar
from registry.web.navigation import STAFF
from registry.web.templating import label, named

# What falls due within so many working days is urgent.
SOON = 3
NEWEST = 5
# These have no deadline: they can be done since their date, and are to be done now.
_SINCE = frozenset({Duty.CONCLUDE_NOTICE, Duty.ISSUE})

bp = Blueprint("desk", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the desk: what to do and where it is done, for what, how many, and how urgent it is.

    What is `ready` waits since its date; it has no deadline that it could miss.
    """

    words: str
    url: str
    programme: str
    about: str
    count: int
    due: datetime | None
    ready: bool
    overdue: bool
    soon: bool
    left: int | None


@bp.get("/desk")
def show() -> ResponseReturnValue:
    roles = g.actor.roles
    auditor = Role.AUDITOR in roles
    newest = decisions.recent(g.session, g.actor, NEWEST) if auditor else []
    urgent_until = workdays.deadline(g.actor.at, SOON, count_start=False, overrides=calendar.overrides(g.session))
    return render_template(
        "desk/show.html",
        lines=[_shown(line, g.actor.at, urgent_until) for line in desks.lines(g.session, g.actor)],
        roles=[role for role in Role if role in roles - {Role.ANYONE, Role.PERSON}],
        applicant=not roles & STAFF,
        programmes=desks.audited(g.session, g.actor) if auditor else [],
        decisions=newest,
        people_of=decisions.people(
            g.session, *(row.proposed_by_id for row in newest), *(row.decided_by_id for row in newest)
        ),
        messages=people.messages_of(g.session, g.actor, limit=NEWEST),
        carrying=CARRYING,
    )


def _shown(line: Line, at: datetime, urgent_until: datetime) -> Shown:
    due = line.due
    ready = due is not None and line.duty in _SINCE
    return Shown(
        words=_words(line),
        url=_place(line),
        programme=named(line.programme) if line.programme else "",
        about=_about(line),
        count=line.waiting.count,
        due=due,
        ready=ready,
        overdue=due is not None and due <= at and not ready,
        soon=due is not None and at < due <= urgent_until and line.duty is not Duty.WATCH_NOTICE,
        left=line.waiting.left,
    )


def _place(line: Line) -> str:
    """Return where a line is done; several applications get their reviewers by one plan of the round."""
    if line.duty is Duty.ASSIGN and line.round is not None and not line.waiting.only:
        return url_for("admin.assigning.show", number=line.round.id)
    return _PLACES[line.duty](line.waiting)


def _words(line: Line) -> str:
    if line.duty is Duty.FILE_NEXT and line.filing not in (None, FilingKind.APPLICATION):
        return str(_("%(act)s: %(what)s", act=label(line.duty), what=label(line.filing)))
    return label(line.duty)


def _about(line: Line) -> str:
    """The site of an applicant's own line, else the round and the category."""
    if line.site is not None:
        return named(line.site)
    rows = (named(line.round, "title") if line.round else "", named(line.category) if line.category else "")
    return " · ".join(filter(None, rows))


def _own(endpoint: str) -> Callable[[Waiting], str]:
    return lambda row: url_for(endpoint, number=row.only)


def _one_or_all(one: str, every: str) -> Callable[[Waiting], str]:
    return lambda row: url_for(one, number=row.only) if row.only else url_for(every)


def _cases(stage: Kind) -> Callable[[Waiting], str]:
    def place(row: Waiting) -> str:
        if row.only:
            return url_for("admin.cases.show", number=row.only)
        return url_for("admin.cases.index", stage=stage.value, category=row.round_category_id)

    return place


# Where each duty is done: the thing itself where there is one, else the list of them.
_PLACES: Mapping[Duty, Callable[[Waiting], str]] = {
    Duty.FINISH_DRAFT: _own("applicant.edit"),
    Duty.SIGN: _own("applicant.submit"),
    Duty.CORRECT: _own("applicant.edit"),
    Duty.FILE_NEXT: _own("applicant.edit"),
    Duty.TAKE_SEAT: _one_or_all("applicant.accept_seat", "applicant.organisations"),
    Duty.CONFIRM_ORGANISATION: _one_or_all("recommender.show", "recommender.index"),
    Duty.CONFIRM_SITE: _one_or_all("recommender.show", "recommender.index"),
    Duty.RECOMMEND: _one_or_all("recommender.show", "recommender.index"),
    Duty.SCREEN: _cases(Kind.SCREENING),
    Duty.SCORE: _cases(Kind.SCORING),
    Duty.ASSIGN: _cases(Kind.REVIEW),
    Duty.AWAIT_REVIEWERS: _cases(Kind.REVIEW),
    Duty.CONCLUDE_REVIEW: _cases(Kind.REVIEW),
    Duty.VISIT: _cases(Kind.SITE_VISIT),
    Duty.PROPOSE_SELECTION: lambda row: url_for("admin.decisions.ranking", number=row.round_category_id),
    Duty.PREPARE_NOTICE: _own("admin.decisions.show"),
    Duty.ANSWER_OBJECTIONS: _own("admin.notices.show"),
    Duty.WATCH_NOTICE: _own("admin.notices.show"),
    Duty.CONCLUDE_NOTICE: _own("admin.notices.show"),
    Duty.PROPOSE_LIST: lambda _row: url_for("admin.notices.index"),
    Duty.ISSUE: lambda _row: url_for("admin.awards.index"),
    Duty.RELEASE_LETTERS: lambda row: url_for("admin.letters.outbox", category=row.round_category_id),
    Duty.OPEN_ROUND: _own("admin.rounds.show"),
    Duty.MARK: _one_or_all("reviewer.show", "reviewer.index"),
    Duty.APPROVE: _one_or_all("admin.decisions.show", "admin.decisions.index"),
    Duty.APPROVE_CRITERIA: _one_or_all("admin.criteria.show", "admin.criteria.index"),
    Duty.AWAIT_INVITED: _one_or_all("admin.people.show", "admin.people.index"),
    Duty.ADD_CATEGORIES: _own("admin.programmes.show"),
}
