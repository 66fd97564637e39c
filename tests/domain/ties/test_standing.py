"""People held against applications, and what was decided about it."""

from datetime import UTC, date, datetime

import pytest

from registry.domain.errors import Invalid, NotFound
from registry.domain.ties.graph import Graph
from registry.domain.ties.standing import Ties
from registry.domain.ties.values import (
    Bond,
    BondKind,
    By,
    Case,
    Decision,
    Finding,
    Link,
    LinkKind,
    Organisation,
    Part,
    Party,
    Person,
    Reach,
    Strength,
    Tie,
    Verdict,
)
from registry.domain.ties.verdicts import judged, latest, may_dismiss

TODAY = date(2025, 6, 1)
FIRST = Organisation("甲环境科技有限公司", code="1", representative="李明")
SECOND = Organisation("乙山能源集团有限公司", code="2", representative="赵强")
FIRM = Organisation("清源评估咨询有限公司", code="3", representative="孙丽", region=("cn", "zj", "hz"))
SISTER = Organisation("碧水检测有限公司", code="4", representative="孙丽", region=("cn", "zj", "hz", "xh"))
BUREAU = Organisation("杭州市生态环境局")
GOVERNMENT = Organisation("杭州市人民政府")
ALL = (FIRST, SECOND, FIRM, SISTER, BUREAU, GOVERNMENT)
BONDS = (
    Bond(BondKind.PARENT, FIRST.key, SECOND.key, since=date(2020, 1, 1)),
    Bond(BondKind.PARENT, BUREAU.key, GOVERNMENT.key),
)


def case(key: int, *parties: tuple[Organisation, Part]) -> Case:
    return Case(key, tuple(Party(one.key, part) for one, part in parties))


CASES = (
    case(1, (SECOND, Part.APPLICANT), (SECOND, Part.OWNER), (FIRM, Part.EVALUATOR), (BUREAU, Part.BUREAU)),
    case(2, (FIRST, Part.APPLICANT), (BUREAU, Part.BUREAU)),
)


def ties(day: date = TODAY) -> Ties:
    return Ties(Graph(ALL, BONDS, day), CASES)


def expert(*links: Link, name: str = "王专家", number: int = 7) -> Person:
    return Person(number, name, links)


def employed(at: Organisation, until: date | None = None) -> Link:
    return Link(LinkKind.EMPLOYER, at, until=until)


def sorts(findings: tuple[Finding, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.tie.value, one.reach.value, one.by.value, one.strength.value) for one in findings]


def test_the_way_is_told_from_the_person_to_the_applicant():
    left = date(2025, 3, 31)
    (finding,) = ties().between(expert(employed(FIRST, left)), 1)
    assert [node.name for node in finding.nodes] == ["王专家", "甲环境科技有限公司", "乙山能源集团有限公司"]
    assert [(step.kind.value, step.since, step.until) for step in finding.steps] == [
        ("past_employer", None, left),
        ("parent", date(2020, 1, 1), None),
    ]
    assert finding.parts == (Part.APPLICANT, Part.OWNER)
    assert sorts((finding,)) == [("past_employer", "line", "code", "certain")]


@pytest.mark.parametrize(
    ("day", "tied"), [(date(2025, 3, 30), 2), (date(2028, 3, 30), 2), (date(2028, 3, 31), 0), (date(2030, 1, 1), 0)]
)
def test_a_past_employer_counts_three_years(day, tied):
    assert len(ties(day).check(expert(employed(FIRST, date(2025, 3, 31))))) == tied


def test_a_past_seat_counts_twelve_months():
    seat = Link(LinkKind.SEAT, SECOND, until=date(2024, 7, 1))
    assert sorts(ties(date(2025, 6, 30)).between(expert(seat), 1)) == [("past_seat", "direct", "code", "certain")]
    assert ties(date(2025, 7, 1)).check(expert(seat)) == {}


