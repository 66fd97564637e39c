"""Names, figures and marks that are drawn from a seed."""

from collections import Counter
from itertools import islice

from registry.demo.crowd import CLOSED_FATES, EARLIER_FATES, FACTORIES, FAILING, FARMS, OPEN_FATES, Crowd
from registry.demo.invented import FIRST, SECOND, Country, Dice, places
from registry.domain.identity import DEMO_PREFIX, credit_code, demo_credit_code
from registry.rendering import fonts


def everybody(crowd: Crowd) -> list:
    return [one for one, _fate in (*crowd.earlier, *crowd.closed, *crowd.open)] + [*crowd.farms, *crowd.factories]


def test_the_same_seed_throws_the_same_and_another_does_not():
    first, again, other = Dice("one"), Dice("one"), Dice("two")
    thrown = [first.below(1000) for _ in range(20)]
    assert thrown == [again.below(1000) for _ in range(20)]
    assert thrown != [other.below(1000) for _ in range(20)]


def test_a_die_shows_all_its_sides_and_no_others():
    dice = Dice("sides")
    assert {dice.between(3, 7) for _ in range(200)} == {3, 4, 5, 6, 7}
    assert {dice.below(2) for _ in range(50)} == {0, 1}


def test_every_place_comes_once():
    found = list(places("any"))
    assert len(found) == len(FIRST) * len(SECOND) == 14 * 8
    assert len(set(found)) == len({zh for zh, _en in found}) == len({en for _zh, en in found}) == 112
    assert list(places("any")) == found != list(places("other"))


def test_there_are_as_many_as_the_plans_say_and_no_two_share_a_name_or_an_address():
    found = everybody(Crowd())
    # 40 ranked, 4 ended on the way, 2 that fail; 25 in the closed batch, 12 in the open one; 8 farms, 5 factories.
    assert len(EARLIER_FATES) + FAILING == 46
    assert (len(CLOSED_FATES), len(OPEN_FATES), FARMS, FACTORIES) == (25, 12, 8, 5)
    assert len(found) == 46 + 25 + 12 + 8 + 5 == 96
    for names in zip(*((one.key, one.organisation, one.organisation_en, one.site) for one in found), strict=True):
        assert max(Counter(names).values()) == 1


def test_the_crowd_is_the_same_every_time():
    one, again = Crowd(), Crowd()
    assert (one.earlier, one.closed, one.open) == (again.earlier, again.closed, again.open)
    assert (one.farms, one.factories) == (again.farms, again.factories)
    assert everybody(one) != everybody(Crowd("another"))


def test_a_plant_of_any_size_adds_up():
    country = Country("any")
    for plant in (country.plant("hangzhou") for _ in range(60)):
        number = {key: float(value) for key, value in plant.figures.items() if isinstance(value, str)}
        assert 24_000 <= number["design_capacity"] <= 180_000  # a fifth to one and a half of 120,000
        assert number["sludge_recovered"] <= number["sludge_safe"] == number["sludge_dry"]
        assert 0.28 < number["plant_electricity"] / number["water_treated"] <= 0.43
        assert number["reclaimed_water"] < number["water_treated"]
        assert number["compliant_days"] <= 365


def test_every_name_can_be_printed():
    zh = "".join(one + two for one in FIRST for two in SECOND)
    assert fonts.missing_glyphs({"name": zh}) == {}


def test_codes_are_well_formed_and_of_a_region_that_is_nobodys():
    codes = [demo_credit_code(serial) for serial in range(200)]
    assert [credit_code(code) for code in codes] == codes
    assert all(code.startswith(DEMO_PREFIX) for code in codes)
    assert len(set(codes)) == 200


def test_no_place_is_named_like_a_place_of_the_story():
    taken = {one.site[:2] for one in everybody(Crowd())}
    assert len(taken) == 96
    assert all(zh[0] in FIRST and zh[1] in SECOND for zh in islice(taken, 96))
