"""The file from which series are filled: CSV, the first column dates, one column for each input, one line a date.

The first line names the columns: `date` and the keys or titles of the inputs, a title also with its unit in brackets.
Dates are days (2025-01-31, also the 2025/1/31 that spreadsheets make of it) or months (2025-01). An empty cell is a
date without a record, a column without any record is left aside. The whole file is taken or none of it; every fault
names its line and its column.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from registry.domain.answers import MOST_DAYS, record_of, ungrouped
from registry.domain.errors import Invalid
from registry.domain.faults import Fault, SeriesFaulty
from registry.domain.series import one_period, period_of
from registry.domain.shapes import Input
from registry.domain.values import written

DATE_NAMES = frozenset({"date", "day", "month", "日期", "月份"})
LOOSE_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?")
ENCODINGS = ("utf-8-sig", "gb18030")
MOST_FAULTS = 50
LONGEST_CELL = 60
LONGEST_NAME = 2_100  # a title has at most 2,000 characters, and a unit may stand behind it
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8 or GB 18030, as spreadsheets save it; raises SeriesFaulty for another."""
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SeriesFaulty([Fault(1, "", "file_not_text")])


def read_file(text: str, inputs: Sequence[Input], year: int | None) -> dict[str, dict[str, Any]]:
    """Return the series of a file as they are stored, by input, or raise SeriesFaulty with all that is wrong."""
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise SeriesFaulty([Fault(reader.line_num, "", "file_not_csv")]) from None
    if len(lines) < 2:
        raise SeriesFaulty([Fault(1, "", "series_file_empty")])
    if len(lines) - 1 > MOST_DAYS:
        raise SeriesFaulty([Fault(MOST_DAYS + 2, "", "series_expected", {"limit": str(MOST_DAYS)})])
    return _Reader(lines[0][1], inputs, year).read(lines[1:])