def test_whoever_works_for_a_firm_of_the_evaluators_representative_is_tied():
    (finding,) = ties().between(expert(employed(SISTER)), 1)
    assert sorts((finding,)) == [("employer", "same_representative", "code", "certain")]
    assert [node.name for node in finding.nodes][2] == "孙丽"
    assert finding.parts == (Part.EVALUATOR,)


def test_the_bureau_ties_its_own_people_and_not_those_of_its_government():
    assert list(ties().check(expert(employed(BUREAU)))) == [1, 2]
    assert sorts(ties().between(expert(employed(BUREAU)), 2)) == [("employer", "direct", "name", "certain")]
    assert ties().check(expert(employed(GOVERNMENT))) == {}


def test_a_name_alone_is_only_possible():
    assert sorts(ties().between(expert(name="赵 强"), 1)) == [("namesake", "representative", "like_name", "possible")]
    declared = Link(LinkKind.DECLARED, named="李明", words="配偶")
    (finding,) = ties().between(expert(declared), 2)
    assert sorts((finding,)) == [("declared", "representative", "like_name", "possible")]
    assert finding.steps[0].words == "配偶"


def test_a_declared_organisation_is_certain_and_does_not_run_out():
    told = ties().between(expert(Link(LinkKind.DECLARED, FIRM, until=date(2010, 1, 1), words="顾问")), 1)
    assert sorts(told) == [("declared", "direct", "code", "certain")]


def test_every_sort_is_told_certain_ones_first():
    person = expert(employed(FIRST), Link(LinkKind.SEAT, SECOND), employed(Organisation("乙山")), name="孙丽")
    assert sorts(ties().between(person, 1)) == [
        ("seat", "direct", "code", "certain"),
        ("employer", "line", "code", "certain"),
        ("namesake", "representative", "like_name", "possible"),
    ]
    longer = expert(employed(Organisation("乙山能源集团")))
    assert sorts(ties().between(longer, 1)) == [("employer", "direct", "like_name", "possible")]
    assert sorts(ties().between(longer, 2)) == [("employer", "line", "like_name", "possible")]


def verdict(fingerprint: str, decision: Decision = Decision.DISMISSED, hour: int = 1) -> Verdict:
    return Verdict(fingerprint, decision, "已核实，同名不同人", 3, datetime(2025, 6, 1, hour, tzinfo=UTC))


def test_a_dismissal_holds_for_this_finding_and_for_no_other_sort():
    past, now = expert(employed(FIRST, date(2025, 3, 31))), expert(employed(FIRST))
    (finding,) = ties().between(past, 1)
    remembered = latest([verdict(finding.fingerprint)])
    result = judged(ties().between(past, 1), remembered)
    assert (result.standing, result.dismissed) == ((), ((finding, remembered[finding.fingerprint]),))
    later = ties(date(2025, 9, 1)).between(past, 1)
    assert judged(later, remembered).standing == ()
    assert judged(ties().between(now, 1), remembered).blocks
    other = expert(employed(FIRST, date(2025, 3, 31)), number=8)
    assert judged(ties().between(other, 1), remembered).blocks
    assert judged(ties().between(past, 2), remembered).blocks


def test_a_dismissed_declaration_does_not_cover_another():
    words = ("同会", "配偶任总经理")
    told = [Link(LinkKind.DECLARED, FIRM, words=one) for one in words]
    findings = ties().between(expert(*told), 1)
    assert {one.steps[0].words for one in findings} == set(words)
    dismissed = next(one for one in findings if one.steps[0].words == "同会")
    (left,) = judged(findings, latest([verdict(dismissed.fingerprint)])).standing
    assert left.steps[0].words == "配偶任总经理"


def test_what_lies_between_two_organisations_is_decided_once_for_all_people():
    people = [expert(employed(SISTER), number=number) for number in (7, 8)]
    between = ties().between(people[0], 1)[0].between
    assert ties().matrix(people, [verdict(between)]).blocked == {}
    own = ties().between(people[1], 1)[0].fingerprint
    kept = ties().matrix(people, [verdict(between), verdict(own, Decision.CONFIRMED)])
    assert list(kept.blocked) == [(1, 8)]


