"""The quoted clauses stand word for word in the source texts, and the regions hang together."""

import os
import re
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
CLAUSES = {
    "GW": {
        "一",
        "二(一)",
        "二(二)",
        "三(三)",
        "三(四)",
        "三(五)",
        "三(六)",
        "四(七)",
        "四(八)",
        "五(九)",
        "五(十)",
        "五(十一)",
        "五(十二)",
        "结尾",
    },
    "GJ": {"三(五)", "五(十四)", "六(二十)", "七(二十三)"},
    "ZJ": {"四(十)"},
    "SZ": {"六(二)"},
    "SD": {"二(二)", "六(二)"},
}
LEVELS = ["country", "province", "city", "district"]


def read(name: str) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(CRITERIA / name)


def bare(text: str) -> str:
    """Drop what copying left behind and all blanks, which PDF lines scatter between the words."""
    text = re.sub(r"https?://[\w./-]+", "", text).replace("**", "").replace(" and ", "")
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    if not SOURCES:
        pytest.skip("the quotations were not compared: set SOURCES to the folder of the five source texts")
    return {key: bare(Path(SOURCES, file).read_text(encoding="utf-8")) for key, file in FILES.items()}


@pytest.mark.parametrize("key", list(FILES))
def test_every_clause_stands_in_the_source_word_for_word(key: str, sources: dict[str, str]) -> None:
    strange = [
        clause
        for clause, quoted in read("documents.yaml")[key]["clauses"].items()
        if bare(quoted["text"]) not in sources[key]
    ]
    assert strange == []


def test_titles_and_numbers_stand_in_the_sources(sources: dict[str, str]) -> None:
    for key, document in read("documents.yaml").items():
        assert bare(document["title"]["zh"]) in sources[key]
        assert document["number"] is None or bare(document["number"]) in sources[key]


def test_the_five_documents_and_their_clauses() -> None:
    documents = read("documents.yaml")
    assert {key: set(document["clauses"]) for key, document in documents.items()} == CLAUSES


def test_number_and_date_are_null_where_the_text_gives_none() -> None:
    given = {key: (document["number"], document["date"]) for key, document in read("documents.yaml").items()}
    assert given == {
        "GW": ("发改环资〔2023〕1714号", "2023-12-12"),
        "GJ": ("环综合〔2022〕42号", "2022-06-10"),
        "ZJ": ("浙环函〔2022〕308号", "2022-12-12"),
        "SZ": (None, None),
        "SD": (None, None),
    }


def test_a_numbered_clause_begins_with_its_own_number() -> None:
    for document in read("documents.yaml").values():
        for key, clause in document["clauses"].items():
            section = re.search(r"\((.+)\)", key)
            if section:
                assert clause["text"].startswith(f"（{section[1]}）{clause['title']['zh']}。")


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
