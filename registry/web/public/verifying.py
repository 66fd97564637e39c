"""Is this certificate real? By its number as the published list tells it, by its code in full."""

from datetime import datetime

from flask import current_app, g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import numbering
from registry.domain.errors import Invalid
from registry.domain.vocabulary import Validity
from registry.models import Award
from registry.queries import register, targets
from registry.web.forms import text
from registry.web.forms.public import VerifyForm
from registry.web.public.blueprint import bp
from registry.web.public.counting import WITHIN, Lately

# A code has 130 random bits: nobody finds one by asking.
WRONG_CODES = 20
_HERE = "registry.wrong_codes"


@bp.record_once
def _start_counting(state: BlueprintSetupState) -> None:
    state.app.extensions[_HERE] = Lately(WRONG_CODES)


@bp.get("/verify")
def verify() -> ResponseReturnValue:
    form = VerifyForm(request.args)
    if "q" in request.args and form.validate():
        try:
            return redirect(_address_of(text(form.q)), 303)
        except Invalid as error:
            form.refuse(error)
    return render_template("public/verify.html", form=form), 422 if form.errors else 200


@bp.get("/verify/<string(maxlength=60):number>")
def verify_number(number: str) -> ResponseReturnValue:
    plain = numbering.normalise_number(number)
    award = register.find_award(g.session, plain)
    if award is None:
        return _unknown(plain)
    return render_template(
        "public/verify_number.html",
        award=award,
        validity=register.validity(award, g.actor.at),
        revoked_at=_revoked_at(award),
        entry=register.entry_of(g.session, award),
        target_ids=targets.ids(g.session),
    )


@bp.get("/verify/code/<string(maxlength=80):code>")
def verify_code(code: str) -> ResponseReturnValue:
    try:
        certificate = register.find_certificate(g.session, numbering.normalise_code(code))
    except Invalid:
        certificate = None
    if certificate is None:
        return _missed(code)
    award = certificate.award
    return render_template(
        "public/verify_code.html",
        certificate=certificate,
        newest=award.certificates[-1],
        award=award,
        validity=register.validity(award, g.actor.at),
        revoked_at=_revoked_at(award),
        entry=register.entry_of(g.session, award),
        code=numbering.grouped(certificate.code),
    )


def _address_of(entered: str) -> str:
    """The address that tells of a number or a code as a person typed it; raises Invalid for what is neither."""
    number = numbering.normalise_number(entered)
    try:
        numbering.parse(number)
    except Invalid:
        return url_for(".verify_code", code=_code(entered))
    return url_for(".verify_number", number=number)


def _code(entered: str) -> str:
    try:
        return numbering.grouped(numbering.normalise_code(entered))
    except Invalid as error:
        raise Invalid("neither_number_nor_code", field="q", entered=entered) from error


def _unknown(asked: str) -> ResponseReturnValue:
    return render_template("public/verify_unknown.html", asked=asked, validity=Validity.UNKNOWN), 404


def _missed(code: str) -> ResponseReturnValue:
    wrong: Lately = current_app.extensions[_HERE]
    address = request.remote_addr or ""
    if wrong.too_many(address, g.actor.at):
        return _stopped()
    wrong.count(address, g.actor.at)
    return _unknown(code)


def _revoked_at(award: Award) -> datetime | None:
    return next((event.at for event in reversed(award.events) if event.after == Validity.REVOKED.value), None)


def _stopped() -> ResponseReturnValue:
    page = render_template(
        "error.html",
        code=429,
        title=_("Too many wrong codes"),
        text=_("From your address came too many codes that do not exist. Try again in an hour, or check the number."),
        action={"label": _("Check a number"), "url": url_for(".verify")},
    )
    return page, 429, {"Retry-After": str(int(WITHIN.total_seconds()))}
