"""What can be applied for: programmes, rounds, the documents behind them and the criteria."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from registry.domain.vocabulary import Intake
from registry.models import Round
from registry.queries import catalogue
from registry.web import reading
from registry.web.public.blueprint import bp


@dataclass(frozen=True, slots=True)
class Applying:
    """A round, whether it takes applications now, and how long until that changes."""

    round: Round
    intake: Intake
    left: timedelta | None

    @property
    def days_left(self) -> int:
        return self.left.days if self.left else 0

    @property
    def hours_left(self) -> int:
        return self.left.seconds // 3600 if self.left else 0

    @property
    def minutes_left(self) -> int:
        return self.left.seconds // 60 % 60 if self.left else 0


def applying(round_: Round, at: datetime) -> Applying:
    """Return a round as it stands at a moment."""
    intake = catalogue.intake(round_, at)
    turns_at = {Intake.AHEAD: round_.opens_at, Intake.OPEN: round_.closes_at, Intake.OVER: None}[intake]
    return Applying(round_, intake, turns_at - at if turns_at else None)


@bp.get("/programmes")
def programmes() -> ResponseReturnValue:
    rounds = catalogue.current_rounds(g.session, g.actor.at)
    return render_template(
        "public/programmes.html",
        programmes=catalogue.programmes(g.session),
        rounds=[applying(round_, g.actor.at) for round_ in rounds],
    )


@bp.get("/programmes/<string(maxlength=60):key>")
def programme(key: str) -> ResponseReturnValue:
    found = catalogue.programme(g.session, key)
    rounds = catalogue.rounds_of(g.session, found)
    return render_template(
        "public/programme.html",
        programme=found,
        rounds=[applying(round_, g.actor.at) for round_ in rounds],
        regions=catalogue.region_names(g.session),
    )


@bp.get("/rounds/<int:number>")
def round(number: int) -> ResponseReturnValue:  # noqa: A001
    found = catalogue.opened_round(g.session, number)
    return render_template(
        "public/round.html",
        state=applying(found, g.actor.at),
        categories=[reading.category(g.session, row) for row in found.categories],
        regions=catalogue.region_names(g.session),
    )


@bp.get("/documents/<string(maxlength=60):key>")
def document(key: str) -> ResponseReturnValue:
    found = catalogue.document(g.session, key)
    citing = reading.citing(g.session, key)
    return render_template("public/document.html", document=found, citing=citing)


@bp.get("/criteria/<string(maxlength=60):key>")
def criteria(key: str) -> ResponseReturnValue:
    version = catalogue.criteria_version(g.session, key, request.args.get("version", type=int))
    return render_template(
        "public/criteria.html",
        version=version,
        criteria=reading.parsed(g.session, version),
        rounds=catalogue.rounds_on(g.session, version),
        documents={document.key: document for document in catalogue.documents(g.session)},
    )
