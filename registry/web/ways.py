"""The way of an application as its readers see it: the stages of its route, and what happened along it."""

from dataclasses import dataclass

from flask import Flask, g
from flask_babel import gettext as _

from registry.domain.routes import parameter
from registry.domain.vocabulary import FilingKind, Kind, Status
from registry.domain.workflow import ENDED
from registry.models import Application, RouteStep
from registry.queries import histories, recommendations
from registry.web import route_words
from registry.web.templating import happening, label, until


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the route, as the macro of steps shows it."""

    label: str
    state: str
    note: str = ""


def init_app(app: Flask) -> None:
    """Give the templates the way of an application and the sentences of its history."""
    app.jinja_env.globals.update(way=way, told=told, files_several=files_several)


def way(application: Application) -> list[Step]:
    """Return the stages of an application that was loaded whole: done, where it stands or ended, and to come.

    A recommendation that no bureau can give says so, and so does a stage that is never reached.
    """
    steps = application.round_category.steps
    passed = recommendations.without_bureau(g.session, application.site_id, steps)
    return [
        Step(name, "muted", _("no bureau at this level"))
        if step.position in passed
        else Step(name, _state(application, step), _note(application, step))
        for step, name in zip(steps, route_words.names(steps), strict=True)
    ]


def files_several(application: Application) -> bool:
    """Tell whether the route of an application asks for more than one filing."""
    return sum(step.kind is Kind.FILING for step in application.round_category.steps) > 1


def told(row: histories.Happening) -> str:
    """Return what happened as a sentence: with what was handed in, and at which levels there was no bureau to ask."""
    parts = [happening(row.action)]
    if row.filing not in (None, FilingKind.APPLICATION):
        parts = [_("%(act)s: %(what)s", act=parts[0], what=label(row.filing))]
    if row.passed:
        levels = _(", ").join(label(level) for level in row.passed)
        parts.append(_("no bureau to recommend at the level: %(levels)s", levels=levels))
    return " · ".join(parts)


def _state(application: Application, step: RouteStep) -> str:
    if step.position < application.position or application.status is Status.CERTIFIED:
        return "done"
    if application.status in ENDED:
        return "ended" if step.position == application.position else "muted"
    return "current" if step.position == application.position else "coming"


def _note(application: Application, step: RouteStep) -> str:
    if step.position == application.position:
        due = application.filing.due_at
        if application.status is Status.DUE and due is not None:
            return str(_("due by %(time)s", time=until(due)))
        return label(application.status)
    if application.status in ENDED and step.position > application.position:
        return str(_("not reached"))
    if step.level is not None:
        return label(step.level)
    months = parameter(Kind.FILING, step.parameters, "months") if step.kind is Kind.FILING else 0
    if months and step.position > application.position:
        return str(_("within %(months)s months", months=months))
    return ""
