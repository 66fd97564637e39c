"""The letters of a programme: which there are, their wordings, and a look at one before it is saved."""

from collections.abc import Callable

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import letters as wordings
from registry.domain.errors import NotFound
from registry.domain.letters import Wording
from registry.domain.vocabulary import Action, LetterKind
from registry.domain.wordings import DEFAULTS, EXAMPLES
from registry.models import LetterTemplate, Programme
from registry.queries import letters, programmes
from registry.services import letters as writing
from registry.web.forms import text
from registry.web.forms.admin_letters import WordingForm
from registry.web.forms.filters import filters
from registry.web.paging import asked, paging
from registry.web.work import committed, tried

bp = Blueprint("letters", __name__, url_prefix="/letters")

# What each placeholder stands for, as the list beside the form says it.
MEANINGS: dict[str, Callable[[], str]] = {
    "organisation": lambda: _("the applying organisation"),
    "site": lambda: _("the site that applies"),
    "where": lambda: _("programme, round and category, each named once"),
    "programme": lambda: _("the programme"),
    "round": lambda: _("the title of the round"),
    "category": lambda: _("the category"),
    "issuers": lambda: _("the issuers of the programme"),
    "date": lambda: _("the day of the act, on which the letter is written"),
    "reason": lambda: _("the reason, as it was given"),
    "number": lambda: _("the number of the certificate"),
    "order": lambda: _("the place in the order of the reserve"),
    "until": lambda: _("the day until which it holds"),
    "due": lambda: _("the moment by which something is due"),
    "title": lambda: _("the title of the list, or what is to be filed"),
}


@bp.get("")
def index() -> ResponseReturnValue:
    form = filters(_("Name of the programme"))
    found = programmes.page(g.session, g.actor, Action.MANAGE_LETTERS, form.value("q"), asked())
    return render_template("admin/letters/index.html", programmes=found.rows, filters=form, paging=paging(found))


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    programme = letters.programme(g.session, g.actor, number)
    own = letters.latest(g.session, programme.id)
    return render_template(
        "admin/letters/show.html",
        programme=programme,
        kinds=list(LetterKind),
        own=own,
        defaults=DEFAULTS,
        haste=wordings.AT_ONCE,
    )


@bp.route("/<int:number>/<string(maxlength=40):kind>", methods=["GET", "POST"])
def edit(number: int, kind: str) -> ResponseReturnValue:
    wanted = kind_named(kind)
    programme = letters.programme(g.session, g.actor, number, lock=request.method == "POST")
    form = _form(programme, wanted)
    if form.validate_on_submit():
        if text(form.act) == "save" and tried(form, lambda: _saved(programme, wanted, form)) is not None:
            return committed(
                url_for(".show", number=number), _("The wording is saved; the next letter is written with it.")
            )
        programme = letters.programme(g.session, g.actor, number)
        if not form.errors:
            return _page(programme, wanted, form, preview=_preview(programme, wanted, form.wording))
    return _page(programme, wanted, form), 422 if form.is_submitted() else 200


def kind_named(name: str) -> LetterKind:
    """Return a kind of letter by its word in an address; raises NotFound where there is none."""
    found = next((kind for kind in LetterKind if kind.value == name), None)
    if found is None:
        raise NotFound
    return found


def _form(programme: Programme, kind: LetterKind) -> WordingForm:
    """The form with what was sent, else with the wording that counts, or that of the portal where it is asked for."""
    own = letters.latest(g.session, programme.id).get(kind)
    shown = DEFAULTS[kind] if own is None or "default" in request.args else letters.wording_of(own)
    data = {"seen": str(own.id if own else 0)}
    data |= {name: getattr(shown, name) for name in (*wordings.SUBJECTS, *wordings.BODIES)}
    form = WordingForm(data=data)
    form.kind = kind
    return form


def _saved(programme: Programme, kind: LetterKind, form: WordingForm) -> LetterTemplate:
    latest = letters.latest(g.session, programme.id).get(kind)
    sent = form.seen.data or ""
    seen = int(sent) if sent.isdecimal() and len(sent) < 10 else 0
    # To save again after somebody else has saved is a choice.
    form.seen.data = str(latest.id if latest else 0)
    return writing.save(g.session, g.actor, programme, kind, form.wording, seen=seen)


def _preview(programme: Programme, kind: LetterKind, wording: Wording) -> Wording:
    values = {**EXAMPLES, **letters.of_programme(g.session, programme), "date": wordings.day(g.actor.at)}
    return wordings.written(wording, {name: values[name] for name in wordings.placeholders(kind)})


def _page(programme: Programme, kind: LetterKind, form: WordingForm, preview: Wording | None = None) -> str:
    return render_template(
        "admin/letters/edit.html",
        programme=programme,
        kind=kind,
        form=form,
        preview=preview,
        placeholders=[(name, MEANINGS[name]()) for name in wordings.placeholders(kind)],
        past=letters.past(g.session, programme.id, kind),
        default="default" in request.args,
        held=kind in wordings.HELD,
    )
