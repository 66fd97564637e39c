"""The outbox of letters in the office: what waits for a second look, by its cause, and each as it will be read."""

from typing import Any

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import letters as wordings
from registry.domain import policy
from registry.domain.chain import digest_of
from registry.domain.errors import Invalid
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, LetterKind, LetterState, Role
from registry.models import Letter
from registry.queries import decisions, feedback, held_letters, letters, programmes
from registry.queries.held_letters import MOST_AT_ONCE, Cause, Wanted
from registry.services import letters as writing
from registry.web import papers
from registry.web.admin.letters import bp, kind_named
from registry.web.feedback_words import sheet
from registry.web.forms import text
from registry.web.forms.admin_letters import ReleaseForm, RewriteForm
from registry.web.forms.filters import filters, rows_by
from registry.web.paging import asked, paging
from registry.web.templating import label, named
from registry.web.work import committed, tried

__all__ = ["bp"]


@bp.get("/outbox")
def outbox() -> ResponseReturnValue:
    mine = programmes.names(g.session, g.actor, Action.RELEASE_LETTERS)
    form = filters(
        programme=(_("Programme"), rows_by("id", mine)),
        kind=(_("Kind of letter"), [(kind.value, label(kind)) for kind in LetterKind if kind in wordings.HELD]),
        category=(
            _("Category of a round"),
            [
                (str(row.id), f"{named(row.round, 'title')} · {named(row.category)}")
                for row in held_letters.places(g.session, g.actor)
            ],
        ),
    )
    kind, programme, category = (form.value(name) for name in ("kind", "programme", "category"))
    wanted = Wanted(
        int(programme) if programme else None,
        int(category) if category else None,
        LetterKind(kind) if kind else None,
    )
    found = held_letters.groups(g.session, g.actor, wanted, asked())
    return render_template(
        "admin/letters/outbox.html", groups=found.rows, filters=form, paging=paging(found), at=g.actor.at
    )


@bp.get("/outbox/<int:number>/<string(maxlength=40):kind>/<int:decision>")
def group(number: int, kind: str, decision: int) -> ResponseReturnValue:
    return _group_page(_cause(number, kind, decision))


@bp.post("/outbox/<int:number>/<string(maxlength=40):kind>/<int:decision>/release")
def release_group(number: int, kind: str, decision: int) -> ResponseReturnValue:
    cause, form = _cause(number, kind, decision), ReleaseForm()
    found = held_letters.releasable(g.session, g.actor, cause)
    if form.validate_on_submit():
        sent = tried(form, lambda: writing.release(g.session, g.actor, _as_shown(found, form)))
        if sent is not None:
            return committed(url_for(".outbox"), _("Letters released and sent: %(count)s.", count=sent))
    return _group_page(cause, release_form=form), 422


@bp.post("/outbox/<int:number>/<string(maxlength=40):kind>/<int:decision>/rewrite")
def rewrite_group(number: int, kind: str, decision: int) -> ResponseReturnValue:
    cause, form = _cause(number, kind, decision), RewriteForm()
    found = held_letters.rewritable(g.session, g.actor, cause)
    if form.validate_on_submit():
        reason = text(form.reason)
        new = tried(form, lambda: writing.rewrite(g.session, g.actor, _as_shown(found, form), reason=reason))
        if new is not None:
            here = url_for(".group", number=number, kind=kind, decision=decision)
            return committed(here, _("Letters written anew: %(count)s. They wait for another person.", count=len(new)))
    return _group_page(cause, rewrite_form=form), 422


@bp.get("/outbox/letters/<int:letter>")
def held(letter: int) -> ResponseReturnValue:
    return _page(letter)


@bp.get("/outbox/letters/<int:letter>.pdf")
def held_file(letter: int) -> ResponseReturnValue:
    found, application = held_letters.one(g.session, g.actor, letter)
    return papers.letter(application, found)


@bp.post("/outbox/letters/<int:letter>/release")
def release(letter: int) -> ResponseReturnValue:
    held_letters.one(g.session, g.actor, letter)
    form = ReleaseForm()
    if form.validate_on_submit() and tried(
        form, lambda: writing.release(g.session, g.actor, _as_shown([letter], form))
    ):
        return committed(url_for(".held", letter=letter), _("The letter is released and sent."))
    return _page(letter, release_form=form), 422


