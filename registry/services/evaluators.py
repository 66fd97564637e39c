"""The third party that evaluated for an applicant: named when the application is handed in, and frozen with it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry.domain.errors import Invalid
from registry.domain.identity import credit_code
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action
from registry.models import Application
from registry.queries import facts
from registry.services import events, filling


@dataclass(frozen=True, slots=True)
class Evaluator:
    """A firm by its name, its credit code and its legal representative; all empty where no third party evaluated."""

    name: str = ""
    credit_code: str = ""
    legal_representative: str = ""


def of(application: Application) -> Evaluator:
    """Return the firm that an application names."""
    return Evaluator(application.evaluator, application.evaluator_code, application.evaluator_representative)


def name(session: Session, actor: Actor, application: Application, evaluator: Evaluator) -> None:
    """Name the firm, as a part of handing in; nothing is written where it is the one that is named already.

    Raises Invalid where the code or the representative stands without a name, for a credit code that is none, and in a
    correction that asks for something else; WrongState where the application is not its applicant's to hand in.
    """
    firm = Evaluator(*(one.strip() for one in (evaluator.name, evaluator.credit_code, evaluator.legal_representative)))
    if not firm.name and firm != Evaluator():
        raise Invalid("evaluator_name_missing", field="evaluator")
    code = _code(firm.credit_code)
    firm = Evaluator(firm.name, code, firm.legal_representative)
    if firm == of(application):
        return
    filling.open_for_editing(session, actor, application, Action.SUBMIT)
    filling.refuse_locked(application, ["evaluator"])
    application.evaluator, application.evaluator_code = firm.name, firm.credit_code
    application.evaluator_representative = firm.legal_representative
    events.record(
        session,
        actor,
        "name_evaluator",
        "application",
        application.id,
        programme_id=facts.programme_of(session, application),
        application=application,
        payload={"evaluator": firm.name, "credit_code": firm.credit_code},
        personal={"legal_representative": firm.legal_representative} if firm.legal_representative else None,
    )


def _code(code: str) -> str:
    if not code:
        return ""
    try:
        return credit_code(code)
    except Invalid as error:
        raise Invalid(error.key, field="evaluator_code", **error.values) from None