def test_a_confirmed_possibility_blocks_and_the_latest_verdict_counts():
    person = expert(name="赵强")
    (finding,) = ties().between(person, 1)
    confirmed, dismissed = verdict(finding.fingerprint, Decision.CONFIRMED, 2), verdict(finding.fingerprint)
    assert judged((finding,), latest([confirmed, dismissed])).blocks
    assert judged((finding,), latest([confirmed])).standing[0].strength is Strength.CERTAIN
    after = verdict(finding.fingerprint, Decision.DISMISSED, 3)
    assert judged((finding,), latest([confirmed, after])).standing == ()


def test_an_unequivocal_tie_stands_whatever_was_decided():
    for link in (employed(SECOND), Link(LinkKind.SEAT, SECOND)):
        finding = ties().between(expert(link), 1)[0]
        assert finding.unequivocal
        assert finding.between == ""
        assert judged((finding,), latest([verdict(finding.fingerprint)])).standing == (finding,)
        with pytest.raises(Invalid) as refusal:
            may_dismiss(finding)
        assert refusal.value.key == "tie_unequivocal"
    by_name = ties().between(expert(employed(Organisation("乙山能源集团有限公司"))), 1)[0]
    assert (by_name.tie, by_name.reach, by_name.by) == (Tie.EMPLOYER, Reach.DIRECT, By.NAME)
    may_dismiss(by_name)
    assert judged((by_name,), latest([verdict(by_name.fingerprint)])).standing == ()


def test_the_matrix_says_the_same_as_pair_by_pair():
    people = [
        expert(employed(FIRST), number=1),
        expert(employed(SISTER), Link(LinkKind.DECLARED, FIRST, words="项目合作"), number=2),
        expert(name="李明", number=3),
        expert(employed(GOVERNMENT), number=4),
    ]
    told = ties()
    matrix = told.matrix(people)
    for person in people:
        for one in CASES:
            findings = told.between(person, one.key)
            sure = any(each.strength is Strength.CERTAIN for each in findings)
            assert matrix.blocked.get((one.key, person.number), ()) == (findings if sure else ())
            assert matrix.to_judge.get((one.key, person.number), ()) == (() if sure else findings)
    assert sorted(matrix.blocked) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert sorted(matrix.to_judge) == [(2, 3)]


def test_who_is_unknown_is_refused():
    with pytest.raises(NotFound):
        Ties(Graph(ALL, BONDS, TODAY), [Case(1, (Party("code:9", Part.APPLICANT),))])
    with pytest.raises(NotFound):
        ties().between(expert(), 3)


def test_an_affiliate_is_certain_and_its_affiliate_to_be_judged():
    bonds = [Bond(BondKind.AFFILIATE, FIRST.key, SISTER.key), Bond(BondKind.AFFILIATE, SISTER.key, SECOND.key)]
    told = Ties(Graph(ALL, bonds, TODAY), [case(1, (SISTER, Part.CONSULTANT), (SECOND, Part.APPLICANT))])
    near, far = told.between(expert(employed(FIRST)), 1)
    assert sorts((near, far)) == [
        ("employer", "affiliate", "code", "certain"),
        ("employer", "affiliate", "code", "possible"),
    ]
    assert (near.parts, far.parts) == ((Part.CONSULTANT,), (Part.APPLICANT,))
    direct = Ties(Graph(ALL, [*bonds, Bond(BondKind.AFFILIATE, FIRST.key, SECOND.key)], TODAY), [CASES[0]])
    now = direct.between(expert(employed(FIRST)), 1)
    assert judged(now, latest([verdict(far.fingerprint)])).blocks


def test_links_without_an_end_in_the_round_and_agreed_ones():
    assert ties().check(expert(employed(Organisation("无关研究院")))) == {}
    begins = Link(LinkKind.EMPLOYER, FIRST, since=date(2026, 1, 1))
    assert sorts(ties().between(expert(begins), 2)) == [("employer", "direct", "code", "certain")]
