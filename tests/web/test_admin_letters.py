"""The letters of a programme in the office: the list, a preview that saves nothing, and wordings that are kept."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import LetterKind, Role
from registry.models import LetterTemplate, Programme
from registry.queries import letters
from tests import browse, factories

Client = Callable[..., FlaskClient]
OWN = {
    "subject": "结果：{site}",
    "body": "{organisation}：\n\n{reason}\n至{until}",
    "subject_en": "Result: {site}",
    "body_en": "{organisation}: {reason} until {until}",
    "seen": "0",
}


@pytest.fixture
def programme(session: Session) -> Programme:
    return factories.programme(session, name="标杆项目", name_en="Benchmark projects")


@pytest.fixture
def officer(session: Session, client: Client, programme: Programme) -> FlaskClient:
    person = factories.persona(session, Role.OFFICER, name="赵主任", programme=programme)
    session.commit()
    return client(person)


def rows(session: Session) -> list[LetterTemplate]:
    found = list(session.scalars(select(LetterTemplate).order_by(LetterTemplate.id)))
    session.expunge_all()
    session.rollback()  # so that the next request may write
    return found


def address(programme: Programme, kind: str = "barred") -> str:
    return f"/admin/letters/{programme.id}/{kind}"


def test_the_office_finds_every_letter_of_its_programmes_and_of_no_other(session, officer, programme):
    other = factories.programme(session)
    session.commit()
    assert "标杆项目" in browse.words(officer.get("/admin/letters"))
    assert other.name not in browse.words(officer.get("/admin/letters"))
    page = officer.get(f"/admin/letters/{programme.id}")
    assert [f"/admin/letters/{programme.id}/{kind.value}" in page.text for kind in LetterKind] == [True] * 17
    assert officer.get(f"/admin/letters/{other.id}").status_code == 404
    assert officer.get(address(other)).status_code == 404
    assert officer.get(address(programme, "nonsense")).status_code == 404


def test_a_preview_shows_both_languages_with_invented_values_and_saves_nothing(session, officer, programme):
    page = browse.post(officer, address(programme), **OWN, act="preview")
    assert page.status_code == 200
    text = browse.words(page)
    assert "结果：示例水质净化厂" in text
    assert "此处为经办人填写的原因。 至2027年3月2日" in text
    assert "Example Water Company: Here stands the reason as it was written. until 2 March 2027" in text
    assert "{organisation}：" in page.text  # the form keeps what was entered
    assert rows(session) == []


def test_what_is_saved_counts_and_stands_in_the_history(session, officer, programme):
    number, url = programme.id, address(programme)
    saved = browse.post(officer, url, **OWN, act="save")
    assert saved.location == f"/admin/letters/{number}"
    (row,) = rows(session)
    assert (row.kind, row.subject, row.body) == (LetterKind.BARRED, OWN["subject"], OWN["body"])
    assert letters.wording(session, number, LetterKind.BARRED).subject_en == "Result: {site}"
    session.rollback()
    page = officer.get(url)
    assert 'value="结果：{site}"' in page.text
    assert "赵主任" in browse.words(page)
    assert 'value="取消申报资格的决定：{site}"' in officer.get(f"{url}?default=1").text


@pytest.mark.parametrize(
    ("entered", "name"),
    [({"body": "至{order}"}, "{order}"), ({"subject_en": "Result {site"}, "{"), ({"body_en": ""}, None)],
)
@pytest.mark.parametrize("act", ["preview", "save"])
def test_what_is_wrong_is_said_at_its_field_and_nothing_entered_is_lost(
    session, officer, programme, entered, name, act
):
    page = browse.post(officer, address(programme), **{**OWN, **entered}, act=act)
    assert page.status_code == 422
    (field,) = entered
    assert f'href="#{field}"' in page.text
    assert f'aria-describedby="{field}' in page.text
    assert name is None or name in browse.words(page)
    assert 'value="结果：{site}"' in page.text
    assert rows(session) == []


def test_all_that_is_wrong_is_said_at_once(officer, programme):
    wrong = {**OWN, "subject": "{sit}", "body": " ", "body_en": "{"}
    page = browse.post(officer, address(programme), **wrong, act="preview")
    assert [f'href="#{field}"' in page.text for field in ("subject", "body", "subject_en", "body_en")] == [
        True,
        True,
        False,
        True,
    ]


def test_two_who_word_the_same_letter_do_not_overwrite_each_other_unseen(session, officer, programme):
    url = address(programme)
    browse.post(officer, url, **OWN, act="save")
    page = browse.post(officer, url, **{**OWN, "body": "另一种写法"}, act="save")
    assert page.status_code == 422
    assert "另一种写法" in page.text
    (first,) = rows(session)
    assert f'name="seen" type="hidden" value="{first.id}"' in page.text
    again = browse.post(officer, url, **{**OWN, "body": "另一种写法", "seen": str(first.id)}, act="save")
    assert again.status_code == 303
    assert [row.body for row in rows(session)] == [OWN["body"], "另一种写法"]


def test_markup_in_a_wording_is_text_on_the_page(session, officer, programme):
    page = browse.post(officer, address(programme), **{**OWN, "body": "<b>粗</b><script>x</script>"}, act="preview")
    assert "<script>x</script>" not in page.text
    assert "&lt;b&gt;粗&lt;/b&gt;" in page.text
