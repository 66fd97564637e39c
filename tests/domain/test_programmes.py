"""The files of programmes: each holds and agrees with the targets of its document; a broken one is refused."""

from collections.abc import Mapping

import pytest

from registry import seeds
from registry.domain import routes
from registry.domain.errors import Invalid
from registry.domain.faults import CriteriaFaulty
from registry.domain.programmes import Known, load_programme, route_of
from registry.domain.targets import Target, TargetEntry, load_targets
from registry.domain.vocabulary import Kind
from registry.words.criteria import FAULTS
from registry.words.errors import ERRORS

PROGRAMMES = seeds.programmes()
CATEGORIES = [(key, entry.key) for key, programme in PROGRAMMES.items() for entry in programme.categories]


@pytest.fixture(scope="module")
def known() -> Known:
    return seeds.known_to_programmes()


@pytest.fixture(scope="module")
def targets(known: Known) -> Mapping[str, TargetEntry]:
    return load_targets(seeds.targets(), source="targets.yaml", documents=known.documents, regions=known.regions)


def due_in_2025(entry: TargetEntry) -> Target | None:
    return next((target for target in entry.targets if target.year == 2025), None)


def test_there_are_thirteen() -> None:
    assert sorted(PROGRAMMES) == [
        "national-plants",
        "near-zero",
        "shandong-cities",
        "shandong-enterprises",
        "shandong-parks",
        "shenzhen-near-zero",
        "shenzhen-projects",
        "shenzhen-zones",
        "zhejiang-cities",
        "zhejiang-farms",
        "zhejiang-parks",
        "zhejiang-projects",
        "zhejiang-sewage-works",
    ]


@pytest.mark.parametrize(("key", "category"), CATEGORIES)
def test_a_category_is_a_target_of_its_document_with_that_clause(
    key: str, category: str, targets: Mapping[str, TargetEntry]
) -> None:
    programme = PROGRAMMES[key]
    (entry,) = [entry for entry in programme.categories if entry.key == category]
    assert f"{programme.document} {entry.clause}" in targets[category].clauses


@pytest.mark.parametrize(("key", "category"), CATEGORIES)
def test_the_places_are_those_of_the_target(key: str, category: str, targets: Mapping[str, TargetEntry]) -> None:
    programme, target = PROGRAMMES[key], due_in_2025(targets[category])
    (entry,) = [entry for entry in programme.categories if entry.key == category]
    quotas = {
        intake.quota for round_ in programme.rounds for intake in round_.categories if intake.category == category
    }
    if target is not None:
        assert quotas == {int(target.value)}
    else:
        # Without a number there is no limit, but where the text names who takes part there are as many places as names.
        assert quotas == {len(entry.regions) or None}


@pytest.mark.parametrize(("key", "category"), CATEGORIES)
def test_who_is_named_is_named_in_the_text(key: str, category: str, targets: Mapping[str, TargetEntry]) -> None:
    (entry,) = [entry for entry in PROGRAMMES[key].categories if entry.key == category]
    assert list(entry.regions) == [party.region for party in targets[category].named]


def test_every_category_is_selected_in_some_round() -> None:
    for programme in PROGRAMMES.values():
        taken = {intake.category for round_ in programme.rounds for intake in round_.categories}
        assert taken == {entry.key for entry in programme.categories}, programme.key


def test_the_total_of_shenzhen_is_that_of_the_text_and_the_rest_waits_in_the_pool(
    targets: Mapping[str, TargetEntry],
) -> None:
    (round_,) = PROGRAMMES["shenzhen-projects"].rounds
    total = due_in_2025(targets["SZ-00"])
    assert total is not None
    # 10 + 5 + 10 + 5 + 15 = 45, and 5 more.
    assert [intake.quota for intake in round_.categories] == [10, 5, 10, 5, 15]
    assert (round_.total, round_.pool) == (50, 5)
    assert (round_.total, round_.pool) == (total.value, total.unallocated)


def test_the_two_hundred_of_zhejiang_are_sixty_sixty_and_eighty(targets: Mapping[str, TargetEntry]) -> None:
    (round_,) = PROGRAMMES["zhejiang-projects"].rounds
    total = due_in_2025(targets["ZJ-00"])
    assert total is not None
    assert {intake.category: intake.quota for intake in round_.categories} == {"ZJ-01": 60, "ZJ-02": 60, "ZJ-03": 80}
    assert (round_.total, round_.pool) == (200, None)
    assert round_.total == total.value


