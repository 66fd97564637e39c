"""The five documents stand clause for clause and word for word as in their sources, and the regions hang together."""

import os
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

CRITERIA = Path(__file__).parents[2] / "criteria"
SOURCES = os.environ.get("SOURCES")

FILES = {
    "GW": "000_58a6fb6bb3406acf.txt",
    "GJ": "001_442aea20f87b4f60.txt",
    "ZJ": "002_75e91f889802962d.txt",
    "SZ": "003_7055672d05479250.txt",
    "SD": "004_8a377cd479ff469d.txt",
}

# Counted by hand in the source texts: the first and the last number of the sections under each chapter.
SECTIONS = {
    "GW": {"二": (1, 2), "三": (3, 6), "四": (7, 8), "五": (9, 12)},
    "GJ": {
        "二": (1, 3),
        "三": (4, 7),
        "四": (8, 12),
        "五": (13, 16),
        "六": (17, 20),
        "七": (21, 25),
        "八": (26, 29),
    },
    "ZJ": {
        "一": (1, 2),
        "二": (1, 3),
        "三": (4, 7),
        "四": (8, 10),
        "五": (11, 13),
        "六": (14, 16),
        "七": (17, 19),
        "八": (20, 24),
        "九": (25, 29),
    },
    "SZ": {"二": (1, 3), "三": (1, 5), "四": (1, 4), "五": (1, 3), "六": (1, 5), "七": (1, 3)},
    "SD": {"二": (1, 5), "三": (1, 5), "四": (1, 4), "五": (1, 4), "六": (1, 4), "七": (1, 3)},
}
CHAPTERS = {"GW": 5, "GJ": 8, "ZJ": 10, "SZ": 7, "SD": 7}
UNNUMBERED = {"GW": ["一", "结尾"], "GJ": ["一"], "ZJ": ["十"], "SZ": ["一"], "SD": ["一"]}
CLAUSES = {"GW": 14, "GJ": 30, "ZJ": 32, "SZ": 24, "SD": 26}

# Clauses of more than one paragraph, a heading that stands alone counted as one; all others are one paragraph.
PARAGRAPHS = {
    "GW": {"一": 2},
    "GJ": {"一": 2, "二(一)": 2, "二(二)": 6, "二(三)": 3},
    "ZJ": {"一(一)": 5, "一(二)": 3, "十": 4},
    "SZ": {"一": 2},
    "SD": {"一": 3},
}
HALF_WIDTH = {
    "GW": set[str](),
    "GJ": {"三(七)", "四(八)", "八(二十六)", "八(二十七)", "八(二十八)", "八(二十九)"},
    "ZJ": set[str](),
    "SZ": set[str](),
    "SD": set[str](),
}

NUMERAL = "[一二三四五六七八九十]+"
CHAPTER_HEADING = re.compile(rf"({NUMERAL})、(.+)")
SECTION_HEADING = re.compile(rf"[（(]({NUMERAL})[）)]\s*([^。]+)")
CLOSING = {"GW": "各地区、各有关部门"}
AFTER = {"GW": "国家发展改革委", "ZJ": "政策解读"}
LEVELS = ["country", "province", "city", "district"]


@cache
def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe", pure=True).load(CRITERIA / name)
    return content


def clean(text: str) -> str:
    """Drop the asterisks that copying left behind, and put the stray "and" back as the word it stands for."""
    return text.replace("**", "").replace(" and ", "和")


def bare(text: str) -> str:
    """Leave out all blanks too, which PDF lines scatter between the words."""
    return re.sub(r"\s", "", clean(text))


def numeral(number: int) -> str:
    """Return a number from 1 to 99 in Chinese."""
    digits: list[str] = ["", *"一二三四五六七八九"]
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + digits[ones]


def references(key: str) -> set[str]:
    """Return the references of a document's clauses as counted by hand."""
    return set(UNNUMBERED[key]) | {
        f"{chapter}({numeral(number)})"
        for chapter, (first, last) in SECTIONS[key].items()
        for number in range(first, last + 1)
    }


