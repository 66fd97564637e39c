"""The end of a round as its page in the office shows it: what stands in the way, or the dossiers that were filed."""

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, Intake, RoundStatus, Status, TaskState, Unsettled
from registry.models import Round
from registry.queries import archiving, dossiers, public, tasks
from registry.queries.archiving import InTheWay
from registry.words import sentence

_STATUSES = {
    Unsettled.WAITING: Status.WAITING,
    Unsettled.RETURNED: Status.RETURNED,
    Unsettled.DUE: Status.DUE,
    Unsettled.RESERVED: Status.RESERVED,
}


def ends(round_: Round) -> dict[str, object]:
    """What the page of a round shows of its end."""
    may = policy.permits(g.actor, Action.ARCHIVE_ROUND, Facts(programme_id=round_.programme_id))
    if round_.archived_at is not None:
        task = tasks.latest(g.session, f"dossier:{round_.id}")
        failed = task is not None and task.state is TaskState.FAILED and task.failure is not None
        return {
            "dossiers": dossiers.of_round(g.session, round_.id),
            "writing": task if task is not None and task.state in tasks.UNFINISHED else None,
            "write_failure": sentence(task.failure or "", task.failure_values, _) if failed and task else None,
            "may_archive": may,
        }
    library = round_.status is RoundStatus.OPENED and round_.closes_at is None
    if library and policy.permits(g.actor, Action.END_INTAKE, Facts(programme_id=round_.programme_id)):
        return {"may_archive": False, "drafts": len(archiving.drafts(g.session, round_.id))}
    over = round_.status is RoundStatus.OPENED and public.intake(round_, g.actor.at) is Intake.OVER
    if not (over and may):
        return {"may_archive": False}
    found = archiving.in_the_way(g.session, round_, g.actor.at)
    return {"may_archive": True, "in_the_way": [(one, _where(round_, one)) for one in found]}


def _where(round_: Round, one: InTheWay) -> str | None:
    """Where somebody can do something about what stands in the way."""
    if one.what in _STATUSES:
        chosen: dict[str, Any] = {"category": round_.categories[0].id} if len(round_.categories) == 1 else {}
        return url_for("admin.cases.index", status=str(_STATUSES[one.what]), programme=round_.programme_id, **chosen)
    match one.what:
        case Unsettled.PROPOSED:
            return url_for("admin.decisions.show", number=one.numbers[0])
        case Unsettled.NOTICE_RUNNING | Unsettled.NOTICE_NOT_CLEARED | Unsettled.OBJECTION_OPEN:
            return url_for("admin.notices.show", number=one.numbers[0])
        case Unsettled.TO_ANNOUNCE | Unsettled.TO_PUBLISH:
            return url_for("admin.notices.index", programme=round_.programme_id)
        case Unsettled.TO_CERTIFY:
            return url_for("admin.awards.index")
        case _:
            return None
