"""``python -m benchmarks``: print every row beside its goal and write it to var/benchmarks.json; 1 if one is missed."""

import argparse
import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks import scoring
from benchmarks.measuring import Comparison, table

RESULTS = Path(__file__).parents[1] / "var" / "benchmarks.json"


def main() -> int:
    """Run the rows and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--applications", type=int, default=scoring.COUNT, help="how many are scored in a round")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds, each side once in each")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the figures are written")
    asked = parser.parse_args()
    try:
        found = scoring.measured(asked.applications, asked.rounds)
    except AssertionError as error:
        sys.stderr.write(f"B11 not measured: {error}\n")
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
