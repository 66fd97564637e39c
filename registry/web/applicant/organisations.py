"""Organisations, their people and their sites."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.errors import Invalid, NotFound
from registry.domain.vocabulary import Action, OrganisationKind, SeatStatus
from registry.models import Membership, Organisation
from registry.queries import organisations as tables
from registry.services import organisations as services
from registry.services import seats
from registry.web.applicant.blueprint import bp
from registry.web.forms import text
from registry.web.forms.applicant import EndSeatForm, HandOverForm, MemberForm, OrganisationForm, choices
from registry.web.paging import asked, paging
from registry.web.printing import warn_unprintable
from registry.web.templating import label, named
from registry.web.work import afterwards, committed, tried


@bp.get("/organisations")
def organisations() -> ResponseReturnValue:
    found = tables.page(g.session, g.actor, asked())
    return render_template(
        "applicant/organisations.html",
        organisations=found.rows,
        paging=paging(found),
        sites=tables.first_sites(g.session, [row.id for row in found.rows], g.actor.at),
        asked=tables.asked(g.session, g.actor),
        start=request.args.get("start", type=int),
    )


@bp.post("/organisations/<int:number>/seat")
def accept_seat(number: int) -> ResponseReturnValue:
    accepted = request.form.get("answer") == "accept"
    services.answer_seat(g.session, g.actor, tables.asking(g.session, g.actor, number), accepted=accepted)
    message = _("You have a seat now.") if accepted else _("You declined the seat.")
    return committed(url_for("applicant.organisations"), message)


@bp.route("/organisations/new", methods=["GET", "POST"])
def found_organisation() -> ResponseReturnValue:
    form = OrganisationForm()
    form.kind.choices = kinds_offered(OrganisationKind)
    form.region_key.choices = choices(regions_offered(), first="–")
    offered = tables.unused_demo_code(g.session) if g.demo else None
    if form.validate_on_submit():
        found = tried(form, lambda: _found(form))
        if found:
            warn_unprintable(found.name, found.name_en)
            message = _("The organisation is entered. Its bureau confirms it when an application arrives.")
            wanted = request.args.get("start", type=int)
            there = "applicant.add_site" if wanted else "applicant.organisation"
            return committed(url_for(there, number=found.id, start=wanted), message)
    page = render_template("applicant/found_organisation.html", form=form, demo_code=offered)
    return page, 422 if form.is_submitted() else 200


@bp.get("/organisations/<int:number>")
def organisation(number: int) -> ResponseReturnValue:
    return _page(tables.one(g.session, g.actor, Action.VIEW_OWN, number), MemberForm())


@bp.post("/organisations/<int:number>/members")
def add_member(number: int) -> ResponseReturnValue:
    found = tables.one(g.session, g.actor, Action.MANAGE_ORGANISATION, number)
    form = MemberForm()
    if form.validate_on_submit() and tried(form, lambda: _add_member(found, form)):
        return committed(
            url_for("applicant.organisation", number=number),
            _("The person is told. Who has no seat yet takes it under “My organisations”."),
        )
    return _page(tables.one(g.session, g.actor, Action.MANAGE_ORGANISATION, number), form), 422


@bp.route("/organisations/<int:number>/members/<int:person>/end", methods=["GET", "POST"])
def end_seat(number: int, person: int) -> ResponseReturnValue:
    found = tables.one(g.session, g.actor, Action.MANAGE_ORGANISATION, number)
    seat, form = _seat_of(found, person), EndSeatForm()
    if form.validate_on_submit() and tried(form, lambda: _end_seat(found, person, form)):
        message = _("The seat has ended; the person is told.")
        return committed(url_for("applicant.organisation", number=number), message)
    page = render_template("applicant/end_seat.html", form=form, organisation=found, seat=seat)
    return page, 422 if form.is_submitted() else 200


@bp.route("/organisations/<int:number>/hand-over", methods=["GET", "POST"])
def hand_over(number: int) -> ResponseReturnValue:
    found = tables.one(g.session, g.actor, Action.MANAGE_ORGANISATION, number)
    form, others = HandOverForm(), [seat for seat in found.memberships if seats.may_succeed(seat, g.actor)]
    form.successor.choices = choices((str(seat.user_id), seat.user.name) for seat in others)
    form.then.choices = choices([("stay", _("stay as drafter")), ("leave", _("leave the organisation"))])
    if form.validate_on_submit() and tried(form, lambda: _hand_over(found, form)):
        if form.then.data == "leave":
            return committed(url_for("applicant.organisations"), _("You handed over and left the organisation."))
        return committed(url_for("applicant.organisation", number=number), _("You handed over; you are drafter now."))
    page = render_template("applicant/hand_over.html", form=form, organisation=found, others=others)
    return page, 422 if form.is_submitted() else 200


@bp.route("/organisations/<int:number>/leave", methods=["GET", "POST"])
def leave(number: int) -> ResponseReturnValue:
    found = tables.one(g.session, g.actor, Action.LEAVE_ORGANISATION, number)
    if request.method == "POST":
        seats.leave(g.session, g.actor, found)
        return committed(url_for("applicant.organisations"), _("You left the organisation."))
    signing = [seat.user_id for seat in found.memberships if seats.signs(seat)]
    return render_template("applicant/leave.html", organisation=found, last=signing == [g.actor.user_id])


def _page(found: Organisation, form: MemberForm) -> str:
    parts = tables.sites_page(g.session, [found.id], g.actor.at, asked=asked())
    seat = next((seat for seat in g.actor.seats if seat.organisation_id == found.id), None)
    return render_template(
        "applicant/organisation.html",
        organisation=found,
        region=tables.regions(g.session)[found.region_key],
        parts=parts.rows,
        paging=paging(parts),
        form=form,
        manages=seat is not None and seat.signatory,
    )


def _seat_of(found: Organisation, person: int) -> Membership:
    for seat in found.memberships:
        if seat.user_id == person and seat.status in {SeatStatus.ACTIVE, SeatStatus.ASKED}:
            return seat
    raise NotFound


def _found(form: OrganisationForm) -> Organisation:
    return services.found(
        g.session,
        g.actor,
        name=text(form.name),
        name_en=text(form.name_en),
        credit_code=text(form.credit_code),
        legal_representative=text(form.legal_representative),
        kind=OrganisationKind(form.kind.data),
        industry=text(form.industry),
        region_key=text(form.region_key),
    )


def _add_member(found: Organisation, form: MemberForm) -> object:
    drafter, signatory = bool(form.drafter.data), bool(form.signatory.data)
    try:
        return services.add_member(
            g.session, g.actor, found, email=text(form.email), drafter=drafter, signatory=signatory
        )
    except Invalid as error:
        if error.key in services.MISSES:
            actor, number = g.actor, found.id
            afterwards(lambda session: services.note_miss(session, actor, number))
        raise


def _end_seat(found: Organisation, person: int, form: EndSeatForm) -> bool:
    seats.end_seat(g.session, g.actor, found, user_id=person, reason=text(form.reason))
    return True


def _hand_over(found: Organisation, form: HandOverForm) -> bool:
    successor, leaving = int(form.successor.data), form.then.data == "leave"
    seats.hand_over(g.session, g.actor, found, successor_id=successor, leaving=leaving)
    return True


def kinds_offered(kinds: Iterable[StrEnum]) -> Any:
    """Return words of the vocabulary as the choices of a field."""
    return choices((kind.value, label(kind)) for kind in kinds)


def regions_offered() -> list[tuple[str, str]]:
    """Return the regions within the country, each after the one that it lies in."""
    rows = tables.regions(g.session)
    children: dict[str | None, list[str]] = {}
    for key, row in rows.items():
        children.setdefault(row.parent_key, []).append(key)

    def below(key: str, depth: int) -> list[tuple[str, str]]:
        mark = "\u3000" * depth
        found = [(key, f"{mark}{named(rows[key])}")]
        return [*found, *(pair for child in children.get(key, []) for pair in below(child, depth + 1))]

    tops = [child for top in children.get(None, []) for child in children.get(top, [])]
    return [pair for top in tops for pair in below(top, 0)]