@bp.post("/outbox/letters/<int:letter>/rewrite")
def rewrite(letter: int) -> ResponseReturnValue:
    held_letters.one(g.session, g.actor, letter)
    form = RewriteForm()
    if form.validate_on_submit():
        reason = text(form.reason)
        new = tried(form, lambda: writing.rewrite(g.session, g.actor, _as_shown([letter], form), reason=reason))
        if new:
            said = _("The letter is withdrawn and written anew; it waits for another person.")
            return committed(url_for(".held", letter=new[0].id), said)
    return _page(letter, rewrite_form=form), 422


@bp.get("/outbox/letters/<int:letter>/feedback")
def held_feedback(letter: int) -> ResponseReturnValue:
    found, application = held_letters.one(g.session, g.actor, letter)
    return render_template(
        "admin/letters/feedback.html",
        letter=found,
        application=application,
        sheet=sheet(feedback.prepared(g.session, application)),
    )


def _cause(number: int, kind: str, decision: int) -> Cause:
    return Cause(number, kind_named(kind), decision or None)


def _as_shown(numbers: list[int], form: ReleaseForm | RewriteForm) -> list[int]:
    """Return the letters where they are those that were shown; raises Invalid where others wait there now."""
    if text(form.seen) != digest_of(numbers):
        raise Invalid("letters_changed_meanwhile")
    return numbers


def _group_page(
    cause: Cause, *, release_form: ReleaseForm | None = None, rewrite_form: RewriteForm | None = None
) -> str:
    found = held_letters.group(g.session, g.actor, cause)
    form = filters(_("Site, organisation or number"))
    rows = held_letters.of_cause(g.session, g.actor, cause, form.value("q"), asked())
    releasable = held_letters.releasable(g.session, g.actor, cause)
    rewritable = held_letters.rewritable(g.session, g.actor, cause)
    return render_template(
        "admin/letters/group.html",
        group=found,
        cause=cause,
        rows=rows.rows,
        filters=form,
        paging=paging(rows),
        releasable=len(releasable),
        rewritable=len(rewritable),
        most=MOST_AT_ONCE,
        may_rewrite=_may_rewrite(found.where.round.programme_id),
        release_form=_shown(release_form, ReleaseForm, releasable),
        rewrite_form=_shown(rewrite_form, RewriteForm, rewritable),
        worker=Role.WORKER,
        people=decisions.people(g.session, *(letter.written_by_id for letter, _application in rows.rows)),
    )


def _page(number: int, *, release_form: ReleaseForm | None = None, rewrite_form: RewriteForm | None = None) -> str:
    letter, application = held_letters.one(g.session, g.actor, number)
    waits = letter.state is LetterState.WAITING
    return render_template(
        "admin/letters/held.html",
        letter=letter,
        application=application,
        waits=waits,
        own=letter.written_by_id == g.actor.user_id,
        dated=letters.dated(letter),
        replaces=g.session.get(Letter, letter.replaces_id) if letter.replaces_id else None,
        before=g.session.get(Letter, letter.instead_of_id) if letter.instead_of_id else None,
        after=held_letters.followed_by(g.session, letter),
        cause=held_letters.cause_of(letter, application),
        may_rewrite=waits and _may_rewrite(application.round_category.round.programme_id),
        has_feedback=feedback.there_is(g.session, application),
        release_form=_shown(release_form, ReleaseForm, [number]),
        rewrite_form=_shown(rewrite_form, RewriteForm, [number]),
        worker=Role.WORKER,
        people=decisions.people(g.session, letter.written_by_id, letter.settled_by_id),
    )


def _shown(form: Any, kind: type[Any], numbers: list[int]) -> Any:
    """Return a form with what is shown beside it: that which was refused, or a new one."""
    made = form or kind(None)
    made.seen.data = digest_of(numbers)
    return made


def _may_rewrite(programme_id: int) -> bool:
    return policy.permits(g.actor, Action.MANAGE_LETTERS, Facts(programme_id=programme_id))
