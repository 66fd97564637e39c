"""People of the office and the experts: invited, given roles, and their accounts closed."""

import secrets
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.errors import NotFound
from registry.domain.vocabulary import GRANTED, Role, UserStatus
from registry.models import Organisation, User
from registry.passwords import digest_of_key
from registry.queries import catalogue, organisations, people, public
from registry.services import accounts, seats
from registry.web.forms import SelectChoice, SureForm, each, text
from registry.web.forms.admin_people import AppointForm, GrantForm, InviteForm
from registry.web.forms.filters import filters, rows_by, words_of
from registry.web.paging import asked, paging
from registry.web.templating import label, named
from registry.web.work import committed, tried

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("/")
def index() -> ResponseReturnValue:
    places = _places()
    form = filters(
        _("Name or address"),
        role=(_("Role"), words_of(GRANTED)),
        programme=(_("Programme"), rows_by("id", places["programmes"].values())),
        status=(_("Account"), words_of(UserStatus)),
    )
    role, status = form.value("role"), form.value("status")
    wanted = people.Wanted(
        form.value("q"),
        Role(role) if role else None,
        int(form.value("programme") or 0) or None,
        UserStatus(status) if status else None,
    )
    found = people.index(g.session, wanted, asked())
    held = {user.id: _held(user, **places) for user in found.rows}
    return render_template("admin/people/index.html", people=found.rows, held=held, filters=form, paging=paging(found))


@bp.route("/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    form = InviteForm()
    if form.validate_on_submit():
        key = secrets.token_urlsafe(32)
        user = tried(
            form,
            lambda: accounts.invite(
                g.session,
                g.actor,
                email=text(form.email),
                name=text(form.name),
                language=form.language.data,
                key=key,
                digest=digest_of_key(key),
            ),
        )
        if user:
            url = url_for("admin.people.show", number=user.id)
            return committed(url, _("The invitation is on its way. Now grant the roles."))
    return render_template("admin/people/invite.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(people.one(g.session, number), _grant_form())


@bp.post("/<int:number>/invitation")
def invite_again(number: int) -> ResponseReturnValue:
    key = secrets.token_urlsafe(32)
    user = people.one(g.session, number, lock=True)
    accounts.invite_again(g.session, g.actor, user, key=key, digest=digest_of_key(key))
    return committed(url_for("admin.people.show", number=number), _("A new invitation is on its way."))


@bp.post("/<int:number>/grants")
def grant(number: int) -> ResponseReturnValue:
    user, form = people.one(g.session, number, lock=True), _grant_form()
    if form.validate_on_submit() and tried(form, lambda: _granted(user, form)):
        return committed(url_for("admin.people.show", number=number), _("The role is granted; it counts at once."))
    return _page(people.one(g.session, number), form), 422


@bp.post("/grants/<int:number>/end")
def end_grant(number: int) -> ResponseReturnValue:
    row, form = people.standing_grant(g.session, number), SureForm()
    if not form.validate_on_submit():
        return _page(people.one(g.session, row.user_id), _grant_form(), (number, form)), 422
    accounts.end_grant(g.session, g.actor, row)
    return committed(url_for("admin.people.show", number=row.user_id), _("The role has ended; it counts no longer."))


@bp.post("/<int:number>/disable")
def disable(number: int) -> ResponseReturnValue:
    user, form = people.one(g.session, number, lock=True), SureForm()
    if not form.validate_on_submit():
        return _page(user, _grant_form(), (0, form)), 422
    accounts.disable(g.session, g.actor, user)
    return committed(
        url_for("admin.people.show", number=number), _("The account is closed and all its sessions ended.")
    )


@bp.route("/<int:number>/seats/<int:organisation>/appoint", methods=["GET", "POST"])
def appoint(number: int, organisation: int) -> ResponseReturnValue:
    user, form = people.one(g.session, number), AppointForm()
    found = next((row for row in _without_signatory(user) if row.id == organisation), None)
    if found is None:
        raise NotFound
    if form.validate_on_submit() and tried(form, lambda: _appointed(user, found, form)):
        message = _("The person is signatory of the organisation now and is told.")
        return committed(url_for("admin.people.show", number=number), message)
    page = render_template("admin/people/appoint.html", user=user, organisation=found, form=form)
    return page, 422 if form.is_submitted() else 200


def _without_signatory(user: User) -> list[Organisation]:
    """The organisations of a person in which nobody with an open account signs."""
    found = [seat.organisation for seat in organisations.seats_of(g.session, user)]
    return [row for row in found if not any(seats.signs(seat) for seat in row.memberships)]


def _appointed(user: User, organisation: Organisation, form: AppointForm) -> bool:
    seats.appoint(g.session, g.actor, organisation, user_id=user.id, reason=text(form.reason))
    return True


def _granted(user: User, form: GrantForm) -> object:
    return accounts.grant(
        g.session,
        g.actor,
        user,
        role=Role(form.role.data),
        programme_id=int(form.programme.data) if form.programme.data else None,
        region_key=form.region.data or None,
    )


def _grant_form() -> GrantForm:
    form, places = GrantForm(), _places()
    form.offer(
        [SelectChoice(role, label(role)) for role in GRANTED],
        [SelectChoice(str(number), named(row)) for number, row in places["programmes"].items()],
        [SelectChoice(key, named(row)) for key, row in places["regions"].items()],
    )
    return form


def _places() -> dict[str, dict[object, object]]:
    """The programmes and regions for which grants are, by what stands in a grant."""
    return {
        "programmes": {row.id: row for row in public.programme_names(g.session)},
        "regions": {row.key: row for row in catalogue.regions(g.session)},
    }


def _held(user: User, programmes: Mapping[object, Any], regions: Mapping[object, Any]) -> list[SimpleNamespace]:
    """What somebody may do: of each role in each programme one line, with the regions it is held for."""
    held: dict[tuple[Role, int | None], list[Any]] = {}
    for grant in user.grants:
        if grant.ended_at is None:
            places = held.setdefault((grant.role, grant.programme_id), [])
            places.extend([regions[grant.region_key]] if grant.region_key else [])
    return [
        SimpleNamespace(role=role, programme=programmes.get(programme_id), regions=places)
        for (role, programme_id), places in held.items()
    ]


def _page(user: User, form: GrantForm, refused: tuple[int, SureForm] | None = None) -> str:
    sign_ins = people.open_sign_ins(g.session, user)
    return render_template(
        "admin/people/show.html",
        user=user,
        form=form,
        sign_ins=sign_ins,
        unsigned=_without_signatory(user),
        sure_form=lambda line: each(line, refused),
        **_places(),
    )
