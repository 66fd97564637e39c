"""A real plant through the portal and through the command, with the same figures.

The data are 1,382 days of a full-scale plant (Bagherzadeh, "Full Scale Waste Water Treatment Plant Data", Mendeley
Data, doi 10.17632/pprkvz3vbd.1); they are read from CASES and not part of the project.

Electricity per cubic metre = Σ grid kWh ÷ (Σ inflow in m³/s × 86,400) over the recorded days of a year:
2016, 260 days: 0.643, beyond the curve's foot at 0.61, so 0 of 8 points;
2019, 120 days: 0.57702, so (0.61 − 0.57702) ÷ 0.25 × 0.6 × 8 = 0.63 of 8 points.
"""

import csv
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from registry.cli import registry
from registry.models import Application, RoundCategory, Site
from tests import browse

CASES = os.environ.get("CASES")
pytestmark = pytest.mark.skipif(not CASES, reason="CASES does not name the folder of real data")
TITLE, GRID_ONLY = "吨水电耗", "仅外购电网电量"
DAYS = {2016: 366, 2019: 365}


def recorded(year: int) -> dict[str, str]:
    """What an operator enters of a year: kWh and m³ of the recorded days, and how many there were."""
    with Path(CASES, "wwtp-daily-2014-2019.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if int(row["year"]) == year]
    return {
        "plant_electricity": str(sum(Decimal(row["total_grid"]) for row in rows)),
        "water_treated": str(sum(Decimal(row["avg_inflow"]) for row in rows) * 86400),
        "recorded_days": str(len(rows)),
        "operated_days": str(len(rows)),
        "compliant_days": str(len(rows)),
        "period_days": str(DAYS[year]),
        "electricity_scope": "grid_only",
    }


def by_the_portal(world, visit, world_database, year: int) -> tuple[str, dict[str, str]]:
    """Return the page of the self-score after all was entered that the data can answer."""
    client = visit("signatory")
    with world_database.reading() as session:
        category = session.scalars(select(RoundCategory.id).order_by(RoundCategory.id.desc())).first()
        site = session.scalars(select(Site.id).where(Site.name.startswith("青澜"))).one()
    browse.post(client, f"/applications/start/{category}", site=str(site))
    with world_database.reading() as session:
        number = session.scalars(select(Application.id).where(Application.site_id == site)).one()
    headers = {"X-CSRFToken": browse.token(client)}
    values = recorded(year)
    saved = client.post(f"/applications/{number}/autosave", json={"revision": 0, "values": values}, headers=headers)
    assert saved.get_json()["faults"] == {}
    return browse.words(client.get(f"/applications/{number}/score")), values


def by_the_command(tmp_path, year: int) -> dict[str, str]:
    context = {"category": "GW-01", "region": "hangzhou", "year": 2023, "base_year": 2020}
    answers = {"context": context, "settings": {"factors": {"grid": "national"}}, "inputs": recorded(year)}
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(answers))
    printed = CliRunner().invoke(registry, ["criteria", "score", "wwtp", str(path), "--json"])
    return {item["key"]: item for item in json.loads(printed.output)["items"]}


@pytest.mark.parametrize(
    ("year", "days", "value", "points"), [(2016, "260", "0.6426", "0"), (2019, "120", "0.5770", "0.63")]
)
def test_the_same_figures_by_portal_and_command(world, visit, world_database, tmp_path, year, days, value, points):
    page, values = by_the_portal(world, visit, world_database, year)
    items = by_the_command(tmp_path, year)
    item = items["electricity_per_m3"]
    assert values["recorded_days"] == days
    assert Decimal(item["points"]) == Decimal(points)
    assert round(Decimal(item["value"]), len(value) - 2) == Decimal(value)
    # The page shows the same figures, with the scope and the days as they were entered.
    shown = page.split(TITLE, 1)[1].split("electricity_per_cod", 1)[0]
    assert value in shown
    assert points in shown
    assert GRID_ONLY in page
    assert days in page
    assert str(DAYS[year]) in page
    # What the data cannot answer is missing, not guessed.
    assert items["nitrogen_removal"]["state"] == "missing"
