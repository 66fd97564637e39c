"""The demo's own pages: its clock, and a mailbox in which a person can follow the messages without a mail server."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry import clock
from registry.domain.errors import NotFound
from registry.queries import people
from registry.services import events
from registry.web.templating import moment
from registry.web.work import committed

bp = Blueprint("demo", __name__, url_prefix="/demo")


def _only_in_a_demo() -> None:
    if not g.demo:
        raise NotFound


@bp.post("/clock")
def advance() -> ResponseReturnValue:
    _only_in_a_demo()
    if g.upcoming is None:
        raise NotFound("no_deadline_ahead")
    at = clock.advance(g.session, g.upcoming.at)
    events.record(g.session, g.actor, "move_clock", "portal", 1, payload={"to": at})
    return committed("/", _("The clock now shows %(time)s.", time=moment(at)))


@bp.get("/mailbox")
def mailbox() -> ResponseReturnValue:
    _only_in_a_demo()
    return render_template("demo/mailbox.html", messages=people.all_messages(g.session))


@bp.get("/mailbox/<int:number>")
def message(number: int) -> ResponseReturnValue:
    _only_in_a_demo()
    return render_template("demo/message.html", message=people.one_message(g.session, number))