def test_zhejiang_has_nine_issuers_and_the_plants_three() -> None:
    assert len(PROGRAMMES["zhejiang-projects"].issuers) == 9
    assert [issuer.level for issuer in PROGRAMMES["national-plants"].issuers] == ["country"] * 3


def test_the_numbers_of_no_two_programmes_begin_alike() -> None:
    numbers = [(programme.number.prefix, programme.number.code) for programme in PROGRAMMES.values()]
    assert len(set(numbers)) == 13


def test_a_library_does_not_end_and_keeps_what_was_screened() -> None:
    (round_,) = PROGRAMMES["zhejiang-parks"].rounds
    assert not round_.ends
    kinds = [step.kind for step in route_of(round_.categories[0])]
    assert kinds.index(Kind.SCREENING) < kinds.index(Kind.LIBRARY) < kinds.index(Kind.SCORING)


def test_a_kind_of_round_is_found_by_its_key() -> None:
    programme = PROGRAMMES["shenzhen-zones"]
    assert programme.round_of("named").title.en == "named pilots"
    with pytest.raises(Invalid) as refused:
        programme.round_of("selection")
    assert refused.value.key == "round_kind_unknown"


# A programme of two categories in a file of 26 lines; each case breaks it at one place.
GOOD = """\
key: small
title: {zh: 示例, en: Example}
document: SZ
region: shenzhen
number: {prefix: SZ, code: KL}
years_valid: 3
issuers:
  - {zh: 深圳市生态环境局, en: Shenzhen Bureau, level: city, region: shenzhen}
categories:
  - {key: SZ-01, title: {zh: 大气, en: Air}, clause: 四(一), sites: [factory]}
  - key: SZ-02
    title: {zh: 污水, en: Sewage}
    clause: 四(二)
    regions: [shenzhen-yantian]
rounds:
  - key: selection
    title: {zh: 遴选, en: selection}
    total: 16
    pool: 1
    recommend: [{level: province, number: 12, category: SZ-01}]
    categories:
      - {category: SZ-01, criteria: air, quota: 10, route: full}
      - category: SZ-02
        criteria: wwproj
        quota: 5
        route: [filing, screening, scoring, deliberation, notice working_days=7, publication, certificate]
"""

# What is replaced, by what, the line at fault, its path, and the key.
BROKEN = [
    ("key: small\n", "", 1, "key", "field_missing"),
    ("years_valid: 3", "years_valid: 11", 6, "years_valid", "number_above"),
    ("years_valid: 3", "years_valid: three", 6, "years_valid", "whole_expected"),
    ("region: shenzhen\nnumber", "region: atlantis\nnumber", 4, "region", "region_unknown"),
    ("level: city, region: shenzhen", "level: city, region: atlantis", 8, "issuers[0].region", "region_unknown"),
    ("level: city", "level: town", 8, "issuers[0].level", "not_one_of"),
    ("sites: [factory]", "sites: [mine]", 10, "categories[SZ-01].sites[0]", "not_one_of"),
    ("clause: 四(二)", "clause: 九(九)", 13, "categories[SZ-02].clause", "clause_unknown"),
    ("document: SZ", "document: XX", 10, "categories[SZ-01].clause", "document_unknown"),
    ("key: SZ-02\n    title", "key: SZ-01\n    title", 11, "categories[SZ-01].key", "programme_names_twice"),
    ("[shenzhen-yantian]", "[hangzhou]", 14, "categories[SZ-02].regions", "region_outside"),
    ("regions: [shenzhen-yantian]", "after: [SZ-02]", 14, "categories[SZ-02].after", "programme_after_not_before"),
    ("sites: [factory]", "after: [SZ-02]", 10, "categories[SZ-01].after", "programme_after_not_before"),
    ("sites: [factory]", "after: [parks/]", 10, "categories[SZ-01].after", "programme_after_not_before"),
    ("sites: [factory]", "once: never", 10, "categories[SZ-01].once", "not_one_of"),
    ("total: 16", "total: 17", 18, "rounds[selection].total", "limits_do_not_add_up"),
    ("    total: 16\n", "", 18, "rounds[selection].pool", "pool_needs_total"),
    ("quota: 5\n", "quota: -5\n", 25, "rounds[selection].categories[1].quota", "whole_expected"),
    (
        "level: province, number: 12",
        "number: 12",
        20,
        "rounds[selection].recommend[0]",
        "limit_of_level_or_region",
    ),
    (
        "number: 12, category: SZ-01",
        "number: 12, category: SZ-09",
        20,
        "rounds[selection].recommend[0].category",
        "programme_category_unknown",
    ),
    (
        "- category: SZ-02",
        "- category: SZ-07",
        23,
        "rounds[selection].categories[1].category",
        "programme_category_unknown",
    ),
    ("criteria: air", "criteria: soot", 22, "rounds[selection].categories[0].criteria", "programme_set_unknown"),
    ("criteria: air", "criteria: farm", 22, "rounds[selection].categories[0].criteria", "programme_set_for_others"),
    ("route: full", "route: shortcut", 22, "rounds[selection].categories[0].route", "not_one_of"),
    ("[filing, screening,", "[screening,", 26, "rounds[selection].categories[1].route", "route_begins_with_filing"),
    (
        "[filing, screening,",
        "[filing, recommend city, screening,",
        26,
        "rounds[selection].categories[1].route[1]",
        "route_line_unreadable",
    ),
    (
        "working_days=7",
        "working_days=70",
        26,
        "rounds[selection].categories[1].route[4]",
        "route_parameter_range",
    ),
    (
        "[filing, screening,",
        "[filing,",
        26,
        "rounds[selection].categories[1].route[1]",
        "route_scores_before_screening",
    ),
    ("key: small", "key: Small", 1, "key", "programme_key"),
    ("prefix: SZ", "prefix: Sz", 5, "number.prefix", "number_prefix"),
    (
        "recommend:",
        "rules: [{by: applicant}]\n    recommend:",
        20,
        "rounds[selection].rules[0]",
        "rule_number",
    ),
    ("level: province, number", "level: city, number", 20, "rounds[selection].recommend[0].level", "limit_of_nobody"),
    (
        "quota: 10, route: full",
        "track: library, quota: 10, route: full",
        22,
        "rounds[selection].categories[0].route",
        "library_track_needs_stage",
    ),
    (
        "[filing, screening,",
        "[filing registration, screening,",
        23,
        "rounds[selection].categories[1]",
        "registration_needs_named_track",
    ),
    ("number: {prefix: SZ, code: KL}", "number: {prefix: SZ}", 5, "number.code", "field_missing"),
    ("total: 16", "totals: 16", 18, "rounds[selection].totals", "field_unknown"),
]


