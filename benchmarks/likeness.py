"""``python -m benchmarks.likeness``: near-duplicate texts found by sketches, beside every pair compared.

The texts are invented: words of two signs drawn as unevenly as in speech, phrases of the trade that many use, the
question's own help before each, and among them copies of known depth: signs changed here and there, sentences moved, a
passage taken into another text. The floor compares all pairs exactly with Python's sets, on a sample that both sides
get; what it finds is what there is to be found.
"""

import argparse
import resource
import sys
from collections.abc import Sequence
from itertools import combinations
from random import Random
from time import process_time

from benchmarks.measuring import Comparison, compare, rounds, table
from registry.domain.likeness.copies import Shingled, compared, shingled
from registry.domain.likeness.shingling import Hashing
from registry.domain.likeness.values import Owner, Report, Rules, Text, TextKind, reasons

SEED = 20250101
RULES = Rules()
LEFT_OUT = 0xFFFFFFFFFFFFFFFF
HELP = "请说明本项目减污降碳协同的主要做法、实施前后的排放量以及可以推广的经验，并附证明材料。"
SIGNS = [chr(0x4E00 + number) for number in range(2500)]


def texts(many: int, length: int, copies: float = 0.1, seed: int = SEED) -> list[Text]:
    """Return invented texts of about so many signs, a part of them made from one that was there before."""
    random = Random(seed)  # noqa: S311 - invented texts, no secret
    words = ["".join(random.sample(SIGNS, 2)) for _ in range(6000)]
    often = [1 / (place + 3) for place in range(len(words))]
    phrases = ["".join(random.choices(words, k=5)) for _ in range(300)]
    found: list[Text] = []
    for place in range(many):
        body = _new(random, words, often, phrases, length)
        if place > 10 and random.random() < copies:
            body = _copied(random, found[random.randrange(place)].text.removeprefix(HELP), body)
        owner = Owner(place, f"applicant-{place}", 2025, f"firm-{random.randrange(max(20, many // 15))}")
        found.append(Text(f"{place:06}", TextKind.ANSWER, owner, HELP + body))
    return found


def _new(random: Random, words: Sequence[str], often: Sequence[float], phrases: Sequence[str], length: int) -> str:
    drawn = random.choices(words, often, k=length // 2)
    for place in range(0, len(drawn), 12):
        if random.random() < 0.3:
            drawn[place : place + 5] = [random.choice(phrases), "", "", "", ""]
        drawn[place] = "，" + drawn[place]
    return "".join(drawn)


def _copied(random: Random, text: str, own: str) -> str:
    """Return a text gone over: a few signs changed, clauses in another order, or a passage within an own text."""
    how = random.random()
    if how < 0.2:
        start = random.randrange(max(1, len(text) // 2))
        return own[: len(own) // 2] + text[start : start + 120] + own[len(own) // 2 :]
    if how < 0.4:
        clauses = text.split("，")
        random.shuffle(clauses)
        return "，".join(clauses)
    rate = random.choice((0.0, 0.01, 0.03, 0.06, 0.09))
    return "".join(random.choice(SIGNS) if random.random() < rate else sign for sign in text)


def every_pair(told: Shingled) -> set[tuple[str, str]]:
    """Return the pairs that are alike, all of them compared: the floor, and the truth for the recall."""
    ordered = [one.tolist() for one in told.ordered]
    sets = [frozenset(one.tolist()) for one in told.sets]
    found = set()
    for one, other in combinations(range(len(sets)), 2):
        shared = len(sets[one] & sets[other])
        least, both = min(len(sets[one]), len(sets[other])), len(sets[one]) + len(sets[other]) - shared
        alike = shared >= RULES.alike * both or shared >= RULES.held * least
        alike = alike or (shared >= RULES.long and _run(ordered[one], ordered[other]) >= RULES.long)
        if alike and reasons(told.texts[one].owner, told.texts[other].owner):
            found.add((told.texts[one].key, told.texts[other].key))
    return found


def _run(one: Sequence[int], other: Sequence[int]) -> int:
    """Return the longest run of shingles that two texts have in common, those left out not counted."""
    most = 0
    runs = [0] * (len(other) + 1)
    for here in one:
        runs = [0, *(runs[place] + (here != LEFT_OUT) if here == there else 0 for place, there in enumerate(other))]
        most = max(most, *runs)
    return most


def measured(sample: Sequence[Text], count: int) -> tuple[Comparison, set[tuple[str, str]], set[tuple[str, str]]]:
    """Return both sides' times on the sample, the pairs that are alike, and those found by sketches."""
    there: set[tuple[str, str]] = set()
    found: set[tuple[str, str]] = set()

    def ours() -> None:
        found.update((one.one, one.other) for one in compared(sample, RULES, handed_out=[HELP]).pairs)

    def floor() -> None:
        there.update(every_pair(shingled(sample, RULES, Hashing(RULES.seed, RULES.gram), [HELP])))

    seconds = rounds({"ours": ours, "floor": floor}, count)
    reading = f"{len(sample)} texts, near-duplicates with their passages"
    row = compare("–", reading, seconds["ours"], seconds["floor"], each=len(sample), goal=None)
    return row, there, found


def timed(some: Sequence[Text]) -> tuple[float, Report]:
    """Return the seconds of processor time of the whole report, and the report."""
    start = process_time()
    report = compared(some, RULES, handed_out=[HELP])
    return process_time() - start, report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement and return the exit code: 1 where too few are found, or one that is not alike."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.likeness", description=__doc__)
    parser.add_argument("--texts", type=int, default=10_000, help="how many texts are compared")
    parser.add_argument("--length", type=int, default=500, help="of how many signs each")
    parser.add_argument("--sample", type=int, default=1000, help="on how many all pairs are compared too")
    parser.add_argument("--copies", type=float, default=0.5, help="which part of the sample is made from others")
    parser.add_argument("--rounds", type=int, default=1, help="how many rounds, each side once in each")
    parser.add_argument("--recall", type=float, default=0.97, help="the least part of the alike pairs to be found")
    asked = parser.parse_args(arguments)
    row, there, found = measured(texts(asked.sample, asked.length, asked.copies), asked.rounds)
    sys.stdout.write(f"{table([row])}\n")
    part = len(there & found) / len(there) if there else 1.0
    sys.stdout.write(f"{len(there)} pairs alike, {len(there & found)} found: {part:.1%}; {len(found - there)} beside\n")
    seconds, report = timed(texts(asked.texts, asked.length))
    sys.stdout.write(
        f"{asked.texts} texts in {seconds:.1f} seconds: {report.candidates} candidates, {len(report.pairs)} pairs, "
        f"{len(report.clusters)} clusters, {report.usual} shingles left out, thinned: {report.thinned}\n"
    )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"most memory of the whole process: {most} MiB\n")
    return 0 if part >= asked.recall and found <= there else 1


if __name__ == "__main__":
    sys.exit(main())
