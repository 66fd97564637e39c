"""YAML from a stranger, read into texts, lists and mappings that remember their lines.

Only the parser of YAML is used, never its constructors: every scalar stays the text that was written, so that
numbers are exact, and nothing can be built, repeated or included by the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from registry.domain.faults import CriteriaFaulty, Fault

# The parser in C where the package has it: fifteen times as fast as the one in Python, and the same events.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BYTES = 512 * 1024
TREES = 32
DEPTH = 12
ENTRIES = 2_000
CHARACTERS = 20_000
# Where the parser notices a mistake only later, the beginning of what it was reading is the place.
OPENED = (
    "while scanning a simple key",
    "while scanning a quoted",
    "while parsing a flow mapping",
    "while parsing a flow seq",
)
FULL_WIDTH_COLON = re.compile(r"[\s-]*([A-Za-z_]\w*\s*：.{0,40})", re.ASCII)
# What stands before the colon of a field that a full-width comma has glued to the field before it.
FULL_WIDTH_COMMA = re.compile(r"([^,{，]{0,40}，\s*[A-Za-z_]\w*)$")
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
LANGUAGES = ("zh", "en")
SHOWN = 200

Step = str | int
Plain = str | None | list["Plain"] | dict[str, "Plain"]


@dataclass(slots=True)
class Text:
    """A scalar as written; ``plain`` without quotes."""

    line: int
    value: str
    plain: bool = True


@dataclass(slots=True)
class Sequence:
    line: int
    entries: "list[Node]" = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    line: int
    entries: "dict[str, Node]" = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    braces: bool = False


Node = Text | Sequence | Mapping


def read(text: str, *, source: str) -> tuple[Node, list[Fault]]:
    """Return the tree of one document and the faults that leave it usable; raise those that do not.

    A tree is read by many and changed by nobody: the last ones are kept, since reading is what takes the time.
    """
    try:
        root, faults = _tree(text)
    except _UnreadableError as unreadable:
        raise CriteriaFaulty(source, unreadable.faults) from None
    return root, list(faults)


class _UnreadableError(Exception):
    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults


@lru_cache(maxsize=TREES)
def _tree(text: str) -> tuple[Node, tuple[Fault, ...]]:
    if len(text) > BYTES or len(text.encode()) > BYTES:
        raise _UnreadableError([Fault(1, "", "file_too_large", {"limit": f"{BYTES // 1024} KiB"})])
    builder = _Builder(text)
    try:
        try:
            builder.read(LOADER)
        except yaml.YAMLError:
            # The parser in Python says better where the mistake is.
            builder = _Builder(text)
            builder.read(yaml.SafeLoader)
    except _UnusableError as unusable:
        raise _UnreadableError([*builder.faults, unusable.fault]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _UnreadableError([*builder.faults, _syntax(error, text.split("\n"))]) from None
    if builder.root is None:
        raise _UnreadableError([*builder.faults, Fault(1, "", "file_empty")])
    return builder.root, tuple(builder.faults)


def plain(node: Node) -> Plain:
    """Return the tree as dictionaries, lists and texts; an unquoted ``null`` or nothing is None."""
    if isinstance(node, Mapping):
        return {key: plain(entry) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(entry) for entry in node.entries]
    return None if node.plain and node.value in {"null", "~", ""} else node.value


def place(root: Node, steps: tuple[Step, ...]) -> tuple[int, str]:
    """Return line and path of the deepest node along the steps; a step that is not there is only a name."""
    node, path, line = root, "", root.line
    for number, step in enumerate(steps):
        if isinstance(node, Mapping) and step in node.entries:
            line, node = node.lines[str(step)], node.entries[str(step)]
            path += f".{step}" if path else str(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.entries):
            node = node.entries[step]
            line, path = node.line, f"{path}[{name_of(node, step)}]"
        elif number == len(steps) - 1 and isinstance(node, Mapping) and isinstance(step, str):
            path += f".{step}" if path else step
    return line, path


def name_of(node: Node, position: int) -> str:
    """Return the key of an entry of a list where it has one, else its position."""
    key = node.entries.get("key") if isinstance(node, Mapping) else None
    return key.value if isinstance(key, Text) and key.value else str(position)


def walk(node: Node, steps: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Node]]:
    """Yield every node with the steps that lead to it."""
    yield steps, node
    if isinstance(node, Mapping):
        yield from chain.from_iterable(walk(entry, (*steps, key)) for key, entry in node.entries.items())
    elif isinstance(node, Sequence):
        yield from chain.from_iterable(walk(entry, (*steps, at)) for at, entry in enumerate(node.entries))


class _UnusableError(Exception):
    def __init__(self, line: int, key: str, **values: str) -> None:
        super().__init__(key)
        self.fault = Fault(line, "", key, values)


class _Builder:
    """Builds the tree from events with a stack of its own, so that depth is counted and never Python's."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self._open: list[Sequence | Mapping] = []
        self._keys: list[tuple[str, int] | None] = []
        self._torn: Text | None = None

    def read(self, loader: type) -> None:
        for event in yaml.parse(self.text, Loader=loader):
            self._take(event)

    def _take(self, event: Event) -> None:
        line = event.start_mark.line + 1  # type: ignore[union-attr]  # parsed events have marks
        if isinstance(event, DocumentStartEvent):
            self._start(event, line)
        elif isinstance(event, AliasEvent):
            raise _UnusableError(line, "yaml_alias")
        elif isinstance(event, (SequenceEndEvent, MappingEndEvent)):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, NodeEvent):
            self._refuse_marks(event, line)
            self._add(event, line)

    def _start(self, event: DocumentStartEvent, line: int) -> None:
        if self.root is not None:
            raise _UnusableError(line, "yaml_documents")
        if event.version is not None or event.tags:
            raise _UnusableError(line, "yaml_directive")

    def _refuse_marks(self, event: NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self.faults.append(Fault(line, "", "yaml_anchor", {"anchor": str(event.anchor)[:60]}))
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.faults.append(Fault(line, "", "yaml_tag", {"tag": str(tag).replace("tag:yaml.org,2002:", "!!")[:60]}))

    def _add(self, event: NodeEvent, line: int) -> None:
        if isinstance(event, ScalarEvent):
            if len(event.value) > CHARACTERS:
                raise _UnusableError(line, "text_too_long", limit=str(CHARACTERS))
            if not self._torn_off(event):
                self._put(Text(line, event.value, plain=not event.style), line)
            return
        node: Sequence | Mapping = Mapping(line)
        if isinstance(event, MappingStartEvent):
            node = Mapping(line, braces=bool(event.flow_style))
        elif isinstance(event, SequenceStartEvent):
            node = Sequence(line)
        if len(self._open) >= DEPTH:
            raise _UnusableError(line, "yaml_depth", limit=str(DEPTH))
        self._put(node, line)
        self._open.append(node)
        self._keys.append(None)

    def _torn_off(self, event: ScalarEvent) -> bool:
        """Tell whether this is the missing value of what an unquoted comma has torn off the text before it.

        The torn piece joins its text again, so that one comma is one fault.
        """
        parent = self._open[-1] if self._open else None
        key = self._keys[-1] if self._open else None
        if not isinstance(parent, Mapping) or not parent.braces or key is None or event.value or event.style:
            return False
        before = list(parent.entries)[-1:]
        whole = parent.entries[before[0]] if before else None
        if not isinstance(whole, Text) or not whole.plain:
            return False
        at = event.start_mark.index  # type: ignore[union-attr]
        if self.text[max(at - SHOWN, 0) : at].rstrip()[-1:] == ":":
            return False
        # A single word may be a field whose value was forgotten, unless it stands among words for people.
        if NAME.fullmatch(key[0]) and (before[0] not in LANGUAGES or key[0] in LANGUAGES):
            return False
        if self._torn is whole:
            self.faults.pop()
        self._torn = whole
        whole.value = f"{whole.value}, {key[0]}"[:SHOWN]
        quoted = whole.value.replace("'", "''")
        self.faults.append(Fault(key[1], before[0][:60], "comma_unquoted", {"name": before[0][:60], "text": quoted}))
        self._keys[-1] = None
        return True

    def _put(self, node: Node, line: int) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if len(parent.entries) >= ENTRIES:
            raise _UnusableError(line, "yaml_entries", limit=str(ENTRIES))
        if isinstance(parent, Sequence):
            parent.entries.append(node)
        elif self._keys[-1] is None:
            self._keys[-1] = self._key(node)
        else:
            self._pair(parent, self._keys[-1], node)
            self._keys[-1] = None

    def _key(self, node: Node) -> tuple[str, int]:
        if not isinstance(node, Text):
            raise _UnusableError(node.line, "yaml_key")
        if node.value == "<<":
            raise _UnusableError(node.line, "yaml_merge")
        return node.value, node.line

    def _pair(self, parent: Mapping, key: tuple[str, int], node: Node) -> None:
        name, line = key
        if name in parent.entries:
            first = str(parent.lines[name])
            self.faults.append(Fault(line, name[:60], "yaml_duplicate", {"name": name[:60], "first": first}))
            return
        parent.entries[name] = node
        parent.lines[name] = line


def _syntax(error: Exception, lines: list[str]) -> Fault:
    """Return the fault of a text that is no YAML, at the line where its mistake is likely to stand."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read")
    line = mark.line if mark else 0
    if str(getattr(error, "context", None)).startswith(OPENED):
        line = error.context_mark.line  # type: ignore[attr-defined]
    elif "<scalar>" in problem and any(above.count(quote) % 2 for above in lines[line - 1 : line] for quote in "'\""):
        # A quote that was left open above closed at the next one, in this line.
        line -= 1
    wide = FULL_WIDTH_COLON.match("".join(lines[line : line + 1]))
    if not wide and mark and problem.startswith("expected ',' or"):
        wide = FULL_WIDTH_COMMA.search("".join(lines[mark.line : mark.line + 1])[: mark.column])
        line = mark.line if wide else line
    if wide:
        return Fault(line + 1, "", "full_width_sign", {"text": wide[1].strip()})
    return Fault(line + 1, "", "yaml_syntax", {"problem": problem[:200]})
