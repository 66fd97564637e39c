"""The working of the plant set written out by hand: the floor for a score with every line of its working.

For each input, derived value, gate and indicator a line with its figures and its arithmetic, as the portal writes it;
what rests on one figure is not repeated under every indicator that rests on it. Clauses and sources are ready-made.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from benchmarks import plain_plant
from benchmarks.plain_plant import GUARD, HUNDRED, MILLION, THOUSAND, ZERO, Factors, Knots, Result

PLACES = {places: Decimal(1).scaleb(-places) for places in range(13)}
Line = dict[str, Any]


def text(number: Decimal) -> str:
    """Write a number exactly, without zeros at the end."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def short(number: Decimal, places: int | None = None) -> str:
    """Write a number to the places, else to six digits."""
    if number == number.to_integral_value():
        return text(number)
    if places is None:
        places = min(max(5 - number.adjusted(), 0), 12)
    return text(GUARD.plus(number).quantize(PLACES[places], ROUND_HALF_UP))


def percent(share: Decimal) -> str:
    """Write a share as a percentage."""
    return f"{short(share * HUNDRED)}%"


def lines(
    factors: Factors,
    units: Mapping[str, str],
    grounds: Mapping[str, list[Line]],
    answers: Mapping[str, Any],
    marks: Mapping[str, Mapping[str, str]],
    result: Result,
) -> list[Line]:
    """Return the working of a plant, from its answers and its result."""
    given = answers["inputs"]
    items = result["items"]
    versions = {**factors.default, **answers["settings"]["factors"]}
    found = [_input(key, given[key], unit) for key, unit in units.items() if key in given]
    found += [{"line": "factors", "table": key, "version": version, "text": f"{key} {version}"}
              for key, version in versions.items()]  # fmt: skip
    shown = _derived(factors, given, versions, result["figures"], found)
    for key, state in result["gates"].items():
        found.append({"line": "condition", "gate": key, "state": state, "text": _gate(key, given, shown, state)})
        found += grounds[key]
    for key, formula in _formulas(factors, given, shown, items).items():
        _measure(key, formula, items[key], given, found)
    for key, worth in CHECKLISTS.items():
        _checklist(key, worth, given[key], items[key], found)
    for key in ("novelty", "replicability", "economics"):
        _panel(key, marks.get(key, {}), items[key], found)
    _extra(given, shown, items["extra"], found)
    for key in items:
        found += grounds[key]
    return found


CHECKLISTS = {
    "energy_measures": plain_plant.ENERGY_MEASURES,
    "gas_measures": plain_plant.GAS_MEASURES,
    "recovery_measures": plain_plant.RECOVERY_MEASURES,
    "surroundings_measures": plain_plant.SURROUNDINGS,
    "system_measures": plain_plant.SYSTEM,
}
CURVES = {
    "compliance_rate": (plain_plant.COMPLIANCE, "%", 2),
    "equivalents_removed": (plain_plant.EQUIVALENTS, "1/m³", 4),
    "nitrogen_removal": (plain_plant.NITROGEN, "%", 1),
    "influent_strength": (plain_plant.INFLUENT, "mg/L", 1),
    "electricity_per_m3": (plain_plant.PER_M3, "kWh/m³", 4),
    "electricity_per_cod": (plain_plant.PER_COD, "kWh/kgCOD", 3),
    "ghg_intensity": (plain_plant.INTENSITY, "kgCO2e/m³", 4),
    "intensity_cut": (plain_plant.CUT, "%", 2),
    "renewable_share": (plain_plant.RENEWABLE, "%", 2),
    "reuse_rate": (plain_plant.REUSE_OTHER, "%", 2),
    "sludge_recovery": (plain_plant.SLUDGE, "%", 1),
    "load_rate": (plain_plant.LOAD, "%", 1),
}


def _mark(held: bool) -> str:
    return "✓" if held else "✗"


def _input(key: str, value: Any, unit: str) -> Line:
    if value is True or value is False:
        return {"line": "input", "key": key, "value": value, "unit": unit, "text": _mark(value)}
    figure = "{" + ", ".join(sorted(value)) + "}" if isinstance(value, list) else value
    return {"line": "input", "key": key, "value": figure, "unit": unit, "text": f"{figure} {unit}".strip()}


