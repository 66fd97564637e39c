"""A list as a spreadsheet: XLSX laid out like the paper, CSV of the bare table. No cell is ever a formula."""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from decimal import Decimal
from io import BytesIO, StringIO
from unicodedata import category

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from registry.rendering.lists import Cell, ListPaper
from registry.rendering.paper import DEMO, DEMO_NOTE

# A spreadsheet takes a cell that begins so for a formula or a command; full-width and small signs are taken for these.
_FORMULA = frozenset("=+-@＝＋－＠﹦﹢﹣﹫")
# Behind each of these a cell begins where the file is read with another separator than its own.
_SEPARATOR = re.compile(r"(?<=[,;\t\r\n])")
_BLANK = frozenset({"Zs", "Zl", "Zp", "Cf"})
_CONTROL = "Cc"
PAPER_A4 = 9
WIDTHS_IN_ALL = 120
MOST_ACROSS = 14
# What a spreadsheet refuses in the name of a sheet, and how long one may be.
_NOT_IN_NAME = frozenset("[]:*?/\\")
LONGEST_NAME = 31


def guarded(text: str) -> str:
    """Return a text in which no spreadsheet finds a formula: an apostrophe stands wherever one would begin.

    That is at the front and behind every separator, where blanks, signs of control or format and quotation marks may
    stand before the sign. A text that begins with a sign of control has one in any case.
    """
    kept = "".join(map(_guarded_part, _SEPARATOR.split(text)))
    begins = next((sign for sign in kept if category(sign) not in _BLANK), " ")
    return f"'{kept}" if category(begins) == _CONTROL else kept


def _guarded_part(text: str) -> str:
    seen = (sign for sign in text if sign != '"' and category(sign) not in {*_BLANK, _CONTROL})
    return f"'{text}" if next(seen, "") in _FORMULA else text


def csv_of(paper: ListPaper) -> bytes:
    """Return the table as CSV after RFC 4180, in UTF-8 with its mark, so that spreadsheets read Chinese."""
    text = StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(guarded(column.title) for column in paper.columns)
    for row in paper.rows:
        lines.writerow(_plain(cell) for cell in row)
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(paper: ListPaper) -> bytes:
    """Return the list as a workbook of one sheet, the same bytes for the same list; numbers stay numbers."""
    return _workbook([("名单" if paper.language == "zh" else "List", paper)])


def workbook_of(papers: Sequence[ListPaper]) -> bytes:
    """Return lists as a workbook with a sheet for each, named after it."""
    names = ["".join(sign for sign in paper.name if sign not in _NOT_IN_NAME).strip("'") for paper in papers]
    return _workbook([(f"{place} {name}"[:LONGEST_NAME], papers[place - 1]) for place, name in enumerate(names, 1)])


def _workbook(sheets: Sequence[tuple[str, ListPaper]]) -> bytes:
    buffer = BytesIO()
    paper = sheets[0][1]
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(buffer, options)
    book.set_properties(
        {
            "title": paper.title,
            "subject": paper.state,
            "author": "、".join(paper.issuers),
            "created": paper.at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    for name, shown in sheets:
        sheet = book.add_worksheet(name)
        _lay_out(sheet, shown)
        below = _above(book, sheet, shown)
        _table(book, sheet, shown, below)
        _signed(book, sheet, shown, below + len(shown.rows) + 2)
    book.close()
    return buffer.getvalue()


def _plain(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return str(cell) if isinstance(cell, int) else guarded(cell)


def _lay_out(sheet: Worksheet, paper: ListPaper) -> None:
    # Columns of a table that is wider than a page have the widths that they ask for.
    shares = min(sum(column.share for column in paper.columns), WIDTHS_IN_ALL)
    for place, column in enumerate(paper.columns):
        sheet.set_column(place, place, max(5.0, WIDTHS_IN_ALL * column.share / shares))
    sheet.set_paper(PAPER_A4)
    if paper.wide:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _above(book: Workbook, sheet: Worksheet, paper: ListPaper) -> int:
    """Write title, state, facts and notes over the whole width; return the row of the table's head."""
    last = _last(paper)
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter", "text_wrap": True})
    state = book.add_format({"align": "center"})
    line = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_row(0, 36)
    lines = [(paper.title, title), (paper.state, state)]
    if paper.demo:
        lines.append((f"{DEMO.zh} · {DEMO.en} {DEMO_NOTE}", state))
    lines += [
        (f"{label}：{value}" if paper.language == "zh" else f"{label}: {value}", line) for label, value in paper.facts
    ]
    lines += [(note, line) for note in paper.notes]
    for row, (text, form) in enumerate(lines):
        _across(sheet, row, last, text, form)
    return len(lines) + 1


def _last(paper: ListPaper) -> int:
    """The last column over which lines go that stand above and below the table."""
    return min(len(paper.columns), MOST_ACROSS) - 1


def _across(sheet: Worksheet, row: int, last: int, text: str, form: Format) -> None:
    if last:
        sheet.merge_range(row, 0, row, last, "", form)
    sheet.write_string(row, 0, text, form)


def _table(book: Workbook, sheet: Worksheet, paper: ListPaper, first: int) -> None:
    head = book.add_format(
        {"bold": True, "border": 1, "bg_color": "#E4EDE8", "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    body = book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True})
    for place, column in enumerate(paper.columns):
        sheet.write_string(first, place, column.title, head)
    numbers: dict[int, Format] = {}
    for row, place, cell in _cells(paper):
        if isinstance(cell, str):
            sheet.write_string(first + row, place, cell, body)
            continue
        places = max(0, -int(cell.as_tuple().exponent)) if isinstance(cell, Decimal) else 0
        if places not in numbers:
            shown = f"0.{'0' * places}" if places else "0"
            numbers[places] = book.add_format({"border": 1, "valign": "vcenter", "num_format": shown})
        sheet.write_number(first + row, place, float(cell), numbers[places])
    sheet.freeze_panes(first + 1, 0)
    sheet.repeat_rows(first)


def _cells(paper: ListPaper) -> Iterator[tuple[int, int, Cell]]:
    for row, line in enumerate(paper.rows, start=1):
        for place, cell in enumerate(line):
            yield row, place, cell


def _signed(book: Workbook, sheet: Worksheet, paper: ListPaper, row: int) -> None:
    """Write the issuers and the date below the table, to the right."""
    last = _last(paper)
    form = book.add_format({"align": "right"})
    for text in (*paper.issuers, paper.signed):
        _across(sheet, row, last, text, form)
        row += 1
