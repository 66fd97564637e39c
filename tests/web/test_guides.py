"""The guides: every way leads somewhere, every picture is there, and they speak the words of the pages."""

import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from registry.config import ROOT
from registry.domain.faults import CriteriaFaulty
from registry.domain.guides import Guide, load_guide
from registry.domain.shapes import Texts
from registry.web.public import guides
from tests import browse

Client = Callable[..., FlaskClient]
PICTURES = ROOT / "registry" / "web" / "static" / "guide"
CATALOGUE = ROOT / "registry" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]")


@cache
def chinese() -> dict[str, str]:
    """What each word of the portal is in Chinese."""
    with CATALOGUE.open("rb") as file:
        return {entry.id: str(entry.string) for entry in read_po(file, locale="zh") if isinstance(entry.id, str)}


def texts(guide: Guide) -> Iterator[Texts]:
    """Every text of a guide."""
    yield from (guide.title, guide.lead)
    for chapter in guide.chapters:
        yield from (chapter.title, *chapter.text, *chapter.steps, *(way.text for way in chapter.ways))
        if chapter.picture:
            yield chapter.picture.text


def joined(text: str) -> str:
    """A text without blanks and marks of quotation."""
    return re.sub(r"[\s“”]", "", text)


def test_there_is_a_guide_for_each_kind_of_reader() -> None:
    assert {path.stem for path in guides.FOLDER.iterdir()} == set(guides.KEYS)


@pytest.mark.parametrize("key", guides.KEYS)
def test_a_guide_is_a_page_or_two(key: str) -> None:
    guide = guides.read(key)
    assert 4 <= len(guide.chapters) <= 8
    assert sum(len(text.zh) for text in texts(guide)) <= 2_400
    assert sum(len(text.en.split()) for text in texts(guide)) <= 1_200


@pytest.mark.parametrize("key", guides.KEYS)
def test_its_ways_lead_to_pages(app: Flask, key: str) -> None:
    wanted = {way.to for chapter in guides.read(key).chapters for way in chapter.ways}
    open_ways = {
        rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    }
    assert wanted - open_ways == set()


def test_every_picture_is_there_in_both_languages_and_used() -> None:
    named = {chapter.picture.name for key in guides.KEYS for chapter in guides.read(key).chapters if chapter.picture}
    assert {path.name for path in PICTURES.iterdir()} == {
        f"{name}-{language}.webp" for name in named for language in ("zh", "en")
    }


@pytest.mark.parametrize("key", guides.KEYS)
def test_it_names_what_the_pages_name(key: str) -> None:
    """A button that is renamed is renamed here too, and both languages speak of the same ones."""
    for text in texts(guides.read(key)):
        words = set(guides.QUOTED.findall(text.en))
        assert words <= set(chinese())
        assert {chinese()[word] for word in words} == set(guides.QUOTED.findall(text.zh)), text.zh


@pytest.mark.parametrize("key", guides.KEYS)
def test_its_chinese_has_full_width_punctuation(key: str) -> None:
    assert [text.zh for text in texts(guides.read(key)) if HALF_WIDTH.search(text.zh)] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", guides.KEYS)
def test_its_page_is_shown(client: Client, key: str, language: str) -> None:
    visitor = client()
    browse.post(visitor, "/language", language=language)
    page = visitor.get(f"/guides/{key}")
    assert page.status_code == 200
    guide = guides.read(key)
    shown = joined(browse.words(page))
    for text in texts(guide):
        assert joined(getattr(text, language)) in shown
    for chapter in guide.chapters:
        if chapter.picture:
            assert f"guide/{chapter.picture.name}-{language}.webp" in page.text


def test_words_of_the_portal_are_set_apart(client: Client) -> None:
    visitor = client()
    assert "点“<b>查验</b>”" in visitor.get("/guides/visitor").text
    browse.post(visitor, "/language", language="en")
    assert "press <b>Check</b>." in visitor.get("/guides/visitor").text


def test_the_list_leads_to_every_guide(client: Client) -> None:
    page = client().get("/guides").text
    assert [key for key in guides.KEYS if f'href="/guides/{key}"' not in page] == []


def test_there_is_no_guide_for_anybody_else(client: Client) -> None:
    assert client().get("/guides/unknown").status_code == 404


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("title: {zh: 一, en: One}\nlead: {zh: 一, en: One}\nchapters: []\n", "chapters"),
        ("title: {zh: 一, en: One}\nlead: {zh: 一, en: One}\nchapter: []\n", "chapter"),
        ("title: {zh: 一}\nlead: {zh: 一, en: One}\nchapters:\n  - title: {zh: 一, en: One}\n", "title.en"),
    ],
)
def test_a_faulty_guide_is_refused_with_its_place(text: str, fault: str) -> None:
    with pytest.raises(CriteriaFaulty) as refused:
        load_guide(text, source="guide.yaml")
    assert fault in {one.path for one in refused.value.faults}