def _derived(
    factors: Factors,
    given: Mapping[str, Any],
    versions: Mapping[str, str],
    figures: Mapping[str, Decimal | None],
    found: list[Line],
) -> dict[str, str]:
    """Add the lines of the derived values, and return how each reads."""
    shown: dict[str, str] = {}

    def add(key: str, left: str, number: Decimal | None, unit: str, places: int = 0) -> None:
        right = shown[key] = "?" if number is None else short(number, places)
        both = right if left == right else f"{left} = {right}"
        found.append({"line": "derived", "key": key, "unit": unit, "text": f"{both} {unit}"})

    water, bought = given["water_treated"], given["plant_electricity"]
    pv, biogas = given["pv_electricity"], given["biogas_electricity"]
    grid_only = given["electricity_scope"] == "grid_only"
    add("own_electricity", f"{pv} + {biogas}", figures["own_electricity"], "kWh")
    own = shown["own_electricity"]
    total = f"{bought} + {pv} + {biogas}" if grid_only else bought
    add("electricity_total", total, figures["electricity_total"], "kWh")
    add("electricity_grid", bought if grid_only else f"{bought} − {own}", figures["electricity_grid"], "kWh")
    add("renewable_electricity", f"{own} + {given['green_certificates']}", figures["renewable_electricity"], "kWh")
    add("water_measured", water, figures["water_measured"], "m³")
    cod, bod = f"{given['cod_in']} − {given['cod_out']}", f"{given['bod_in']} − {given['bod_out']}"
    add("cod_removed", f"max({cod}, 0) × {shown['water_measured']} ÷ 1000", figures["cod_removed"], "kg")
    of_cod, of_bod, *_rest = factors.equivalents
    of_organic = f"({bod}) ÷ 1000 ÷ {text(of_bod)}" if Decimal(given["bod_in"]) <= Decimal(given["cod_in"]) else "0"
    organic = f"max(({cod}) ÷ 1000 ÷ {text(of_cod)}, {of_organic})"
    add("organic_equivalents", organic, figures["organic_equivalents"], "1/m³", 4)
    if given["emission_method"] == "measured":
        add("ch4", given["ch4_measured"], figures["ch4"], "kg")
        add("n2o", given["n2o_measured"], figures["n2o"], "kg")
    else:
        of_removed, of_cod, of_nitrogen = factors.sewage[versions["sewage_ghg"]]
        left = f"(({bod}) × {text(of_removed)} + ({cod}) × {text(of_cod)}) × {water} ÷ 1000"
        add("ch4", left, figures["ch4"], "kg")
        nitrogen = f"max({given['tn_in']}, {given['nh3n_in']})"
        add("n2o", f"{nitrogen} × {text(of_nitrogen)} × 44 ÷ 28 × {water} ÷ 1000", figures["n2o"], "kg")
    pac, pam, naclo = map(text, factors.chemicals)
    left = f"{given['pac']} × {pac} + {given['pam']} × {pam} + {given['naclo']} × {naclo} + {given['other_chemicals']}"
    add("chemicals_ghg", left, figures["chemicals_ghg"], "kgCO2e")
    _greenhouse(factors, given, versions, figures, shown, add)
    return shown


def _greenhouse(
    factors: Factors,
    given: Mapping[str, Any],
    versions: Mapping[str, str],
    figures: Mapping[str, Decimal | None],
    shown: Mapping[str, str],
    add: Any,
) -> None:
    grid, intensity, electricity = figures["grid"], figures["intensity"], figures["electricity_grid"]
    water = given["water_treated"]
    treated = Decimal(water)
    of_grid = "?" if grid is None else text(grid)
    emitted = None if grid is None or electricity is None else electricity * grid
    add("electricity_ghg", f"{shown['electricity_grid']} × {of_grid}", emitted, "kgCO2e")
    gwp_ch4, gwp_n2o = factors.gwp[versions["gwp"]]
    left = f"{shown['ch4']} × {text(gwp_ch4)} + {shown['n2o']} × {text(gwp_n2o)}"
    left += f" + {shown['electricity_ghg']} + {shown['chemicals_ghg']}"
    add("ghg", left, None if intensity is None else intensity * treated, "kgCO2e")
    add("intensity", f"{shown['ghg']} ÷ {water}", intensity, "kgCO2e/m³", 4)
    if given["has_base_year"]:
        add("base_ghg_intensity", given["base_intensity"], Decimal(given["base_intensity"]), "kgCO2e/m³", 4)
        base = given["base_intensity"]
        cut = None if intensity is None else (Decimal(base) - intensity) * treated / THOUSAND
        add("ghg_cut", f"({base} − {shown['intensity']}) × {water} ÷ 1000", cut, "tCO2e", 1)
        for key in ("cod", "nh3n", "tn", "tp"):
            before, after = given[f"base_{key}_out"], given[f"{key}_out"]
            cut = (Decimal(before) - Decimal(after)) * treated / MILLION
            add(f"{key}_cut", f"({before} − {after}) × {water} ÷ 1000000", cut, "t", 2)
    days, capacity = given["recorded_days"], given["design_capacity"]
    add("days_recorded", days, Decimal(days), "day")
    load = treated / Decimal(days) / Decimal(capacity) * HUNDRED
    add("load", f"{water} ÷ {shown['days_recorded']} ÷ {capacity} × 100", load, "%", 1)
    own, total = figures["own_electricity"], figures["electricity_total"]
    if own is not None and total is not None:
        left = f"{shown['own_electricity']} ÷ {shown['electricity_total']} × 100" if own <= total else "0"
        add("self_sufficiency", left, own / total * HUNDRED if own <= total else ZERO, "%", 1)