def test_a_category_may_ask_for_awards_of_others_and_be_given_once(known: Known) -> None:
    text = GOOD.replace("regions: [shenzhen-yantian]", "after: [SZ-01, zhejiang-parks/ZJ-11]\n    once: applicant")
    programme = load_programme(text, source="small.yaml", known=known)
    assert [(entry.after, entry.once) for entry in programme.categories] == [
        ((), None),
        (("SZ-01", "zhejiang-parks/ZJ-11"), "applicant"),
    ]


def test_the_example_holds(known: Known) -> None:
    programme = load_programme(GOOD, source="small.yaml", known=known)
    assert (programme.key, [entry.key for entry in programme.categories]) == ("small", ["SZ-01", "SZ-02"])
    (round_,) = programme.rounds
    assert [len(route_of(intake)) for intake in round_.categories] == [9, 7]


@pytest.mark.parametrize(("old", "new", "line", "path", "key"), BROKEN, ids=[f"{row[4]}-{row[2]}" for row in BROKEN])
def test_a_broken_file_is_refused_at_its_line(known: Known, old: str, new: str, line: int, path: str, key: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(CriteriaFaulty) as refused:
        load_programme(GOOD.replace(old, new), source="small.yaml", known=known)
    assert (line, path, key) in [(fault.line, fault.path, fault.key) for fault in refused.value.faults]
    for fault in refused.value.faults:
        assert {**FAULTS, **ERRORS}[fault.key] % fault.values


def test_all_that_is_wrong_is_said_at_once(known: Known) -> None:
    broken = GOOD.replace("criteria: air", "criteria: soot").replace("total: 16", "total: 20")
    with pytest.raises(CriteriaFaulty) as refused:
        load_programme(broken, source="small.yaml", known=known)
    assert [fault.key for fault in refused.value.faults] == ["limits_do_not_add_up", "programme_set_unknown"]


def test_the_example_of_the_guide_holds_and_the_guide_names_every_offered_route(known: Known) -> None:
    chapter = (seeds.CRITERIA / "README.md").read_text().split("## A programme is a file\n")[1].split("\n## ")[0]
    example = chapter.split("```yaml\n")[1].split("```")[0]
    assert load_programme(example, source="README.md", known=known).key == "shenzhen-projects"
    table = chapter.split("| offered route |")[1]
    assert [name for name in routes.PRESETS if f"`{name}`" not in table] == []
