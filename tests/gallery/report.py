"""The index to look at the pictures, and what was found wrong, each fault once with the pages that have it."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).with_name("index.html").read_text()


def write(out: Path) -> tuple[int, int]:
    """Write index.html, report.json and report.txt; return how many pictures there are and how many have faults."""
    shots = [
        json.loads(line) for path in sorted(out.glob("findings-*.jsonl")) for line in path.read_text().splitlines()
    ]
    shots.sort(key=lambda shot: shot["name"])
    (out / "report.json").write_text(json.dumps(shots, ensure_ascii=False, indent=1))
    (out / "report.txt").write_text(_summary(shots))
    (out / "index.html").write_text(TEMPLATE.replace("[/* shots */]", json.dumps(shots).replace("<", "\\u003c")))
    return len(shots), sum(bool(shot["faults"]) for shot in shots)


def _summary(shots: list[dict[str, Any]]) -> str:
    """Return the faults by kind, the most frequent first, each with where it was seen first."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for shot in shots:
        for kind, faults in shot["faults"].items():
            for fault in faults:
                text = f"{fault['rule']}: {fault['nodes'][0]}" if isinstance(fault, dict) else str(fault)
                found[kind][" ".join(text.split())].append(shot["name"])
    states = Counter(shot["state"] for shot in shots)
    lines = [f"{len(shots)} pictures and files: " + ", ".join(f"{state} {number}" for state, number in states.items())]
    for kind, faults in sorted(found.items()):
        lines += ["", f"{kind}: {sum(map(len, faults.values()))} times, {len(faults)} different"]
        for text, names in sorted(faults.items(), key=lambda item: -len(item[1])):
            lines.append(f"  {len(names):4} {text[:160]}  [{', '.join(names[:2])}]")
    names = Counter(name for shot in shots for name in shot["names"])
    lines += ["", f"Chinese on English pages that is no sentence of the portal: {len(names)} different"]
    lines += [f"  {number:4} {name}" for name, number in names.most_common()]
    return "\n".join(lines) + "\n"
