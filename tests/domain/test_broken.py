"""Fifty files, each with one mistake that somebody makes: refused, at the right line, with a mend.

The first line of each says what is expected, `# expect: LINE KEY`.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from registry.cli.criteria import CRITERIA, criteria
from registry.domain.criteria import load_documents, load_factors, load_regions, load_set
from registry.domain.faults import CriteriaFaulty, Fault
from registry.words.criteria import FAULTS

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
EXPECTED = re.compile(r"# expect: ([0-9]+) ([a-z_]+)")
# The words with which a mend begins, or a sentence that says what to write.
MEND = re.compile(
    r"\b([Aa]dd|Begin|Break|[Cc]heck|Choose|Correct|Keep|Make|Name|Order|Rename|[Ss]ay|[Tt]ake|Use|[Ww]rite)\b"
)


def expected(path: Path) -> tuple[int, str]:
    found = EXPECTED.fullmatch(path.read_text().split("\n")[0])
    assert found, path.name
    return int(found[1]), found[2]


@pytest.fixture(scope="module")
def known() -> dict[str, object]:
    tables = [load_factors(path.read_text(), source=path.name) for path in (CRITERIA / "factors").glob("*.yaml")]
    return {
        "documents": load_documents((CRITERIA / "documents.yaml").read_text(), source="documents.yaml"),
        "factors": {table.key: table for table in tables},
        "regions": load_regions((CRITERIA / "regions.yaml").read_text(), source="regions.yaml"),
    }


def faults(path: Path, known: dict[str, object]) -> tuple[Fault, ...]:
    with pytest.raises(CriteriaFaulty) as caught:
        load_set(path.read_text(), source=path.name, **known)  # type: ignore[arg-type]
    return caught.value.faults


def test_there_are_fifty() -> None:
    assert [int(path.name[:2]) for path in BROKEN] == list(range(1, 51))


def test_they_are_fifty_mistakes_and_not_one_fifty_times() -> None:
    keys = Counter(expected(path)[1] for path in BROKEN)
    # The signs that a formula cannot have are as many mistakes as there are signs.
    assert {key: count for key, count in keys.items() if count > 3} == {"formula_token": 4}
    assert len(keys) >= 38


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_the_mistake_is_found_at_its_line(path: Path, known: dict[str, object]) -> None:
    assert expected(path) in [(fault.line, fault.key) for fault in faults(path, known)]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_the_command_names_file_line_and_mend(path: Path) -> None:
    line, key = expected(path)
    result = CliRunner().invoke(criteria, ["check", str(path)])
    assert (result.exit_code, result.stdout) == (1, "")
    said = [entry for entry in result.stderr.splitlines() if entry.startswith(f"{path}:{line}: ")]
    beginning = re.escape(FAULTS[key].split("%(")[0])
    assert [entry for entry in said if re.search(beginning, entry) and MEND.search(entry)], result.stderr


def test_the_points_of_an_item_are_found_at_the_item(known: dict[str, object]) -> None:
    """A fault of a whole entry stands at the field that it is about, in the entry or deeper."""
    (path,) = [path for path in BROKEN if "items-below" in path.name]
    text = (
        path.read_text()
        .replace("points: 10, ", "points: 4, ")
        .replace("key: signs, points: 4", "key: signs, points: 0")
    )
    line = 1 + next(number for number, entry in enumerate(text.split("\n")) if "key: signs" in entry)
    with pytest.raises(CriteriaFaulty) as caught:
        load_set(text, source=path.name, **known)  # type: ignore[arg-type]
    (fault,) = caught.value.faults
    assert (fault.line, fault.path, fault.key) == (line, "sections[saving].indicators[habits]", "points_not_positive")


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        # Where the parser stumbles is often behind the mistake.
        ("a: 'one\nb: two\nc: three\n", 1, "yaml_syntax"),
        ("a: 'one\nb: 'two'\n", 1, "yaml_syntax"),
        ("a: {b: 1\nc: 2\nd: 3\n", 1, "yaml_syntax"),
        ("a: 1\nb: [1, 2\nc: 3\n", 2, "yaml_syntax"),
        ("a: 1\nb：2\nc: 3\n", 2, "full_width_sign"),
        ("a: 1\n- key：2\n", 2, "full_width_sign"),
        # A full-width sign in Chinese words is none of the mistake.
        ("a: 1\nb: 说明：见附件\n  c: 3\n", 3, "yaml_syntax"),
    ],
)
def test_a_text_that_is_no_yaml_is_refused_where_the_mistake_stands(text: str, line: int, key: str) -> None:
    with pytest.raises(CriteriaFaulty) as caught:
        load_set(text, source="x.yaml")
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [(line, key)]


def test_a_process_of_its_own_ends_with_1() -> None:
    path = next(path for path in BROKEN if "full-width-colon" in path.name)
    line, _ = expected(path)
    command = [sys.executable, "-m", "registry", "criteria", "check", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"{path}:{line}: version：'1' has a full-width sign ")
