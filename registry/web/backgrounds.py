"""A reviewer's employments and ties, entered by the reviewer or by the administrator: the same acts on two pages."""

from typing import Any

from flask import g
from flask_babel import gettext as _

from registry.domain.errors import NotFound
from registry.models import DeclaredTie, Employment, User
from registry.queries import backgrounds as read
from registry.services import backgrounds
from registry.web.forms import Form, text
from registry.web.forms.backgrounds import EmploymentForm, EndForm, TieForm
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
        **forms,
    }


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
