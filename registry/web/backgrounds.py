"""A reviewer's employments and ties, entered by the reviewer or by the administrator: the same acts on two pages."""

from typing import Any

from flask import g
from flask_babel import gettext as _

from registry.domain.errors import NotFound
from registry.models import DeclaredTie, Employment, User
from registry.queries import backgrounds as read
from registry.services import backgrounds
from registry.web.applicant.organisations import regions_offered
from registry.web.forms import Form, SelectChoice, text
from registry.web.forms.backgrounds import EmploymentForm, EndForm, FieldsForm, TieForm
from registry.web.templating import named
from registry.web.work import committed, tried


def shown(user: User, **forms: Any) -> dict[str, Any]:
    """Return what a page of a reviewer's employments and ties shows, with the forms that were refused."""
    return {
        "user": user,
        "profile": read.profile(g.session, user.id),
        "background": read.background(g.session, user.id),
        "employment_form": employment_form(None),
        "tie_form": tie_form(None),
        "end_form": (0, EndForm(None)),
        "fields_form": fields_form(user.id),
        **forms,
    }


def fields_form(user_id: int = 0, *, sent: bool = False) -> FieldsForm:
    """Return the form for fields, load and region, as it was sent or as it stands."""
    profile = read.profile(g.session, user_id)
    kept = {"fields": profile.fields, "most": profile.most, "region_key": profile.region_key} if profile else {}
    form = FieldsForm() if sent else FieldsForm(None, data=kept)
    form.offer(
        (SelectChoice(key, named(row, "title")) for key, row in read.sets(g.session).items()),
        (SelectChoice(*region) for region in regions_offered()),
    )
    return form


def described(user: User, form: FieldsForm, url: str) -> Any:
    """Set fields, load and region and go on, or return None where something is refused."""

    def act() -> bool:
        chosen, known = form["fields"].data or [], list(read.sets(g.session))
        region_key = text(form.region_key) or None
        backgrounds.describe(
            g.session, g.actor, user, fields=chosen, most=form.most.data, known=known, region_key=region_key
        )
        return True

    if form.validate_on_submit() and tried(form, act):
        return committed(url, _("Fields and load are saved."))
    return None


def employment_form(*sent: None) -> EmploymentForm:
    """Return the form for an employment, its fields told from those of the other form of the page."""
    return EmploymentForm(*sent, prefix="employment-")


def tie_form(*sent: None) -> TieForm:
    """Return the form for a tie, its fields told from those of the other form of the page."""
    return TieForm(*sent, prefix="tie-")


def employment_added(user: User, form: EmploymentForm, url: str) -> Any:
    """Enter an employment and go on, or return None where something is refused."""
    if form.validate_on_submit() and tried(
        form,
        lambda: backgrounds.add_employment(
            g.session,
            g.actor,
            user,
            employer=text(form.employer),
            code=text(form.code),
            since=form.since.data,
            until=form.until.data,
        ),
    ):
        return committed(url, _("The employment is entered."))
    return None


def employment_ended(user: User, number: int, form: EndForm, url: str) -> Any:
    """Enter the end of an employment and go on, or return None where it is refused."""
    row = _of(user, g.session.get(Employment, number))
    if (
        form.validate_on_submit()
        and (last := form.until.data)
        and _done(form, lambda: backgrounds.end_employment(g.session, g.actor, user, row, until=last))
    ):
        return committed(url, _("The end of the employment is entered."))
    return None


def tie_declared(user: User, form: TieForm, url: str) -> Any:
    """Declare a tie and go on, or return None where something is refused."""
    if form.validate_on_submit() and tried(
        form,
        lambda: backgrounds.declare_tie(
            g.session,
            g.actor,
            user,
            organisation=text(form.organisation),
            code=text(form.code),
            words=text(form.words),
            since=form.since.data,
            until=form.until.data,
        ),
    ):
        return committed(url, _("The tie is declared; what you must not judge is closed to you at once."))
    return None


def taken_back(user: User, kind: type[Employment] | type[DeclaredTie], number: int, url: str) -> Any:
    """Take away an employment or a tie, and go on."""
    backgrounds.take_back(g.session, g.actor, user, _of(user, g.session.get(kind, number)))
    return committed(url, _("Taken away; the record of it stays."))


def _of(user: User, row: Any) -> Any:
    if row is None or row.user_id != user.id:
        raise NotFound
    return row


def _done(form: Form, act: Any) -> bool:
    def acted() -> bool:
        act()
        return True

    return bool(tried(form, acted))