def _gate(key: str, given: Mapping[str, Any], shown: Mapping[str, str], state: str) -> str:
    if state == "not_applicable":
        return ""
    held = _mark(state == "passed")
    if key == "gate_record":
        return f"{_mark(given['no_incident'])} ∧ {_mark(given['credit_clean'])} → {held}"
    if key == "gate_data":
        return f"{_mark(given['data_pledge'])} ∧ {_mark(given['no_falsification'])} → {held}"
    if key == "gate_synergy" and given["has_base_year"]:
        cuts = " ∨ ".join([f"{shown[cut]} > 0" for cut in ("cod_cut", "nh3n_cut", "tn_cut", "tp_cut")])
        return f"{shown['ghg_cut']} > 0 ∧ ({cuts}) → {'?' if state == 'missing' else held}"
    if key == "gate_months":
        return f"{given['data_months']} ≥ 24 → {held}"
    if key == "gate_effluent":
        return f"{given['penalties']} = 0 → {held}"
    if key == "gate_sludge":
        return f"{given['sludge_safe']} ≥ {given['sludge_dry']} → {held}"
    if key == "gate_influent":
        return f"{given['bod_in']} ≥ 100 ∨ {_mark(given['one_plant_one_plan'])} → {held}"
    return held


def _formulas(
    factors: Factors, given: Mapping[str, Any], shown: Mapping[str, str], items: Mapping[str, plain_plant.Item]
) -> dict[str, str]:
    """Return the formula of each measure with its numbers."""
    _cod, _bod, of_ss, of_nh3n, of_tp = map(text, factors.equivalents)
    water, total, dry = given["water_treated"], shown["electricity_total"], given["sludge_dry"]
    intensity, base = shown["intensity"], given.get("base_intensity", "?")
    return {
        "compliance_rate": f"{given['compliant_days']} ÷ {given['operated_days']} × 100",
        "equivalents_removed": f"{shown['organic_equivalents']}"
        f" + ({given['ss_in']} − {given['ss_out']}) ÷ 1000 ÷ {of_ss}"
        f" + ({given['nh3n_in']} − {given['nh3n_out']}) ÷ 1000 ÷ {of_nh3n}"
        f" + ({given['tp_in']} − {given['tp_out']}) ÷ 1000 ÷ {of_tp}",
        "nitrogen_removal": f"({given['tn_in']} − {given['tn_out']}) ÷ {given['tn_in']} × 100",
        "influent_strength": given["bod_in"],
        "electricity_per_m3": f"{total} ÷ {shown['water_measured']}",
        "electricity_per_cod": f"{total} ÷ {shown['cod_removed']}",
        "ghg_intensity": intensity,
        "intensity_cut": f"({base} − {intensity}) ÷ {base} × 100",
        "renewable_share": f"{shown['renewable_electricity']} ÷ {total} × 100" if items["renewable_share"][2] else "0",
        "reuse_rate": f"{given['reclaimed_water']} ÷ {water} × 100" if items["reuse_rate"][2] else "0",
        "sludge_recovery": f"{given['sludge_recovered']} ÷ {dry} × 100" if items["sludge_recovery"][2] else "0",
        "load_rate": shown["load"],
    }


