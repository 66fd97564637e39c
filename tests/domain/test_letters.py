"""Letters: placeholders that are known, values that stay text, and one line for a subject."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from registry.domain import letters
from registry.domain.errors import Invalid
from registry.domain.letters import Wording
from registry.domain.texts import Names
from registry.domain.vocabulary import FilingKind, LetterKind
from registry.domain.wordings import DEFAULTS, EXAMPLES

PLAIN = Wording("入选", "恭喜", "Selected", "Well done")


@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_wording_of_the_portal_is_one_that_it_takes(kind):
    assert letters.check(DEFAULTS[kind], kind) == DEFAULTS[kind]


@pytest.mark.parametrize("kind", list(LetterKind))
def test_the_wording_of_the_portal_says_all_that_its_kind_knows_in_both_languages(kind):
    wording = DEFAULTS[kind]
    for name in letters.KNOWN[kind]:
        placeholder = f"{{{name}}}"
        assert placeholder in wording.subject + wording.body
        assert placeholder in wording.subject_en + wording.body_en
    assert "{site}" in wording.subject
    assert "{site}" in wording.subject_en
    assert wording.body.endswith("{issuers}\n{date}")
    assert wording.body_en.endswith("{issuers}\n{date}")


def test_every_filing_has_a_name_in_letters_and_every_placeholder_an_example():
    assert set(letters.FILED) == set(FilingKind)
    names = {name for kind in LetterKind for name in letters.placeholders(kind)}
    assert names - EXAMPLES.keys() == {"programme", "issuers", "date"}


@pytest.mark.parametrize("field", ["subject", "body", "subject_en", "body_en"])
@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("{until}", "letter_placeholder_unknown", {"name": "{until}"}),
        ("{Site}", "letter_placeholder_unknown", {"name": "{Site}"}),
        ("{ site }", "letter_placeholder_unknown", {"name": "{ site }"}),
        ("{site.name}", "letter_placeholder_unknown", {"name": "{site.name}"}),
        ("{site!r:>9}", "letter_placeholder_unknown", {"name": "{site!r:>9}"}),
        ("{}", "letter_placeholder_unknown", {"name": "{}"}),
        ("a {site", "letter_brace_stray", {"brace": "{"}),
        ("site} b", "letter_brace_stray", {"brace": "}"}),
        ("{{site}}", "letter_brace_stray", {"brace": "{"}),
        ("｛site｝", "letter_brace_stray", {"brace": "｛"}),
        ("  \n ", "entry_needed", {}),
    ],
)
def test_what_is_no_placeholder_of_the_kind_is_refused_at_its_field(field, text, key, values):
    with pytest.raises(Invalid) as refusal:
        letters.check(replace(PLAIN, **{field: text}), LetterKind.SELECTED)
    assert (refusal.value.key, refusal.value.field) == (key, field)
    assert {name: refusal.value.values[name] for name in values} == values


def test_the_refusal_of_a_placeholder_names_those_that_are_known():
    with pytest.raises(Invalid) as refusal:
        letters.check(replace(PLAIN, body="{order}"), LetterKind.BARRED)
    assert refusal.value.values["known"] == (
        "{organisation}, {site}, {where}, {programme}, {round}, {category}, {issuers}, {date}, {reason}, {until}"
    )


@pytest.mark.parametrize(
    ("field", "text", "key"),
    [
        ("subject", "一\n二", "letter_subject_in_lines"),
        ("subject_en", "one\r\ntwo", "letter_subject_in_lines"),
        ("subject", "长" * 121, "text_too_long"),
        ("body_en", "x" * 4001, "text_too_long"),
        ("body", "a\x00b", "sign_not_taken"),
    ],
)
def test_a_subject_is_one_line_and_no_text_is_too_long(field, text, key):
    with pytest.raises(Invalid) as refusal:
        letters.check(replace(PLAIN, **{field: text}), LetterKind.SELECTED)
    assert (refusal.value.key, refusal.value.field) == (key, field)


def test_the_longest_texts_are_taken_and_blanks_around_them_are_not_kept():
    longest = Wording("长" * 120, "文" * 4000, " s ", "\nb\n")
    assert letters.check(longest, LetterKind.SELECTED) == Wording("长" * 120, "文" * 4000, "s", "b")


def test_a_value_is_put_in_once_and_stays_text():
    values = {"reason": "{site} {date} %(site)s $site {{reason}}", "site": "甲厂"}
    assert (
        letters.render("{site}：{reason}（{site}）", values) == "甲厂：{site} {date} %(site)s $site {{reason}}（甲厂）"
    )


def test_a_subject_stays_one_line_whatever_its_values_hold():
    wording = Wording("{site}", "{site}", "{site}", "{site}")
    letter = letters.written(wording, {"site": Names("甲\r\nBcc: x@y.cn", "A\u2028B\x85C")})
    assert (letter.subject, letter.subject_en) == ("甲 Bcc: x@y.cn", "A B C")
    assert letter.body == "甲\r\nBcc: x@y.cn"


def test_each_language_has_its_names_days_and_moments():
    # Half past four in the afternoon of the 20th in London is half an hour into the 21st in Beijing.
    at = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert letters.day(at) == Names("2026年11月21日", "21 November 2026")
    assert letters.day(date(2027, 1, 2)) == Names("2027年1月2日", "2 January 2027")
    assert letters.moment(at) == Names("2026年11月21日 00:30", "00:30 on 21 November 2026 (Beijing time)")


def test_where_something_was_filed_names_nothing_twice():
    programme = letters.Names("绿色工厂（演示）", "Green factories (demonstration)")
    round_ = letters.Names("2026年绿色工厂第一批", "Green factories, first batch of 2026")
    category = letters.Names("绿色工厂", "Green factory")
    assert letters.place(programme, round_, category) == letters.Names(
        "2026年绿色工厂第一批", "Green factories, first batch of 2026, Green factory"
    )
    apart = letters.place(letters.Names("甲", "One"), letters.Names("乙", "Two"), letters.Names("丙", "Three"))
    assert apart == letters.Names("甲，乙，丙", "One, Two, Three")


def test_what_tells_an_outcome_is_held_and_what_a_delay_would_cost_time_is_not():
    assert sorted(kind.value for kind in letters.HELD) == [
        "barred",
        "excluded",
        "published",
        "removed",
        "reserve_ended",
        "reserved",
        "revoked",
        "selected",
        "terminated",
        "unselected",
    ]
    assert letters.HELD | letters.AT_ONCE.keys() == set(LetterKind)


def test_no_letter_contradicts_its_own_kind_or_one_that_comes_after_it():
    for later, earlier in letters.CONTRADICTED.items():
        assert later not in earlier
        assert all(later not in letters.CONTRADICTED.get(one, ()) for one in earlier)
        assert later in letters.OVERTAKING


def test_a_letter_names_what_it_replaces_before_who_signs():
    dated = letters.Names("2026年3月4日", "4 March 2026")
    text = Wording("甲", "开头。\n\n生态环境局\n2026年3月4日", "A", "Beginning.")
    earlier = [
        (letters.Names("2026年3月1日", "1 March 2026"), letters.Names("入选", "Selected")),
        (letters.Names("2026年3月2日", "2 March 2026"), letters.Names("公布", "Published")),
    ]
    found = letters.replacing(text, earlier, dated)
    assert found.body == (
        "开头。\n\n本通知书取代此前发出的通知书：2026年3月1日的“入选”、2026年3月2日的“公布”。\n\n生态环境局\n2026年3月4日"
    )
    # Without a last paragraph that has the day it stands at the end.
    assert found.body_en == (
        "Beginning.\n\nThis letter replaces our letters of 1 March 2026 (“Selected”), 2 March 2026 (“Published”)."
    )
    assert letters.replacing(text, [], dated) == text


def test_values_are_kept_and_come_back_as_they_were():
    values = {"order": "2", "until": letters.Names("2027年3月2日", "2 March 2027")}
    assert letters.kept(values) == {"order": "2", "until": {"zh": "2027年3月2日", "en": "2 March 2027"}}
    assert letters.restored(letters.kept(values)) == values
