"""The plant set written out by hand in plain Decimal: the floor that the scoring engine is measured against.

It is what one would write who needs this one set, once: no reasons why something is missing, no set that can be
changed, and the first answer that does not fit ends it. Formulas, curves, rounding and precision are those of
criteria/sets/wwtp.yaml; only the factors and what may be answered are taken from there, before anything is timed. The
benchmark first proves that both give the same states, values, points, totals and grades.

``score`` trusts its answers; ``score_checked`` first does what any program must that is handed them by strangers: every
number well-formed and within its limits, every choice one of those offered, nothing that was not asked.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

CONTEXT = Context(prec=28, rounding=ROUND_HALF_EVEN)
# A quotient loses its last four digits before its half is judged, so that a half stays one.
GUARD = Context(prec=24, rounding=ROUND_HALF_EVEN)
CENT = Decimal("0.01")
ZERO = Decimal(0)
ONE = Decimal(1)
FIVE = Decimal(5)
HUNDRED = Decimal(100)
THOUSAND = Decimal(1000)
MILLION = Decimal(1000000)
N2O_OF_N = Decimal(44), Decimal(28)

Knots = tuple[tuple[Decimal, Decimal], ...]


def knots(*pairs: tuple[str, str]) -> Knots:
    """Return the knots of a curve, each a value and its share."""
    return tuple((Decimal(x), Decimal(share)) for x, share in pairs)


COMPLIANCE = knots(("98", "0"), ("99.5", "0.6"), ("100", "1"))
EQUIVALENTS = knots(("0.15", "0"), ("0.3", "0.6"), ("0.45", "1"))
NITROGEN = knots(("55", "0"), ("70", "0.6"), ("85", "1"))
INFLUENT = knots(("80", "0"), ("100", "0.6"), ("150", "1"))
PER_M3 = knots(("0.25", "1"), ("0.36", "0.6"), ("0.61", "0"))
PER_COD = knots(("1.2", "1"), ("2.14", "0.6"), ("4.12", "0"))
INTENSITY = knots(("0.35", "1"), ("0.6", "0.6"), ("0.9", "0"))
CUT = knots(("0", "0"), ("5", "0.6"), ("15", "1"))
RENEWABLE = knots(("0", "0"), ("10", "0.6"), ("30", "1"))
REUSE_SHORT = knots(("15", "0"), ("25", "0.6"), ("40", "1"))
REUSE_OTHER = knots(("5", "0"), ("20", "0.6"), ("35", "1"))
SLUDGE = knots(("40", "0"), ("70", "0.6"), ("95", "1"))
LOAD = knots(("50", "0"), ("70", "0.6"), ("80", "1"), ("95", "1"), ("100", "0.6"), ("120", "0"))

ENERGY_MEASURES = {
    "efficient_equipment": Decimal("1.5"),
    "old_equipment_retired": Decimal("0.5"),
    "precise_aeration": Decimal("1.5"),
    "pump_frequency_control": Decimal(1),
    "precise_dosing": Decimal(1),
    "smart_water": Decimal(1),
    "energy_contract": Decimal("0.5"),
}
GAS_MEASURES = {
    "sewer_cleaning": Decimal(1),
    "n2o_control": Decimal(2),
    "upstream_carbon": Decimal("1.5"),
    "green_chemicals": Decimal("1.5"),
}
RECOVERY_MEASURES = {
    "biogas_chp": Decimal(1),
    "heat_pump": Decimal(1),
    "nutrient_recovery": Decimal(1),
    "sludge_products": Decimal(1),
}
SURROUNDINGS = {"odour_control": Decimal(2), "green_space": Decimal(2), "education_base": Decimal(2)}
SYSTEM = {"plant_network_river": Decimal(3), "pay_by_effect": Decimal(1), "flexible_power": Decimal(1)}
EXTRA = {"digital_twin": Decimal(1)}
SELF_SUFFICIENT = PERFORMANCE = Decimal(2)
HALF = Decimal(50)
REVIEWERS = 3
TRIMMED_FROM = 5
CAP = Decimal(105)
# 100 points in all, of which at most 9 can be declared not applicable: the cap of 30% is never reached.
SECTIONS: dict[str, dict[str, Decimal]] = {
    "water": {
        "compliance_rate": Decimal(4),
        "equivalents_removed": Decimal(4),
        "nitrogen_removal": Decimal(3),
        "influent_strength": Decimal(3),
    },
    "energy": {"electricity_per_m3": Decimal(8), "electricity_per_cod": Decimal(7), "energy_measures": Decimal(7)},
    "carbon": {
        "ghg_intensity": Decimal(9),
        "intensity_cut": Decimal(5),
        "gas_measures": Decimal(6),
        "renewable_share": Decimal(6),
    },
    "resources": {"reuse_rate": Decimal(6), "sludge_recovery": Decimal(4), "recovery_measures": Decimal(4)},
    "surroundings": {"surroundings_measures": Decimal(6)},
    "system": {"system_measures": Decimal(5), "load_rate": Decimal(3)},
    "experts": {"novelty": Decimal(4), "replicability": Decimal(3), "economics": Decimal(3)},
}
POINTS = {key: most for section in SECTIONS.values() for key, most in section.items()}
MEASURES = (
    "compliance_rate",
    "equivalents_removed",
    "nitrogen_removal",
    "influent_strength",
    "electricity_per_m3",
    "electricity_per_cod",
    "ghg_intensity",
    "intensity_cut",
    "renewable_share",
    "reuse_rate",
    "sludge_recovery",
    "load_rate",
)
GRADES = (("excellent", Decimal(85)), ("good", Decimal(75)), ("qualified", Decimal(60)))

Item = tuple[str, Decimal, Decimal | None]
# The points of every section out of what applies, and everything else about a plant.
Result = dict[str, Any]
NOT_APPLICABLE: Item = ("not_applicable", Decimal("0.00"), None)
MISSING: Item = ("missing", Decimal("0.00"), None)


@dataclass(frozen=True, slots=True)
class Factors:
    """The factors that the formulas use, by version; the grid by version and region, then by year."""

    gwp: Mapping[str, tuple[Decimal, Decimal]]
    sewage: Mapping[str, tuple[Decimal, Decimal, Decimal]]
    grid: Mapping[tuple[str, str], Mapping[int, Decimal]]
    chemicals: tuple[Decimal, Decimal, Decimal]
    equivalents: tuple[Decimal, Decimal, Decimal, Decimal, Decimal]
    default: Mapping[str, str]


# The numbers that the formulas need.
NUMBERS = (
    "water_treated", "recorded_days", "cod_in", "cod_out", "bod_in", "bod_out", "nh3n_in", "nh3n_out", "tn_in",
    "tn_out", "tp_out", "plant_electricity", "pv_electricity", "biogas_electricity", "green_certificates",
    "ch4_measured", "n2o_measured", "pac", "pam", "naclo", "other_chemicals", "base_intensity",
    "sludge_dry", "base_cod_out", "base_nh3n_out", "base_tn_out", "base_tp_out", "data_months", "penalties",
    "sludge_safe", "design_capacity", "compliant_days", "operated_days", "ss_in", "ss_out", "tp_in",
    "reclaimed_water", "sludge_recovered",
)  # fmt: skip
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
WHOLE = re.compile(r"-?[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Form:
    """What may be answered: numbers with their limits, whole ones apart, yes or no, one choice, or several."""

    numbers: Mapping[str, tuple[Decimal, Decimal]]
    wholes: Mapping[str, tuple[Decimal, Decimal]]
    flags: frozenset[str]
    choices: Mapping[str, frozenset[str]]
    lists: Mapping[str, frozenset[str]]


def score_checked(
    form: Form, factors: Factors, answers: Mapping[str, Any], marks: Mapping[str, Mapping[str, str]]
) -> Result:
    """Score one plant as ``score`` does, or raise ValueError with the name of the first answer that does not fit."""
    given = checked(form, answers["inputs"])
    read = {key: checked_marks(key, of_panel.values()) for key, of_panel in marks.items()}
    with localcontext(CONTEXT):
        return _score(factors, {**answers, "inputs": given}, read)


def checked(form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was answered, numbers as Decimals, or raise ValueError."""
    found: dict[str, Any] = {}
    for key, raw in given.items():
        if key in form.numbers:
            found[key] = _within(key, raw, NUMBER, form.numbers[key])
        elif key in form.flags:
            if raw is not True and raw is not False:
                raise ValueError(key)
            found[key] = raw
        elif key in form.wholes:
            found[key] = _within(key, raw, WHOLE, form.wholes[key])
        elif (key in form.choices and raw in form.choices[key]) or form.lists[key].issuperset(raw):
            found[key] = raw
        else:
            raise ValueError(key)
    return found


