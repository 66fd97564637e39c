"""Invented applications of plants: valid, varied, and the same in every run."""

from collections.abc import Mapping
from random import Random
from typing import Any

from benchmarks import plain_plant

SEED = 20250101
REGIONS = ("hangzhou", "ningbo", "zhejiang", "jinan", "shenzhen", "shenzhen-nanshan", "guangdong")
GWP = ("ar6", "ar6-rounded", "ar5-feedback", "ar5")
SEWAGE = ("ipcc-2019", "china-2015")
# There is no factor of the grid before 2021, which leaves items missing.
YEARS = {2023: 99, 2015: 1}
REASON = "投运不足一年，没有可比基准年"

Application = tuple[dict[str, Any], dict[str, dict[str, str]]]


def applications(count: int, seed: int = SEED) -> list[Application]:
    """Return answers and marks of this many plants."""
    random = Random(seed)  # noqa: S311 - invented plants, no secret
    return [_application(random) for _ in range(count)]


def _application(random: Random) -> Application:
    likely = _Likely(random)
    has_base_year = likely(0.75)
    treated = random.randint(300_000, 90_000_000)
    recorded = random.randint(300, 365)
    sludge = 0 if likely(0.02) else random.randint(400, 30_000)
    inputs: dict[str, Any] = {
        **_plant(random, likely, treated // recorded),
        **_operation(random, likely, recorded),
        "water_treated": str(treated),
        **_quality(random, likely),
        "has_base_year": has_base_year,
        **(_base_year(random) if has_base_year else {}),
        **_energy(random, likely, treated),
        **_gases(random, likely, treated),
        "reclaimed_water": str(int(treated * random.uniform(0, 0.5)) if likely(0.98) else treated + 1),
        "reuse_purposes": random.sample(["industrial", "municipal", "ecological", "other"], random.randint(0, 4)),
        "sludge_dry": str(sludge),
        "sludge_safe": str(sludge if likely(0.97) else sludge * 9 // 10),
        "sludge_recovered": str(int(sludge * random.uniform(0.3, 1))),
        **_declarations(likely),
        **_ticks(random),
    }
    if int(inputs["design_capacity"]) >= 100_000:
        inputs["survey_filed"] = likely(0.95)
    claims = {} if has_base_year else {"gate_synergy": REASON, "intensity_cut": REASON}
    if likely(0.02):
        claims = {}
    if not sludge and likely(0.9):
        claims["sludge_recovery"] = "评价期没有产泥"
    answers = {
        "context": {
            "category": "GW-01",
            "region": random.choice(REGIONS),
            "year": random.choices(list(YEARS), list(YEARS.values()))[0],
            "base_year": 2020,
        },
        "settings": _settings(random, likely),
        "inputs": inputs,
        "not_applicable": claims,
    }
    return answers, _marks(random, likely)


class _Likely:
    """Says yes with a probability."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def __call__(self, share: float) -> bool:
        return self._random.random() < share


def _number(random: Random, low: float, high: float, places: int) -> str:
    return f"{random.uniform(low, high):.{places}f}".rstrip("0").rstrip(".")


def _plant(random: Random, likely: _Likely, daily: int) -> dict[str, Any]:
    return {
        "commissioned_year": str(random.randint(1990, min(YEARS))),
        "process": random.choice(["aao", "oxidation_ditch", "sbr", "mbr", "biofilm", "other"]),
        "discharge_standard": random.choice(["grade_1a", "grade_1b", "local", "other"]),
        "design_capacity": str(max(int(daily / random.uniform(0.4, 1.3)), 1)),
        "water_short_city": likely(0.5),
    }


def _operation(random: Random, likely: _Likely, recorded: int) -> dict[str, Any]:
    operated = random.randint(recorded, 365)
    return {
        "data_months": str(random.randint(24, 60) if likely(0.96) else 20),
        # More days recorded than the year has contradict themselves: no water is counted then.
        "recorded_days": str(recorded) if likely(0.99) else "366",
        "operated_days": str(operated),
        "compliant_days": str(operated - random.choice([0, 0, 0, 1, 2, 3, 5]) if likely(0.98) else operated + 1),
        "penalties": "0" if likely(0.95) else "1",
    }


def _quality(random: Random, likely: _Likely) -> dict[str, Any]:
    return {
        "cod_in": _number(random, 150, 500, 1),
        "cod_out": _number(random, 8, 45, 2) if likely(0.99) else "501",
        "bod_in": _number(random, 70, 220, 1),
        "bod_out": _number(random, 2, 9, 2),
        "ss_in": _number(random, 80, 400, 1),
        "ss_out": _number(random, 2, 9, 1),
        "nh3n_in": _number(random, 15, 50, 2),
        "nh3n_out": _number(random, 0.1, 3, 3),
        "tn_in": _number(random, 25, 70, 2),
        "tn_out": _number(random, 4, 14, 2),
        "tp_in": _number(random, 2, 8, 2),
        "tp_out": _number(random, 0.05, 0.45, 3),
        "one_plant_one_plan": likely(0.3),
    }


def _base_year(random: Random) -> dict[str, Any]:
    return {
        "base_intensity": _number(random, 0.4, 1.1, 4),
        "base_cod_out": _number(random, 10, 50, 2),
        "base_nh3n_out": _number(random, 0.2, 4, 3),
        "base_tn_out": _number(random, 5, 15, 2),
        "base_tp_out": _number(random, 0.1, 0.5, 3),
    }


def _energy(random: Random, likely: _Likely, treated: int) -> dict[str, Any]:
    bought = int(treated * random.uniform(0.2, 0.7)) + 1
    return {
        "electricity_scope": "grid_only" if likely(0.5) else "all",
        "plant_electricity": str(bought),
        "pv_electricity": str(int(bought * random.uniform(0, 0.35)) if likely(0.9) else 0),
        "biogas_electricity": str(int(bought * random.uniform(0, 0.4)) if likely(0.4) else 0),
        "green_certificates": str(1000 * int(bought * random.uniform(0, 0.0004))),
    }


def _gases(random: Random, likely: _Likely, treated: int) -> dict[str, Any]:
    measured = likely(0.2)
    gases = {
        "ch4_measured": _number(random, 0, treated * 0.002, 1),
        "n2o_measured": _number(random, 0, treated * 0.001, 1),
    }
    return {
        "emission_method": "measured" if measured else "factors",
        **(gases if measured else {}),
        "pac": str(int(treated * random.uniform(0.005, 0.04))),
        "pam": str(int(treated * random.uniform(0, 0.002))),
        "naclo": _number(random, 0, treated * 0.01, 1),
        "other_chemicals": _number(random, 0, treated * 0.02, 2),
    }


def _declarations(likely: _Likely) -> dict[str, Any]:
    kept = ("legal_entity", "no_incident", "credit_clean", "data_pledge", "no_falsification", "permits_valid")
    declared: dict[str, Any] = {key: likely(0.995) for key in (*kept, "not_restricted")}
    declared["co_incineration"] = likely(0.3)
    if declared["co_incineration"]:
        declared["co_incineration_permitted"] = likely(0.95)
    declared["disclosure_required"] = likely(0.4)
    if declared["disclosure_required"]:
        declared["disclosure_made"] = likely(0.97)
    return declared


def _ticks(random: Random) -> dict[str, Any]:
    lists: dict[str, Mapping[str, Any]] = {
        "energy_measures": plain_plant.ENERGY_MEASURES,
        "gas_measures": plain_plant.GAS_MEASURES,
        "recovery_measures": plain_plant.RECOVERY_MEASURES,
        "surroundings_measures": plain_plant.SURROUNDINGS,
        "system_measures": plain_plant.SYSTEM,
        "extra": plain_plant.EXTRA,
    }
    return {
        **{key: random.sample(list(every), random.randint(0, len(every))) for key, every in lists.items()},
        "performance_grade": random.choice(["not_held", "not_held", "excellent", "other"]),
    }


def _settings(random: Random, likely: _Likely) -> dict[str, Any]:
    factors: dict[str, str] = {}
    if likely(0.1):
        factors["gwp"] = random.choice(GWP)
    if likely(0.1):
        factors["sewage_ghg"] = random.choice(SEWAGE)
    if likely(0.1):
        factors["grid"] = "national"
    gates = {"gate_influent": True} if likely(0.3) else {}
    if likely(0.1):
        gates["gate_survey"] = False
    return {"gates": gates, "factors": factors}


def _marks(random: Random, likely: _Likely) -> dict[str, dict[str, str]]:
    """Return the marks of three to six reviewers, in quarters of a point; rarely of two, who are too few."""
    tops = {key: plain_plant.POINTS[key] for key in ("novelty", "replicability", "economics")}
    reviewers = [f"reviewer-{number}" for number in range(random.randint(3, 6) if likely(0.98) else 2)]
    return {
        key: {reviewer: str(random.randint(0, int(top) * 4) * 25 / 100) for reviewer in reviewers}
        for key, top in tops.items()
    }