def passages(key: str, folder: str) -> tuple[dict[str, str], dict[str, str], dict[str, list[str]]]:
    """Return the headings of the chapters and of the sections of a source, and the lines under each reference."""
    chapters: dict[str, str] = {}
    sections: dict[str, str] = {}
    lines: dict[str, list[str]] = {}
    chapter = reference = ""
    for line in Path(folder, FILES[key]).read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("https://"):
            continue
        if chapter and key in AFTER and line.startswith(AFTER[key]):
            break
        if heading := CHAPTER_HEADING.fullmatch(line):
            chapter = reference = heading[1]
            assert chapter not in chapters
            chapters[chapter] = heading[2]
            continue
        if not chapter:
            continue
        if heading := SECTION_HEADING.match(line):
            reference = f"{chapter}({heading[1]})"
            assert reference not in sections
            sections[reference] = heading[2]
        elif key in CLOSING and line.startswith(CLOSING[key]):
            reference = "结尾"
        lines.setdefault(reference, []).append(line)
    return chapters, sections, lines


@pytest.fixture(scope="module")
def sources() -> str:
    if not SOURCES:
        pytest.skip("the quotations were not compared: set SOURCES to the folder of the five source texts")
    return SOURCES


@pytest.mark.parametrize("key", list(FILES))
def test_every_clause_is_its_passage_of_the_source_word_for_word(key: str, sources: str) -> None:
    _, _, lines = passages(key, sources)
    clauses = read("documents.yaml")[key]["clauses"]
    assert {clause: bare(quoted["text"]) for clause, quoted in clauses.items()} == {
        reference: bare("\n".join(passage)) for reference, passage in lines.items()
    }


@pytest.mark.parametrize("key", list(FILES))
def test_no_figure_is_touched(key: str, sources: str) -> None:
    _, _, lines = passages(key, sources)
    figures = re.compile(r"\d+(?:\.\d+)?")
    for clause, quoted in read("documents.yaml")[key]["clauses"].items():
        assert figures.findall(quoted["text"]) == figures.findall("\n".join(lines[clause])), clause


@pytest.mark.parametrize("key", list(FILES))
def test_paragraphs_begin_and_end_where_lines_of_the_source_do(key: str, sources: str) -> None:
    _, _, lines = passages(key, sources)
    for clause, quoted in read("documents.yaml")[key]["clauses"].items():
        passage = [bare(line) for line in lines[clause]]
        for paragraph in quoted["text"].splitlines():
            taken = ""
            while passage and len(taken) < len(bare(paragraph)):
                taken += passage.pop(0)
            assert taken == bare(paragraph), clause
        assert passage == [], clause


@pytest.mark.parametrize("key", list(FILES))
def test_the_chapters_and_sections_are_those_of_the_source_in_its_order(key: str, sources: str) -> None:
    chapters, sections, lines = passages(key, sources)
    document = read("documents.yaml")[key]
    assert [(chapter, names["zh"]) for chapter, names in document["chapters"].items()] == list(chapters.items())
    assert list(document["clauses"]) == list(lines)
    titles = {clause: quoted["title"]["zh"] for clause, quoted in document["clauses"].items()}
    assert {clause: title for clause, title in titles.items() if "(" in clause} == sections


def test_titles_and_numbers_stand_in_the_sources(sources: str) -> None:
    for key, document in read("documents.yaml").items():
        text = bare(Path(sources, FILES[key]).read_text(encoding="utf-8"))
        assert bare(document["title"]["zh"]) in text
        assert document["number"] is None or bare(document["number"]) in text


@pytest.mark.parametrize("key", list(FILES))
def test_the_chapters_and_clauses_are_those_counted_by_hand(key: str) -> None:
    document = read("documents.yaml")[key]
    assert list(document["chapters"]) == [numeral(number) for number in range(1, CHAPTERS[key] + 1)]
    assert set(document["clauses"]) == references(key)
    assert len(document["clauses"]) == CLAUSES[key]


@pytest.mark.parametrize("key", list(FILES))
def test_the_paragraphs_are_those_counted_by_hand(key: str) -> None:
    clauses = read("documents.yaml")[key]["clauses"]
    counts = {clause: len(quoted["text"].splitlines()) for clause, quoted in clauses.items()}
    assert {clause: count for clause, count in counts.items() if count != 1} == PARAGRAPHS[key]


def test_number_and_date_are_null_where_the_text_gives_none() -> None:
    given = {key: (document["number"], document["date"]) for key, document in read("documents.yaml").items()}
    assert given == {
        "GW": ("发改环资〔2023〕1714号", "2023-12-12"),
        "GJ": ("环综合〔2022〕42号", "2022-06-10"),
        "ZJ": ("浙环函〔2022〕308号", "2022-12-12"),
        "SZ": (None, None),
        "SD": (None, None),
    }


