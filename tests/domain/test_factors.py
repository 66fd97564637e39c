"""The tables of factors: what the notices and the law say, and the traps of public tables.

Every expected figure was written down by hand from the source named beside it, not from the files under test.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from registry.domain.criteria import CriteriaSet, load_factors, load_regions, load_set
from registry.domain.results import Item, Score
from registry.domain.scoring import score
from registry.domain.shapes import FactorTable, FactorVersion

CRITERIA = Path(__file__).parents[2] / "criteria"
FILES = sorted((CRITERIA / "factors").glob("*.yaml"))

TINY = """\
key: tiny
version: "1"
title: {zh: 小, en: Tiny}
rules: {source: default}
inputs:
  - {key: x, kind: number, title: {zh: 数, en: Number}}
sections:
  - key: only
    title: {zh: 唯一, en: Only}
    indicators:
      - {key: m, kind: measure, title: {zh: 度, en: M}, points: 10, formula: 'FORMULA', clauses: [], source: default}
"""
GRID = 'x * factor("grid", nearest("grid", region), factor_year)'


def table(key: str) -> FactorTable:
    path = CRITERIA / "factors" / f"{key}.yaml"
    return load_factors(path.read_text(encoding="utf-8"), source=path.name)


def version(key: str, name: str) -> FactorVersion:
    return next(one for one in table(key).versions if one.version == name)


def column(key: str, name: str, year: str) -> dict[str, Decimal]:
    """Return the figures of one year by region, without those that are not known."""
    found = {}
    for region, row in version(key, name).values.items():
        assert isinstance(row, dict)
        value = row[year]
        if value is not None:
            found[region] = value
    return found


def values(key: str, name: str) -> dict[str, Any]:
    return dict(version(key, name).values)


def tiny(formula: str) -> CriteriaSet:
    """Return a set of one measure that reads the real tables."""
    tables = [load_factors(path.read_text(encoding="utf-8"), source=path.name) for path in FILES]
    regions = load_regions((CRITERIA / "regions.yaml").read_text(encoding="utf-8"), source="regions.yaml")
    factors = {one.key: one for one in tables}
    return load_set(TINY.replace("FORMULA", formula), source="tiny.yaml", factors=factors, regions=regions)


def scored(
    formula: str, region: str = "cn", year: int = 2023, factor_year: int | None = None, **versions: str
) -> Score:
    answers = {
        "context": {"region": region, "year": year, "factor_year": factor_year},
        "settings": {"factors": versions},
        "inputs": {"x": "10"},
    }
    return score(tiny(formula), answers)


def only(result: Score) -> Item:
    return result.items[0]


# The national averages


def test_the_national_averages_are_those_of_their_years() -> None:
    """A public table has 2021 and 2022 exchanged: 0.5366 for 2021, 0.5568 for 2022."""
    years = {year: column("grid", "national", year)["cn"] for year in ("2021", "2022", "2023")}
    assert years == {
        "2021": Decimal("0.5568"),  # notice 12 of 2024
        "2022": Decimal("0.5366"),  # notice 33 of 2024: 0.0202 below the year before (daydaynews.cc, 27 December 2024)
        "2023": Decimal("0.5306"),  # notice 47 of 2025: 1.1% below the year before (Guangming Daily, 2026)
    }


def test_the_national_average_falls_from_year_to_year() -> None:
    first, second, third = (column("grid", "national", year)["cn"] for year in ("2021", "2022", "2023"))
    assert first > second > third
    # What the press computed from the notices: 3.6% and 1.1%.
    assert round((first - second) / first * 100, 1) == Decimal("3.6")
    assert round((second - third) / second * 100, 1) == Decimal("1.1")


# The provincial averages


@pytest.mark.parametrize(
    ("region", "year", "value"),
    [
        # Notice 12 of 2024, from the table of building-energy-carbon-platform
        ("beijing", "2021", "0.5688"),
        ("hebei", "2021", "0.7901"),
        ("anhui", "2021", "0.7075"),
        ("guangdong", "2021", "0.4715"),
        # Notice 33 of 2024, from a press report (daydaynews.cc/zh-hant/finance/3899452.html)
        ("hebei", "2022", "0.7252"),
        ("shanxi", "2022", "0.7096"),
        ("tianjin", "2022", "0.7041"),
        ("fujian", "2022", "0.4092"),
        ("qinghai", "2022", "0.1567"),
        ("yunnan", "2022", "0.1073"),
        # Notice 47 of 2025, from the registry of nengzhihe
        ("zhejiang", "2023", "0.4974"),
        ("guangdong", "2023", "0.4419"),
        ("shandong", "2023", "0.6191"),
        ("sichuan", "2023", "0.1564"),
        ("liaoning", "2023", "0.4878"),
        ("hainan", "2023", "0.3648"),
    ],
)
def test_figures_of_the_notices(region: str, year: str, value: str) -> None:
    assert column("grid", "province", year)[region] == Decimal(value)


@pytest.mark.parametrize("year", ["2021", "2022", "2023"])
def test_the_notices_have_thirty_provinces_and_neither_tibet_nor_the_corps(year: str) -> None:
    regions = load_regions((CRITERIA / "regions.yaml").read_text(encoding="utf-8"), source="regions.yaml")
    provinces = {key for key, parent in regions.items() if parent == "cn"}
    assert set(column("grid", "province", year)) == provinces - {"tibet", "xpcc"}
    assert len(provinces) == 32


def test_the_highest_and_the_lowest_of_2022() -> None:
    """As the press counted them on the day after the notice (daydaynews.cc/zh-hant/finance/3899452.html)."""
    ranked = sorted(column("grid", "province", "2022").items(), key=lambda entry: -entry[1])
    assert [key for key, _value in ranked[:5]] == ["hebei", "shanxi", "tianjin", "inner-mongolia", "anhui"]
    assert [key for key, _value in ranked[-5:]] == ["fujian", "guangxi", "qinghai", "sichuan", "yunnan"]


def test_twenty_provinces_fell_and_ten_rose_in_2023() -> None:
    """As the ministry said of the notice: Beijing is among those that fell, Guangdong among those that rose."""
    before, after = column("grid", "province", "2022"), column("grid", "province", "2023")
    risen = {key for key in before if after[key] > before[key]}
    fallen = {key for key in before if after[key] < before[key]}
    assert (len(fallen), len(risen)) == (20, 10)
    assert "beijing" in fallen
    assert "guangdong" in risen


@pytest.mark.parametrize("name", ["province", "national"])
def test_every_figure_of_the_grid_stands_in_its_source_with_a_notice(name: str) -> None:
    extra = version("grid", name).model_extra or {}
    assert {year: notice["number"] for year, notice in extra["documents"].items()} == {
        "2021": "公告 2024 年第 12 号",
        "2022": "公告 2024 年第 33 号",
        "2023": "公告 2025 年第 47 号",
    }
    for region, row in version("grid", name).values.items():
        assert isinstance(row, dict)
        said = extra["sources"][region]
        for year, value in row.items():
            if value is not None:
                assert f"{year} 年 {value}（{extra['documents'][year]['number']}" in said["zh"], region
                assert f"{year} {value} (notice" in said["en"], region


# What is missing is refused


@pytest.mark.parametrize(
    ("region", "year", "name", "row"),
    [
        # The notices have no Tibet: a public table fills it with 0.2268 of the south-western grid.
        ("tibet", 2022, "province", "tibet / 2022"),
        ("xpcc", 2023, "province", "xpcc / 2023"),
        # No notice for 2020 or 2024.
        ("zhejiang", 2020, "province", "zhejiang / 2020"),
        ("zhejiang", 2024, "province", "zhejiang / 2024"),
        ("zhejiang", 2024, "national", "cn / 2024"),
        # The country has no row among the provinces, nor a province among the averages of the country.
        ("cn", 2023, "province", "cn"),
    ],
)
def test_a_missing_province_or_year_is_refused_and_never_guessed(region: str, year: int, name: str, row: str) -> None:
    result = scored(GRID, region, year, grid=name)
    found = only(result)
    assert str(found.state) == "missing"
    assert found.value is None
    assert found.points == 0
    assert found.about == {"reason": "factor_missing", "table": "grid", "row": row}
    assert (result.complete, result.missing) == (False, ("m",))


@pytest.mark.parametrize(
    ("region", "year", "name", "value"),
    [
        ("shenzhen-nanshan", 2023, "province", "4.419"),  # Guangdong
        ("shenzhen-nanshan", 2022, "province", "4.403"),
        ("jinan", 2023, "province", "6.191"),  # Shandong
        ("shenzhen-nanshan", 2022, "national", "5.366"),  # the country, because the round chose it
        ("tibet", 2022, "national", "5.366"),
    ],
)
def test_a_place_has_the_figure_of_its_province_or_what_the_round_chose(
    region: str, year: int, name: str, value: str
) -> None:
    result = scored(GRID, region, year, grid=name)
    assert only(result).value == Decimal(value)
    assert result.factors == {"grid": name}


def test_the_province_counts_unless_a_round_says_otherwise() -> None:
    assert only(scored(GRID, "zhejiang")).value == Decimal("4.974")


# Global warming potentials


@pytest.mark.parametrize(
    ("name", "ch4", "n2o"),
    [
        ("ar6", "27.9", "273"),  # table 7.SM.7 of the sixth report
        ("ar6-non-fossil", "27.0", "273"),  # GHG Protocol, August 2024
        ("ar6-rounded", "28", "273"),  # klick
        ("ar5-feedback", "34", "298"),  # table 8.7 of the fifth report
        ("ar5", "28", "265"),  # GHG Protocol, February 2016
        ("ar4", "25", "298"),  # GHG Protocol, February 2016
    ],
)
def test_warming_potentials_of_each_report(name: str, ch4: str, n2o: str) -> None:
    assert values("gwp", name) == {"co2": Decimal(1), "ch4": Decimal(ch4), "n2o": Decimal(n2o)}
    result = scored('x * factor("gwp", "ch4") + factor("gwp", "n2o")', gwp=name)
    assert only(result).value == 10 * Decimal(ch4) + Decimal(n2o)
    assert result.factors == {"gwp": name}


def test_no_two_sets_of_warming_potentials_agree_so_the_result_names_its_own() -> None:
    sets = [tuple(sorted(one.values.items())) for one in table("gwp").versions]
    assert len(set(sets)) == len(sets) == 6
    working = [line.text for line in only(scored('x * factor("gwp", "ch4")', gwp="ar5-feedback")).working]
    assert any("ar5-feedback" in text for text in working)


# Sewage, equivalents, chemicals


def test_nitrous_oxide_of_the_refinement_in_co2_equivalents() -> None:
    """6864 g of CO2e for each kg of nitrogen with the sixth report, as ClimateView writes it."""
    formula = 'factor("sewage_ghg", "n2o_tn") * 44 / 28 * factor("gwp", "n2o") * 1000 + x - x'
    value = only(scored(formula, gwp="ar6", sewage_ghg="ipcc-2019")).value
    assert value is not None
    assert round(value, 20) == 6864


def test_methane_counts_on_one_of_bod5_and_cod() -> None:
    # 0.6 × 0.03; Cai Bofeng 2015
    for name, bod, cod in (("ipcc-2019", "0.018", "0"), ("china-2015", "0", "0.0078")):
        found = values("sewage_ghg", name)
        assert (found["ch4_bod"], found["ch4_cod"]) == (Decimal(bod), Decimal(cod))


@pytest.mark.parametrize(
    ("key", "row", "value"),
    [
        # Rows of the law's table as lx0797.cn and the former table of fees (wcakee.cn) have them
        ("equivalents_air", "so2", "0.95"),
        ("equivalents_air", "nox", "0.95"),
        ("equivalents_air", "co", "16.7"),
        ("equivalents_air", "hydrogen_chloride", "10.75"),
        ("equivalents_air", "dust", "4"),
        ("equivalents_air", "carbon_black", "0.59"),
        ("equivalents_air", "soot", "2.18"),  # 13,395 ÷ 2.18 × 1.2 = 7,373.39 yuan in a worked example
        ("equivalents_water", "cod", "1"),
        ("equivalents_water", "bod5", "0.5"),
        ("equivalents_water", "toc", "0.49"),
        ("equivalents_water", "ss", "4"),
        ("equivalents_water", "nh3n", "0.8"),
        ("equivalents_water", "tp", "0.25"),
        ("equivalents_water", "petroleum", "0.1"),
        ("equivalents_water", "mercury", "0.0005"),
        ("equivalents_water", "benzo_a_pyrene", "0.0000003"),
    ],
)
def test_equivalents_of_the_law(key: str, row: str, value: str) -> None:
    assert values(key, "2018")[row] == Decimal(value)


@pytest.mark.parametrize(("key", "row"), [("equivalents_air", "voc"), ("equivalents_water", "tn")])
def test_what_the_law_has_no_equivalent_for_is_refused(key: str, row: str) -> None:
    """Public tables give total nitrogen the 0.8 of ammonia nitrogen."""
    assert values(key, "2018")[row] is None
    assert only(scored(f'x / factor("{key}", "{row}")')).about == {
        "reason": "factor_missing",
        "table": key,
        "row": row,
    }


def test_the_law_lists_44_air_pollutants() -> None:
    assert len(values("equivalents_air", "2018")) - 1 == 44  # voc is not one of them


@pytest.mark.parametrize("key", ["equivalents_air", "equivalents_water"])
def test_every_pollutant_has_its_name(key: str) -> None:
    names = (table(key).model_extra or {})["names"]
    known = {row for row, value in values(key, "2018").items() if value is not None}
    assert set(names) == known
    assert all(set(name) == {"zh", "en"} for name in names.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_version_has_a_title_for_people(path: Path) -> None:
    for one in load_factors(path.read_text(encoding="utf-8"), source=path.name).versions:
        assert one.title is not None
        assert one.note is not None