def _measure(key: str, formula: str, item: plain_plant.Item, given: Mapping[str, Any], found: list[Line]) -> None:
    state, points, x = item
    curve, unit, places = CURVES[key]
    if x is None:
        found.append({"line": state, "item": key, "text": f"{formula} = ?"})
        return
    if key == "reuse_rate" and given["water_short_city"]:
        curve = plain_plant.REUSE_SHORT
    result = short(x, places)
    both = result if formula == result else f"{formula} = {result}"
    found.append({"line": "formula", "item": key, "value": text(x), "unit": unit, "text": f"{both} {unit}"})
    share, written = _read(x, curve)
    part = percent(share)
    found.append({"line": "curve", "item": key, "share": text(share), "text": f"{written}{part}"})
    most = text(plain_plant.POINTS[key])
    found.append({"line": "points", "item": key, "points": f"{points:f}", "text": f"{part} × {most} = {points:f}"})


def _read(x: Decimal, curve: Knots) -> tuple[Decimal, str]:
    """Return the share that x earns, and how it is found."""
    low_x, low = curve[0]
    if x < low_x:
        return low, f"{short(x)} < {text(low_x)} → "
    for high_x, high in curve[1:]:
        if x == low_x:
            return low, f"{short(x)} = {text(low_x)} → "
        if x < high_x:
            span = high_x - low_x
            share = (low * span + (x - low_x) * (high - low)) / span
            floor, rise = min(low, high), percent(abs(high - low))
            way = f"{short(x)} − {text(low_x)}" if low <= high else f"{text(high_x)} − {short(x)}"
            start = f"{percent(floor)} + " if floor else ""
            return share, f"{start}({way}) ÷ {text(span)} × {rise} = "
        low_x, low = high_x, high
    return low, f"{short(x)} {'=' if x == low_x else '>'} {text(low_x)} → "


def _checklist(
    key: str, worth: Mapping[str, Decimal], ticks: Iterable[str], item: plain_plant.Item, found: list[Line]
) -> None:
    earned = []
    for tick, points in worth.items():
        counted = tick in ticks
        written = text(points)
        if counted:
            earned.append(written)
        state = "counted" if counted else "not_counted"
        arithmetic = f"+{written}" if counted else "0"
        found.append({"line": "entry", "item": key, "key": tick, "state": state, "text": arithmetic})
    _sum_up(key, earned, item, found)


def _sum_up(key: str, earned: list[str], item: plain_plant.Item, found: list[Line]) -> None:
    total = text(item[2] or ZERO)
    written = f"{' + '.join(earned)} = {total}" if len(earned) > 1 else total
    found.append({"line": "points", "item": key, "points": f"{item[1]:f}", "text": written})


def _panel(key: str, given: Mapping[str, str], item: plain_plant.Item, found: list[Line]) -> None:
    if item[2] is None:
        found.append({"line": "too_few_marks", "item": key, "text": f"{len(given)} < {plain_plant.REVIEWERS}"})
        return
    marks = sorted(map(Decimal, given.values()))
    counted = marks[1:-1] if len(marks) >= plain_plant.TRIMMED_FROM else marks
    mean = short(item[2])
    written = f"({' + '.join([text(mark) for mark in counted])}) ÷ {len(counted)} = {mean}"
    found.append({"line": "marks", "item": key, "marks": [text(mark) for mark in marks], "text": written})
    average = sum(marks, ZERO) / len(marks)
    apart = (sum([(mark - average) ** 2 for mark in marks], ZERO) / len(marks)).sqrt()
    limit = Decimal("0.15") * plain_plant.POINTS[key]
    sign = ">" if apart > limit else "≤"
    found.append({"line": "spread", "item": key, "text": f"σ = {short(apart)} {sign} {short(limit)}"})
    found.append({"line": "points", "item": key, "points": f"{item[1]:f}", "text": f"{mean} → {item[1]:f}"})


def _extra(given: Mapping[str, Any], shown: Mapping[str, str], item: plain_plant.Item, found: list[Line]) -> None:
    earned = []
    sufficiency, grade = shown["self_sufficiency"], given["performance_grade"]
    tests = (
        ("self_sufficient", f"{sufficiency} ≥ 50", Decimal(sufficiency) >= plain_plant.HALF, "2"),
        ("performance_excellent", f'"{grade}" = "excellent"', grade == "excellent", "2"),
    )
    for key, test, counted, points in tests:
        if counted:
            earned.append(points)
        arithmetic = f"{test} → {_mark(counted)}; {f'+{points}' if counted else '0'}"
        found.append({"line": "entry", "item": "extra", "key": key, "text": arithmetic})
    if "digital_twin" in given["extra"]:
        earned.append("1")
    found.append({"line": "entry", "item": "extra", "key": "digital_twin", "text": "+1" if "1" in earned else "0"})
    _sum_up("extra", earned, item, found)
