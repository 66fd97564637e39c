"""Find a category: three questions, and what fits the answers, which stand in the address."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.shapes import Gate
from registry.domain.vocabulary import Intake, Level, SiteKind
from registry.models import Region
from registry.queries import fitting
from registry.queries.fitting import Guide, Match, Wanted
from registry.web import reading
from registry.web.forms import SelectChoice
from registry.web.forms.public import FindForm
from registry.web.public.blueprint import bp
from registry.web.public.catalogue import Applying, apply_url, applying
from registry.web.templating import label, named


@dataclass(frozen=True, slots=True)
class Places:
    """Regions of one region in which alone something is taken: all of its parts, or those that are named."""

    within: str
    names: tuple[str, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A category that fits, as the answer shows it."""

    match: Match
    state: Applying | None
    only_in: tuple[Places, ...]
    required: tuple[Gate, ...]
    apply_url: str | None


@dataclass(frozen=True, slots=True)
class Hindrance:
    """An answer without which something would fit: what was answered, how much would fit, and the address of that."""

    answer: str
    count: int
    url: str


@bp.get("/find")
def find() -> ResponseReturnValue:
    guide = fitting.guide(g.session, g.actor.at)
    wanted = _wanted(guide)
    matches = guide.matching(wanted) if wanted.answered else []
    shared, shown = _shown(matches, guide.regions)
    return render_template(
        "public/find.html",
        form=_form(guide, wanted),
        wanted=wanted,
        groups=_groups(shown),
        shared=shared,
        hindrances=_hindrances(guide, wanted) if wanted.answered and not matches else [],
        region_name=reading.region_name,
        category_name=reading.category_name,
        kind_of=SiteKind,
        level_of=Level,
    )


def kinds_and_regions(form: FindForm, kinds: Iterable[SiteKind], regions: Iterable[Region]) -> None:
    """Offer a form the kinds of site, and the regions: the provinces together, what lies in each under its name."""
    form.kind.choices = [SelectChoice("", _("Not sure yet")), *(SelectChoice(kind, label(kind)) for kind in kinds)]
    form.region.choices = [SelectChoice("", _("Not sure yet"), optgroup=""), *_regions(list(regions))]


def _wanted(guide: Guide) -> Wanted:
    """What the address answers; what is no answer counts for none."""
    kind, region, field = (request.args.get(name, "") for name in ("kind", "region", "field"))
    return Wanted(
        SiteKind(kind) if kind in list(SiteKind) else None,
        region if region in guide.regions else None,
        field if field in guide.fields else None,
    )


def _form(guide: Guide, wanted: Wanted) -> FindForm:
    form = FindForm(None, kind=wanted.kind or "", region=wanted.region or "", field=wanted.field or "")
    kinds_and_regions(form, guide.kinds(), guide.regions.values())
    fields = sorted((named(version, "title"), version.key) for version in guide.fields_left(wanted))
    form.field.choices = [SelectChoice("", _("Not sure yet")), *(SelectChoice(key, title) for title, key in fields)]
    return form


def _regions(rows: list[Region]) -> Iterable[SelectChoice]:
    provinces = [row for row in rows if row.level is Level.PROVINCE]
    for row in provinces:
        yield SelectChoice(row.key, named(row), optgroup=_("Provinces"))
    for province in provinces:
        for row, depth in _inside(rows, province.key, 0):
            yield SelectChoice(row.key, "\u3000" * depth + named(row), optgroup=named(province))


def _inside(rows: list[Region], key: str, depth: int) -> Iterable[tuple[Region, int]]:
    for row in rows:
        if row.parent_key == key:
            yield row, depth
            yield from _inside(rows, row.key, depth + 1)


def _shown(matches: list[Match], regions: Mapping[str, Region]) -> tuple[list[Gate], list[Shown]]:
    """What every one of several asks, by its title, and each with what else it asks."""
    asked = fitting.required(g.session, [match.offer for match in matches])
    several = len(asked) > 1
    titles = [{gate.title.zh for gate in gates} for gates in asked.values()]
    common = set.intersection(*titles) if several else set()
    shared = [gate for gate in next(iter(asked.values()), ()) if gate.title.zh in common]
    return shared, [_one(match, asked, common, regions) for match in matches]


def _one(match: Match, asked: dict[int, list[Gate]], common: set[str], regions: Mapping[str, Region]) -> Shown:
    row = match.offer.round_category
    gates = asked[row.id] if row else []
    return Shown(
        match,
        applying(row.round, g.actor.at) if row else None,
        _places(match.only_in, regions),
        tuple(gate for gate in gates if gate.title.zh not in common),
        apply_url(row.id) if row and match.offer.intake is Intake.OPEN else None,
    )


def _places(keys: Iterable[str], regions: Mapping[str, Region]) -> tuple[Places, ...]:
    """The regions in which alone something is taken, under the region in which they lie."""
    found: dict[str | None, list[str]] = {}
    for key in keys:
        found.setdefault(regions[key].parent_key, []).append(key)
    parts = Counter(row.parent_key for row in regions.values())
    return tuple(
        Places(
            named(regions[parent]) if parent else "",
            tuple(named(regions[key]) for key in inside),
            every=parent is not None and len(inside) == parts[parent],
        )
        for parent, inside in found.items()
    )


def _groups(shown: list[Shown]) -> list[tuple[str, list[Shown]]]:
    """The answer in its three parts, those that have something."""
    parts = (
        (_("Open now"), (Intake.OPEN,)),
        (_("Opens later"), (Intake.AHEAD,)),
        (_("Closed or not begun"), (Intake.OVER, None)),
    )
    found = [(title, [one for one in shown if one.match.offer.intake in intakes]) for title, intakes in parts]
    return [(title, rows) for title, rows in found if rows]


def _hindrances(guide: Guide, wanted: Wanted) -> list[Hindrance]:
    answers = {
        "kind": label(wanted.kind) if wanted.kind else "",
        "region": reading.region_name(wanted.region or ""),
        "field": named(guide.fields[wanted.field], "title") if wanted.field else "",
    }
    found = []
    for question in wanted.answered:
        rest = wanted.without(question)
        count = len(guide.matching(rest))
        if count and rest.answered:
            given = {name: getattr(rest, name) for name in rest.answered}
            found.append(Hindrance(answers[question], count, url_for(".find", **given)))
    return found
