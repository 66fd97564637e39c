"""YAML from a stranger: what is read, and each attack refused."""

import time

import pytest

from registry.domain.faults import CriteriaFaulty
from registry.domain.plainyaml import BYTES, place, plain, read


def refused(text: str) -> list[tuple[int, str]]:
    with pytest.raises(CriteriaFaulty) as caught:
        read(text, source="file.yaml")
    return [(fault.line, fault.key) for fault in caught.value.faults]


def test_scalars_stay_the_text_that_was_written() -> None:
    root, faults = read('a: 0.10\nb: [1, "null", null]\nc: on\nd: 2025-01-01\ne:\n', source="file.yaml")
    assert faults == []
    assert plain(root) == {"a": "0.10", "b": ["1", "null", None], "c": "on", "d": "2025-01-01", "e": None}


def test_places_have_lines_and_readable_paths() -> None:
    root, _ = read("a:\n  - key: first\n    b: 1\n  - c: 2\n", source="file.yaml")
    assert place(root, ("a", 0, "b")) == (3, "a[first].b")
    assert place(root, ("a", 1)) == (4, "a[1]")
    assert place(root, ("a", 0, "gone")) == (2, "a[first].gone")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "file_empty")]),
        ("# nothing\n", [(1, "file_empty")]),
        ("a: [\n", [(2, "yaml_syntax")]),
        ("a: 1\n\tb: 2\n", [(2, "yaml_syntax")]),
        ("a: \x00", [(1, "yaml_syntax")]),
        ("a: &x 1\nb: *x\n", [(1, "yaml_anchor"), (2, "yaml_alias")]),
        ("<<: {a: 1}\n", [(1, "yaml_merge")]),
        ("%YAML 1.1\n---\na: 1\n", [(1, "yaml_directive")]),
        ("a: 1\n---\nb: 2\n", [(2, "yaml_documents")]),
        ("? [a]\n: b\n", [(1, "yaml_key")]),
        ("[" * 13 + "]" * 13, [(1, "yaml_depth")]),
        ("a: " + "x" * 20_001, [(1, "text_too_long")]),
    ],
)
def test_what_makes_a_file_useless_is_refused(text: str, expected: list[tuple[int, str]]) -> None:
    assert refused(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("a: 1\na: 2\n", 2, "yaml_duplicate"),
        ("a: !!python/name:os.system x\n", 1, "yaml_tag"),
        ("a: &b 1\n", 1, "yaml_anchor"),
    ],
)
def test_what_leaves_the_rest_readable_is_collected(text: str, line: int, key: str) -> None:
    _, faults = read(text, source="file.yaml")
    assert [(fault.line, fault.key) for fault in faults] == [(line, key)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[" * 500_000, "yaml_depth"),
        ("- " * 250_000, "yaml_depth"),
        ("{a: " * 100_000, "yaml_depth"),
        ("- 1\n" * 100_000, "yaml_entries"),
        ("rows:\n" + "".join(f"  r{number}: 1\n" for number in range(1_000_000)), "file_too_large"),
        ("a: '" + "x" * 500_000, "yaml_syntax"),
        ("\n" * (BYTES - 1), "file_empty"),
        ("a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50)), "yaml_alias"),
    ],
)
def test_exhausting_files_are_refused_quickly(text: str, key: str) -> None:
    began = time.monotonic()
    assert refused(text)[-1][1] == key
    assert time.monotonic() - began < 5