def empty_file(inputs: Sequence[Input], dates: Sequence[str], head: Sequence[str] = ()) -> str:
    """Return a file with the line of columns and these dates, for somebody to fill in.

    `head` names the columns otherwise than by `date` and the keys of the inputs.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    # A spreadsheet computes what begins like a formula; a quote before it keeps it a text.
    names = head or ["date", *(entry.key for entry in inputs)]
    writer.writerow([f"'{name}" if name.startswith(FORMULA_SIGNS) else name for name in names])
    writer.writerows([date, *("" for _entry in inputs)] for date in dates)
    return file.getvalue()


class _Reader:
    """Reads the lines of a file against its columns and collects what does not fit."""

    def __init__(self, head: Sequence[str], inputs: Sequence[Input], year: int | None) -> None:
        self.head = head
        self.year = year
        self.faults: list[Fault] = []
        self.seen: dict[str, int] = {}
        self.known = ", ".join(["date", *(entry.key for entry in inputs)])[:200]
        self.columns = self._columns(head, inputs)
        self.records: dict[str, list[list[str | None]]] = {entry.key: [] for entry in self.columns.values()}
        self.filled: set[str] = set()

    def read(self, lines: Sequence[tuple[int, Sequence[str]]]) -> dict[str, dict[str, Any]]:
        for number, row in lines:
            if len(self.faults) > MOST_FAULTS:
                break
            day = self._date(number, row[0])
            if day is not None:
                self._line(number, day, row)
        else:
            self._weigh()
        if self.faults:
            raise SeriesFaulty(sorted(self.faults, key=lambda fault: fault.line))
        return {key: {"series": sorted(pairs)} for key, pairs in self.records.items() if key in self.filled}

    def _columns(self, head: Sequence[str], inputs: Sequence[Input]) -> dict[int, Input]:
        """Return the inputs of the columns by their place; raises SeriesFaulty where the dates cannot be found."""
        if _plain(head[0]) not in DATE_NAMES:
            raise SeriesFaulty([Fault(1, _letter(0), "column_of_dates", {"columns": self.known})])
        names = {_plain(name): entry for entry in inputs for name in (entry.key, entry.title.zh, entry.title.en)}
        columns: dict[int, Input] = {}
        for place, name in enumerate(head[1:], 1):
            entry = _named(name, names)
            if entry is None and name.strip():
                self.note(1, place, "column_unknown", column=name.strip()[:LONGEST_CELL], columns=self.known)
            elif entry is not None and entry in columns.values():
                self.note(1, place, "column_twice", column=entry.key)
            elif entry is not None:
                columns[place] = entry
        return columns

    def _weigh(self) -> None:
        """Note what lacks the column by which it is weighted, and where no column has records at all."""
        for place, entry in self.columns.items():
            weight = entry.series.weight if entry.series else None
            if weight is not None and entry.key in self.filled and weight not in self.filled:
                self.note(1, place, "column_of_weight", column=entry.key, weight=weight)
        if not self.filled and not self.faults:
            self.faults.append(Fault(1, "", "column_none", {"columns": self.known}))

    def note(self, line: int, place: int, key: str, **values: str) -> None:
        """Note a fault, up to as many as anybody reads; one more says that there are more."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(line, _letter(place), key, values))
        elif len(self.faults) == MOST_FAULTS:
            self.faults.append(Fault(line, _letter(0), "too_many_faults", {"limit": str(MOST_FAULTS)}))

    def _date(self, number: int, cell: str) -> str | None:
        """Return the date of a line as it is stored, or note why it is none."""
        loose = LOOSE_DATE.fullmatch(ungrouped(cell))
        day = "-".join(part.zfill(2) for part in loose.groups() if part) if loose else ""
        first = next(iter(self.seen), day)
        try:
            if period_of(day) is None:
                raise Invalid("date_expected", value=cell.strip()[:LONGEST_CELL])
            if day in self.seen:
                raise Invalid("day_twice", value=day)
            one_period((first, day), self.year, "")
        except Invalid as error:
            self.note(number, 0, error.key, **{name: str(value) for name, value in error.values.items()})
            return None
        self.seen[day] = number
        return day

    def _line(self, number: int, day: str, row: Sequence[str]) -> None:
        if len(row) > len(self.head):
            self.note(number, len(self.head), "cell_without_column", value=row[-1].strip()[:LONGEST_CELL] or ",")
            return
        for place, text in enumerate(row[1:], 1):
            if text.strip() and not (place < len(self.head) and self.head[place].strip()):
                self.note(number, place, "cell_without_column", value=text.strip()[:LONGEST_CELL])
        for place, entry in self.columns.items():
            cell = ungrouped(row[place]) if place < len(row) else ""
            if not cell or entry.series is None:
                self.records[entry.key].append([day, None])
                continue
            self.filled.add(entry.key)
            try:
                self.records[entry.key].append([day, written(record_of(entry.key, entry.series, cell))])
            except Invalid as error:
                self.note(number, place, error.key, **{name: str(value) for name, value in error.values.items()})


def _plain(name: str) -> str:
    """Return the name of a column as it is compared: full-width signs, blanks around it and capitals do not matter."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def _named(name: str, names: Mapping[str, Input]) -> Input | None:
    """Return the input that a column names, with its own unit behind it or without; None where there is none."""
    if len(name) > LONGEST_NAME:
        return None
    plain = _plain(name)
    if plain in names or not plain.endswith(")"):
        return names.get(plain)
    title, _bracket, unit = plain.removesuffix(")").rpartition("(")
    entry = names.get(title.strip())
    return entry if entry and _same_unit(unit.strip(), _plain(entry.unit or "")) else None


def _same_unit(given: str, own: str) -> bool:
    """Tell whether a unit is that of an input; a sign that an old encoding could not write stands there as `?`."""
    return len(given) == len(own) and all(sign in (other, "?") for sign, other in zip(given, own, strict=True))


def _letter(place: int) -> str:
    """Return the letter of a column as spreadsheets name it."""
    letters = ""
    while place >= 0:
        letters = chr(ord("A") + place % 26) + letters
        place = place // 26 - 1
    return letters
