"""Who is at a visit or a meeting, and what a meeting may say: every line and every count that is refused."""

import pytest

from registry.domain.attending import Person, read_people, write_people
from registry.domain.deliberation import (
    Opinion,
    Present,
    Recusal,
    check_recusals,
    checked,
    gathered,
    read_recusals,
    voters,
)
from registry.domain.errors import Invalid
from registry.domain.vocabulary import MeetingMethod, MeetingPart

CHEN, LI, WANG, ZHAO = (Person(name, "省厅") for name in ("陈", "李", "王", "赵"))
PRESENT = gathered([CHEN], [LI, WANG], [ZHAO], [])
WHY = "论证不充分，数据来源不清。"


def refused(act) -> tuple[str, str | None]:
    with pytest.raises(Invalid) as refusal:
        act()
    return refusal.value.key, refusal.value.field


# People


@pytest.mark.parametrize(
    "line",
    ["陈 | 省厅", "陈｜省厅", "陈，省厅", "陈, 省厅", "  陈  |  省厅  "],
    ids=["bar", "wide", "comma", "ascii", "blanks"],
)
def test_a_line_is_a_name_and_a_unit(line):
    assert read_people(f"\n{line}\n\n", "team", most=2) == (CHEN,)


def test_a_bar_counts_before_a_comma():
    assert read_people("Li, Wei | Bureau, Shenzhen", "team", most=1) == (Person("Li, Wei", "Bureau, Shenzhen"),)


def test_what_is_written_is_read_again():
    assert read_people(write_people([CHEN.as_dict(), LI.as_dict()]), "team", most=2) == (CHEN, LI)


@pytest.mark.parametrize(
    ("text", "least", "key"),
    [
        ("陈", 0, "person_unreadable"),
        ("| 省厅", 0, "person_unreadable"),
        ("陈 |", 0, "person_unreadable"),
        ("陈 | " + "厅" * 121, 0, "person_too_long"),
        ("陈 | 省厅\n陈 | 省厅", 0, "person_twice"),
        ("", 1, "people_outside"),
        ("陈 | 省厅\n李 | 省厅\n王 | 省厅", 0, "people_outside"),
    ],
)
def test_lines_that_are_refused(text, least, key):
    assert refused(lambda: read_people(text, "team", least=least, most=2)) == (key, "team")


# Who was there


def test_all_who_were_there_have_their_part():
    assert [(one.name, one.part) for one in PRESENT] == [
        ("陈", MeetingPart.CHAIR),
        ("李", MeetingPart.MEMBER),
        ("王", MeetingPart.MEMBER),
        ("赵", MeetingPart.SECRETARY),
    ]


def test_a_meeting_has_one_chair_and_at_least_two_people_of_different_names():
    assert refused(lambda: gathered([], [LI, WANG], [], [])) == ("meeting_one_chair", "chair")
    assert refused(lambda: gathered([CHEN], [], [], [])) == ("people_outside", "members")
    assert refused(lambda: gathered([CHEN], [LI], [], [Person("李", "市局")])) == ("person_named_twice", "observers")
    many = [Person(str(number), "省厅") for number in range(60)]
    assert refused(lambda: gathered([CHEN], many, [], [])) == ("people_outside", "members")


# Recusals and voters


def test_who_stays_out_was_there_and_says_why_once():
    assert read_recusals("李 | 曾任顾问\n王，亲属在该企业", 7) == (
        Recusal("李", 7, "曾任顾问"),
        Recusal("王", 7, "亲属在该企业"),
    )
    check_recusals([Recusal("李", 7, "曾任顾问"), Recusal("李", 8, "曾任顾问")], PRESENT)


@pytest.mark.parametrize(
    ("recusals", "key"),
    [
        ([Recusal("钱", 7, "曾任顾问")], "recused_not_present"),
        ([Recusal("李", 7, "")], "recusal_without_reason"),
        ([Recusal("李", 7, "曾任顾问"), Recusal("李", 7, "其他")], "person_named_twice"),
    ],
)
def test_recusals_that_are_refused(recusals, key):
    assert refused(lambda: check_recusals(recusals, PRESENT)) == (key, "recused_7")


def test_chair_and_members_vote_less_those_who_stayed_out():
    # Chair and two members; the secretary has no vote, so that her staying out changes nothing.
    assert voters(7, PRESENT, []) == 3
    assert voters(7, PRESENT, [Recusal("李", 7, "曾任顾问"), Recusal("赵", 7, "曾任顾问")]) == 2
    assert voters(8, PRESENT, [Recusal("李", 7, "曾任顾问")]) == 3


# Opinions


def voted(in_favour, against, abstained, *, supported=True, reason="", able=3):
    opinion = Opinion(7, supported, in_favour, against, abstained, reason)
    return checked(opinion, MeetingMethod.VOTE, able)


def test_opinions_that_hold():
    assert voted(2, 1, 0).votes == (2, 1, 0)
    assert voted(1, 0, 2).votes == (1, 0, 2)  # whoever says nothing abstains
    assert voted(1, 1, 1, supported=False, reason=f" {WHY} ").reason == WHY  # a tie supports nothing
    assert checked(Opinion(7, supported=True), MeetingMethod.CONSENSUS, 1).supported
    assert not checked(Opinion(7, supported=False, reason=WHY), MeetingMethod.CONSENSUS, 1).supported


@pytest.mark.parametrize(
    ("opinion", "method", "able", "key", "field"),
    [
        (Opinion(7, True, 2, 2, 0), MeetingMethod.VOTE, 3, "votes_not_those_of_voters", "in_favour_7"),
        (Opinion(7, True, 1, 2, 0), MeetingMethod.VOTE, 3, "votes_say_otherwise", "supported_7"),
        (Opinion(7, True, 1, 0, 0), MeetingMethod.VOTE, 3, "votes_not_those_of_voters", "in_favour_7"),
        (Opinion(7, True, 1, 1, 1), MeetingMethod.VOTE, 3, "votes_say_otherwise", "supported_7"),
        (Opinion(7, False, 2, 1, 0, WHY), MeetingMethod.VOTE, 3, "votes_say_otherwise", "supported_7"),
        (Opinion(7, True, 2, None, 0), MeetingMethod.VOTE, 3, "votes_needed", "against_7"),
        (Opinion(7, True, 3, -1, 0), MeetingMethod.VOTE, 3, "number_negative", "in_favour_7"),
        (Opinion(7, True, 3, 0, 0), MeetingMethod.CONSENSUS, 3, "votes_without_voting", "in_favour_7"),
        (Opinion(7, True), MeetingMethod.CONSENSUS, 0, "nobody_left_to_judge", "recused_7"),
        (Opinion(7, False), MeetingMethod.CONSENSUS, 3, "reason_too_short", "reason_7"),
        (Opinion(7, False, 0, 3, 0, "不行"), MeetingMethod.VOTE, 3, "reason_too_short", "reason_7"),
    ],
)
def test_opinions_that_do_not(opinion, method, able, key, field):
    assert refused(lambda: checked(opinion, method, able)) == (key, field)


def test_what_is_kept_of_a_person():
    assert Present("陈", "省厅", MeetingPart.CHAIR).as_dict() == {"name": "陈", "unit": "省厅", "part": "chair"}
