"""The file by which the office assigns: CSV, one line for each reviewer of an application.

The first line names the columns: `application` is the number on the receipt, `reviewer` the e-mail address; further
columns are for whoever reads it and are left aside. A line without a reviewer assigns nobody, so that the template
can be sent back with only some of its lines filled in. Every fault names its line and its column.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.domain.assigning.values import Duo
from registry.domain.faults import Fault

APPLICATION_NAMES = frozenset({"application", "申报编号"})
REVIEWER_NAMES = frozenset({"reviewer", "专家邮箱"})
ENCODINGS = ("utf-8-sig", "gb18030")
MOST_LINES = 50_000
MOST_FAULTS = 50
LONGEST_CELL = 60
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that assigns: where it stands in the file, and whom it gives to which application."""

    number: int
    duo: Duo


@dataclass(frozen=True, slots=True)
class Read:
    """What a file assigns, and what is wrong in it; where anything is, nothing of it is taken."""

    lines: tuple[Line, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_plan(content: bytes, applications: Mapping[str, int], reviewers: Mapping[str, int]) -> Read:
    """Return the pairs of a file, by the numbers on receipts and the e-mail addresses that are known."""
    text = _decoded(content)
    if text is None:
        return _faulty(1, "", "file_not_text")
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        return _faulty(reader.line_num, "", "file_not_csv")
    if not rows:
        return _faulty(1, "", "plan_file_empty")
    head = [_plain(cell) for cell in rows[0][1]]
    of_application, of_reviewer = _place(head, APPLICATION_NAMES), _place(head, REVIEWER_NAMES)
    if of_application is None or of_reviewer is None:
        return _faulty(1, "", "plan_file_columns")
    if len(rows) - 1 > MOST_LINES:
        return _faulty(MOST_LINES + 2, "", "plan_file_too_long", limit=str(MOST_LINES))
    return _read(rows[1:], (of_application, applications), (of_reviewer, reviewers))


def written_plan(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a file with these columns and rows; what a spreadsheet would compute is kept a text by a quote before."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_safe(str(cell)) for cell in row] for row in rows)
    return file.getvalue()


def _read(
    rows: Sequence[tuple[int, Sequence[str]]],
    application: tuple[int, Mapping[str, int]],
    reviewer: tuple[int, Mapping[str, int]],
) -> Read:
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, row in rows:
        code, address = _cell(row, application[0]), _cell(row, reviewer[0])
        if not address:
            continue
        found = application[1].get(code.upper()), reviewer[1].get(address.casefold())
        if not code:
            faults.append(Fault(number, _letter(application[0]), "plan_file_no_application"))
        elif found[0] is None:
            values = {"value": code[:LONGEST_CELL]}
            faults.append(Fault(number, _letter(application[0]), "plan_file_application", values))
        if found[1] is None:
            values = {"value": address[:LONGEST_CELL]}
            faults.append(Fault(number, _letter(reviewer[0]), "plan_file_reviewer", values))
        if found[0] is not None and found[1] is not None:
            lines.append(Line(number, Duo(found[0], found[1])))
        if len(faults) >= MOST_FAULTS:
            faults.append(Fault(number, "", "too_many_faults", {"limit": str(MOST_FAULTS)}))
            break
    if not lines and not faults:
        return _faulty(1, "", "plan_file_empty")
    return Read(() if faults else tuple(lines), tuple(faults))


def _faulty(line: int, path: str, key: str, **values: str) -> Read:
    return Read(faults=(Fault(line, path, key, values),))


def _decoded(content: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _place(head: Sequence[str], names: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(head) if name in names), None)


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lstrip("'").casefold()


def _cell(row: Sequence[str], place: int) -> str:
    """Return a cell without the quote that kept it a text."""
    return unicodedata.normalize("NFKC", row[place]).strip().lstrip("'") if place < len(row) else ""


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else str(place + 1)


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