def checked_marks(key: str, given: Iterable[str]) -> list[Decimal]:
    """Return the marks on one panel as Decimals, or raise ValueError."""
    limits = ZERO, POINTS[key]
    return [_within(key, raw, NUMBER, limits) for raw in given]


def _within(key: str, raw: object, pattern: re.Pattern[str], limits: tuple[Decimal, Decimal]) -> Decimal:
    if not isinstance(raw, str) or not pattern.fullmatch(raw):
        raise ValueError(key)
    number = Decimal(raw)
    if not limits[0] <= number <= limits[1]:
        raise ValueError(key)
    return number


def score(factors: Factors, answers: Mapping[str, Any], marks: Mapping[str, Mapping[str, str]]) -> Result:
    """Score one plant: gates by key, items as state, points and value, sections, totals, grade and ties."""
    given = {**answers["inputs"]}
    for key in NUMBERS:
        if key in given:
            given[key] = Decimal(given[key])
    read = {key: list(map(Decimal, of_panel.values())) for key, of_panel in marks.items()}
    with localcontext(CONTEXT):
        return _score(factors, {**answers, "inputs": given}, read)


def _score(  # noqa: C901 - from the top to the bottom, as one would write it
    factors: Factors, answers: Mapping[str, Any], marks: Mapping[str, list[Decimal]]
) -> Result:
    given = answers["inputs"]
    claims = answers["not_applicable"]
    versions = answers["settings"]["factors"]
    switches = answers["settings"]["gates"]
    region, year = answers["context"]["region"], answers["context"]["year"]
    of_cod, of_bod, of_ss, of_nh3n, of_tp = factors.equivalents

    water = given["water_treated"]
    recorded_days = given["recorded_days"]
    cod_in, cod_out = given["cod_in"], given["cod_out"]
    bod_in, bod_out = given["bod_in"], given["bod_out"]
    nh3n_in, nh3n_out = given["nh3n_in"], given["nh3n_out"]
    tn_in, tn_out = given["tn_in"], given["tn_out"]
    tp_out = given["tp_out"]
    plant_electricity = given["plant_electricity"]
    pv_electricity, biogas_electricity = given["pv_electricity"], given["biogas_electricity"]

    # Derived values.
    own_electricity = pv_electricity + biogas_electricity
    if given["electricity_scope"] == "grid_only":
        electricity_total = plant_electricity + pv_electricity + biogas_electricity
        electricity_grid = plant_electricity
    else:
        electricity_total = plant_electricity
        electricity_grid = plant_electricity - (own_electricity if own_electricity <= plant_electricity else ZERO)
    renewable_electricity = own_electricity + given["green_certificates"]
    water_measured = water if recorded_days <= (366 if year % 4 == 0 else 365) else ZERO
    cod_removed = max(cod_in - cod_out, ZERO) * water_measured / THOUSAND
    of_organic = (bod_in - bod_out) / THOUSAND / of_bod if bod_in <= cod_in else ZERO
    organic_equivalents = max((cod_in - cod_out) / THOUSAND / of_cod, of_organic)
    if given["emission_method"] == "measured":
        ch4, n2o = given["ch4_measured"], given["n2o_measured"]
    else:
        ch4_bod, ch4_cod, n2o_tn = factors.sewage[versions.get("sewage_ghg", factors.default["sewage_ghg"])]
        bod_gone = bod_in - (bod_out if bod_out <= bod_in else ZERO)
        cod_gone = cod_in - (cod_out if cod_out <= cod_in else ZERO)
        ch4 = (bod_gone * ch4_bod + cod_gone * ch4_cod) * water / THOUSAND
        n2o = max(tn_in, nh3n_in) * n2o_tn * N2O_OF_N[0] / N2O_OF_N[1] * water / THOUSAND
    of_pac, of_pam, of_naclo = factors.chemicals
    chemicals_ghg = given["pac"] * of_pac + given["pam"] * of_pam + given["naclo"] * of_naclo + given["other_chemicals"]
    intensity = None
    grid = factors.grid[versions.get("grid", factors.default["grid"]), region].get(year)
    if grid is not None:
        gwp_ch4, gwp_n2o = factors.gwp[versions.get("gwp", factors.default["gwp"])]
        intensity = (ch4 * gwp_ch4 + n2o * gwp_n2o + electricity_grid * grid + chemicals_ghg) / water
    has_base_year = given["has_base_year"]
    if has_base_year:
        base_intensity = given["base_intensity"]
    sludge_dry = given["sludge_dry"]

    # Gates.
    gates = {
        "gate_entity": _state(given["legal_entity"]),
        "gate_record": _state(given["no_incident"] and given["credit_clean"]),
        "gate_data": _state(given["data_pledge"] and given["no_falsification"]),
        "gate_permits": _state(given["permits_valid"]),
        "gate_catalogue": _state(given["not_restricted"]),
    }
    if not has_base_year:
        gates["gate_synergy"] = "not_applicable" if "gate_synergy" in claims else "missing"
    elif intensity is None:
        gates["gate_synergy"] = "missing"
    else:
        gates["gate_synergy"] = _state(
            (base_intensity - intensity) * water / THOUSAND > ZERO
            and (
                (given["base_cod_out"] - cod_out) * water / MILLION > ZERO
                or (given["base_nh3n_out"] - nh3n_out) * water / MILLION > ZERO
                or (given["base_tn_out"] - tn_out) * water / MILLION > ZERO
                or (given["base_tp_out"] - tp_out) * water / MILLION > ZERO
            )
        )
    disclosure = given["disclosure_required"]
    gates["gate_disclosure"] = _state(given["disclosure_made"]) if disclosure else "not_applicable"
    gates["gate_months"] = _state(given["data_months"] >= 24)
    gates["gate_effluent"] = _state(given["penalties"] == ZERO)
    gates["gate_sludge"] = _state(given["sludge_safe"] >= sludge_dry)
    if switches.get("gate_influent", False):
        gates["gate_influent"] = _state(bod_in >= HUNDRED or given["one_plant_one_plan"])
    else:
        gates["gate_influent"] = "not_applicable"
    design_capacity = given["design_capacity"]
    if switches.get("gate_survey", True) and design_capacity >= 100000:
        gates["gate_survey"] = _state(given["survey_filed"])
    else:
        gates["gate_survey"] = "not_applicable"
    burnt = given["co_incineration"]
    gates["gate_incineration"] = _state(given["co_incineration_permitted"]) if burnt else "not_applicable"

    # Items.
    compliant_days, operated_days = given["compliant_days"], given["operated_days"]
    items = {
        "compliance_rate": _measure(
            "compliance_rate",
            compliant_days / operated_days * HUNDRED if compliant_days <= operated_days else ZERO,
            COMPLIANCE,
        ),
        "equivalents_removed": _measure(
            "equivalents_removed",
            organic_equivalents
            + (given["ss_in"] - given["ss_out"]) / THOUSAND / of_ss
            + (nh3n_in - nh3n_out) / THOUSAND / of_nh3n
            + (given["tp_in"] - tp_out) / THOUSAND / of_tp,
            EQUIVALENTS,
        ),
        "nitrogen_removal": _measure("nitrogen_removal", (tn_in - tn_out) / tn_in * HUNDRED, NITROGEN),
        "influent_strength": _measure("influent_strength", bod_in, INFLUENT),
    }
    if water_measured:
        items["electricity_per_m3"] = _measure("electricity_per_m3", electricity_total / water_measured, PER_M3)
    else:
        items["electricity_per_m3"] = MISSING
    if cod_removed:
        items["electricity_per_cod"] = _measure("electricity_per_cod", electricity_total / cod_removed, PER_COD)
    else:
        items["electricity_per_cod"] = MISSING
    items["energy_measures"] = _checklist("energy_measures", given["energy_measures"], ENERGY_MEASURES)
    items["ghg_intensity"] = MISSING if intensity is None else _measure("ghg_intensity", intensity, INTENSITY)
    if not has_base_year:
        items["intensity_cut"] = NOT_APPLICABLE if "intensity_cut" in claims else MISSING
    elif intensity is None:
        items["intensity_cut"] = MISSING
    else:
        items["intensity_cut"] = _measure("intensity_cut", (base_intensity - intensity) / base_intensity * HUNDRED, CUT)
    items["gas_measures"] = _checklist("gas_measures", given["gas_measures"], GAS_MEASURES)
    items["renewable_share"] = _measure(
        "renewable_share",
        renewable_electricity / electricity_total * HUNDRED if renewable_electricity <= electricity_total else ZERO,
        RENEWABLE,
    )
    reclaimed_water = given["reclaimed_water"]
    items["reuse_rate"] = _measure(
        "reuse_rate",
        reclaimed_water / water * HUNDRED if reclaimed_water <= water else ZERO,
        REUSE_SHORT if given["water_short_city"] else REUSE_OTHER,
    )
    sludge_recovered = given["sludge_recovered"]
    if sludge_dry:
        items["sludge_recovery"] = _measure(
            "sludge_recovery",
            sludge_recovered / sludge_dry * HUNDRED if sludge_recovered <= sludge_dry else ZERO,
            SLUDGE,
        )
    elif sludge_recovered:
        items["sludge_recovery"] = _measure("sludge_recovery", ZERO, SLUDGE)
    else:
        items["sludge_recovery"] = NOT_APPLICABLE if "sludge_recovery" in claims else MISSING
    items["recovery_measures"] = _checklist("recovery_measures", given["recovery_measures"], RECOVERY_MEASURES)
    items["surroundings_measures"] = _checklist("surroundings_measures", given["surroundings_measures"], SURROUNDINGS)
    items["system_measures"] = _checklist("system_measures", given["system_measures"], SYSTEM)
    items["load_rate"] = _measure("load_rate", water / recorded_days / design_capacity * HUNDRED, LOAD)
    for key in ("novelty", "replicability", "economics"):
        items[key] = _panel(key, marks.get(key, []))

    extra = sum((EXTRA[tick] for tick in given["extra"]), ZERO)
    if own_electricity <= electricity_total and own_electricity / electricity_total * HUNDRED >= HALF:
        extra += SELF_SUFFICIENT
    if given["performance_grade"] == "excellent":
        extra += PERFORMANCE
    bonus = _rounded(min(extra, FIVE))
    items["extra"] = ("scored", bonus, extra)

    result = _totals(gates, items, bonus)
    result["figures"] = {
        "own_electricity": own_electricity,
        "electricity_total": electricity_total,
        "electricity_grid": electricity_grid,
        "renewable_electricity": renewable_electricity,
        "water_measured": water_measured,
        "cod_removed": cod_removed,
        "organic_equivalents": organic_equivalents,
        "ch4": ch4,
        "n2o": n2o,
        "chemicals_ghg": chemicals_ghg,
        "grid": grid,
        "intensity": intensity,
    }
    return result


