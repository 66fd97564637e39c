"""The office: the parts in which the work is done."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from registry.web.admin import (
    archiving,
    assigning,
    awards,
    backgrounds,
    benches,
    blinding,
    cases,
    criteria,
    decisions,
    held_letters,
    library,
    likeness,
    limits,
    meetings,
    notices,
    objections,
    outlines,
    people,
    pools,
    programmes,
    publications,
    reviewing,
    rounds,
    ties,
    visits,
)

bp = Blueprint("admin", __name__, url_prefix="/admin")
for _part in (people.bp, programmes.bp, criteria.bp, rounds.bp, cases.bp, decisions.bp, notices.bp, awards.bp):
    bp.register_blueprint(_part)
for _part in (library.bp, visits.bp, meetings.bp, held_letters.bp, publications.bp):
    bp.register_blueprint(_part)
for _part in (outlines.bp, limits.bp, pools.bp, archiving.bp, benches.bp):
    bp.register_blueprint(_part)

for _part in (backgrounds.bp, ties.bp, likeness.bp, assigning.bp, objections.bp, blinding.bp, reviewing.bp):
    bp.register_blueprint(_part)


@bp.get("/")
def home() -> ResponseReturnValue:
    return render_template("admin/home.html")
