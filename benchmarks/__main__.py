"""``python -m benchmarks``: print every row beside its goal and write it to var/benchmarks.json; 1 if one is missed.

The assignment and the likeness are measured small here, to be seen beside their floors; their own commands go further.
"""

import argparse
import json
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks import assigning, likeness, scoring, whatif
from benchmarks.measuring import Comparison, table

# Every setting of the bench is compared with exact fractions first, which takes longest.
WHATIF_ROUNDS = 2
ASSIGNED = assigning.Size(150, 60)
TEXTS, LENGTH, COPIES = 300, 500, 0.5
RESULTS = Path(__file__).parents[1] / "var" / "benchmarks.json"


def main() -> int:
    """Run the rows and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--applications", type=int, default=scoring.COUNT, help="how many are scored in a round")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds, each side once in each")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the figures are written")
    parser.add_argument("--candidates", type=int, default=whatif.COUNT, help="how many are ranked on the bench")
    asked = parser.parse_args()
    parts: dict[str, Callable[[], list[Comparison]]] = {
        "B11": lambda: scoring.measured(asked.applications, asked.rounds),
        "B6": lambda: whatif.measured(asked.candidates, min(asked.rounds, WHATIF_ROUNDS)),
        "assignment": lambda: assigning.measured(ASSIGNED, 1)[0],
        "likeness": lambda: [likeness.measured(likeness.texts(TEXTS, LENGTH, COPIES), 1)[0]],
    }
    found: list[Comparison] = []
    for name, measured in parts.items():
        try:
            found += measured()
        except AssertionError as error:
            sys.stderr.write(f"{name} not measured: {error}\n")
            return 1
    sys.stdout.write(f"{asked.applications} applications a round, {asked.rounds} rounds; processor time of each\n")
    sys.stdout.write(f"{table(found)}\n")
    _write(asked.json, found, asked.applications, asked.rounds)
    return 0 if all(one.met for one in found) else 1


def _write(path: Path, found: list[Comparison], count: int, turns: int) -> None:
    rows = [{**asdict(one), "met": one.met} for one in found]
    about = {"python": platform.python_version(), "machine": platform.machine()}
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {**about, "applications": count, "rounds": turns, "rows": rows}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