def _totals(gates: dict[str, str], items: dict[str, Item], bonus: Decimal) -> dict[str, Any]:
    sections: dict[str, tuple[Decimal, Decimal]] = {}
    points = most = ZERO
    for key, indicators in SECTIONS.items():
        earned = possible = ZERO
        for indicator, top in indicators.items():
            item = items[indicator]
            if item[0] != "not_applicable":
                earned += item[1]
                possible += top
        sections[key] = (earned, possible)
        points += earned
        most += possible
    base = _rounded(HUNDRED * points / most)
    states = gates.values()
    eligible = False if "failed" in states else None if "missing" in states else True
    total = None if eligible is False else _rounded(min(base + bonus, CAP))
    grade = None
    if eligible and total is not None:
        grade = next((key for key, least in GRADES if total >= least), None)
    return {
        "eligible": eligible,
        "complete": "missing" not in states and all(item[0] != "missing" for item in items.values()),
        "base": base,
        "bonus": bonus,
        "total": total,
        "grade": grade,
        "sections": sections,
        "gates": gates,
        "items": items,
        "ties": {
            "carbon": sections["carbon"][0],
            "ghg_intensity": items["ghg_intensity"][1],
            "quantitative": sum((items[key][1] for key in MEASURES), ZERO),
        },
    }