@pytest.mark.parametrize("key", list(FILES))
def test_a_numbered_clause_begins_with_its_own_number_and_title(key: str) -> None:
    for clause, quoted in read("documents.yaml")[key]["clauses"].items():
        section = re.search(r"\((.+)\)", clause)
        if section:
            title = quoted["title"]["zh"]
            number = f"({section[1]}) " if clause in HALF_WIDTH[key] else f"（{section[1]}）"
            # The two headings under ZJ 一 are lines of their own without a full stop.
            assert re.match(re.escape(number + title) + "[。\n]", quoted["text"]), clause


def test_a_clause_without_number_bears_the_title_of_its_chapter() -> None:
    for key, document in read("documents.yaml").items():
        for clause in UNNUMBERED[key]:
            chapter = document["chapters"].get(clause, {"zh": "结尾段（原文无编号）"})
            assert document["clauses"][clause]["title"]["zh"] == chapter["zh"]


def test_the_same_section_number_under_two_chapters_is_two_clauses() -> None:
    clauses = read("documents.yaml")["ZJ"]["clauses"]
    assert clauses["一(一)"]["text"].startswith("（一）基本原则\n协同增效，源头防控。")
    assert clauses["二(一)"]["text"].startswith("（一）强化生态环境分区管控。统筹考虑碳排放控制要求")


def test_nothing_of_the_copying_is_left() -> None:
    for document in read("documents.yaml").values():
        for clause, quoted in document["clauses"].items():
            assert not re.search(r"\*|https?:|\band\b", quoted["text"]), clause


def english_texts(document: dict[str, Any]) -> list[str]:
    names = [document["title"], document["issued_by"], *document["chapters"].values()]
    names += [quoted["title"] for quoted in document["clauses"].values()]
    return [name["en"] for name in names] + [quoted["english"] for quoted in document["clauses"].values()]


@pytest.mark.parametrize("key", list(FILES))
def test_everything_has_its_english(key: str) -> None:
    for text in english_texts(read("documents.yaml")[key]):
        assert text.strip()
        assert "TODO" not in text
        assert not re.search("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text), text


@pytest.mark.parametrize("key", list(FILES))
def test_the_english_keeps_every_figure(key: str) -> None:
    scale = {"": 1, "万": 10_000, "亿": 100_000_000, "million": 1_000_000, "billion": 1_000_000_000}
    for clause, quoted in read("documents.yaml")[key]["clauses"].items():
        chinese = re.findall(r"(\d+(?:\.\d+)?)\s*([万亿]?)", quoted["text"])
        english = re.findall(r"(\d[\d,]*(?:\.\d+)?)(?:\s(million|billion))?", quoted["english"])
        asked = {Decimal(figure) * scale[unit] for figure, unit in chinese}
        assert asked <= {Decimal(figure.replace(",", "")) * scale[unit] for figure, unit in english}, clause


def test_the_english_names_who_is_responsible() -> None:
    for key in ("GJ", "SD"):
        for clause, quoted in read("documents.yaml")[key]["clauses"].items():
            assert bool(re.search("[）)]$", quoted["text"])) == ("Responsible" in quoted["english"]), clause


def test_every_region_hangs_one_or_more_levels_below_its_parent() -> None:
    regions = read("regions.yaml")
    for key, region in regions.items():
        if key == "cn":
            assert region["parent"] is None
            continue
        parent = regions[region["parent"]]
        assert LEVELS.index(parent["level"]) < LEVELS.index(region["level"])


def test_the_regions_asked_for_are_all_there() -> None:
    regions = read("regions.yaml")
    children = [region["parent"] for region in regions.values()]
    # 31 provincial units and the Corps; the cities of both provinces; 9 districts and 3 zones of Shenzhen.
    assert {p: children.count(p) for p in ("cn", "zhejiang", "shandong", "shenzhen")} == {
        "cn": 32,
        "zhejiang": 11,
        "shandong": 16,
        "shenzhen": 12,
    }


def test_codes_are_unique_and_begin_as_those_of_their_parents() -> None:
    regions = read("regions.yaml")
    codes = [region["code"] for region in regions.values() if region["code"]]
    assert len(codes) == len(set(codes))
    for region in regions.values():
        above = regions[region["parent"]]["code"] if region["parent"] else None
        if region["code"] and above:
            assert region["code"].startswith(above.rstrip("0"))
    assert sorted(key for key, region in regions.items() if region["code"] is None) == [
        "cn",
        "shenzhen-dapeng",
        "shenzhen-qianhai",
        "shenzhen-shenshan",
        "xpcc",
    ]