def _state(passed: bool) -> str:
    return "passed" if passed else "failed"


def _rounded(number: Decimal) -> Decimal:
    return GUARD.plus(number).quantize(CENT, ROUND_HALF_UP)


def _measure(key: str, x: Decimal, curve: Knots) -> Item:
    return "scored", _rounded(_earned(x, POINTS[key], curve)), x


def _earned(x: Decimal, points: Decimal, curve: Knots) -> Decimal:
    """Return the points that x earns, read from the line between its two knots."""
    low_x, low_share = curve[0]
    if x < low_x:
        return points * low_share
    for high_x, high_share in curve[1:]:
        if x < high_x:
            span = high_x - low_x
            return (low_share * span + (x - low_x) * (high_share - low_share)) * points / span
        low_x, low_share = high_x, high_share
    return points * low_share


def _checklist(key: str, ticks: Iterable[str], worth: Mapping[str, Decimal]) -> Item:
    total = sum((worth[tick] for tick in ticks), ZERO)
    return "scored", _rounded(min(total, POINTS[key])), total


def _panel(key: str, given: list[Decimal]) -> Item:
    """Return the mean of at least three marks, from five marks on without the highest and the lowest."""
    if len(given) < REVIEWERS:
        return MISSING
    marks = sorted(given)
    if len(marks) >= TRIMMED_FROM:
        marks = marks[1:-1]
    mean = sum(marks, ZERO) / len(marks)
    return "scored", _rounded(min(mean, POINTS[key])), mean
