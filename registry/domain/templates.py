"""Texts with gaps for the numbers of a formula; what stands fixed between them is put together once."""

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter

from registry.domain.values import Values

Show = Callable[[Values], str]
MINUS = ("−", "-")


class Template:
    """A text whose gaps are filled from the values, which keep how each reads; called with them it gives the text."""

    __slots__ = ("filled", "gaps", "pattern")

    def __init__(self, pattern: str, gaps: tuple[Show, ...]) -> None:
        self.pattern = pattern
        self.gaps = gaps
        self.filled = itemgetter(*gaps) if gaps else lambda _values: ()

    def __call__(self, values: Values) -> str:
        return self.pattern % self.filled(values)


def joined(*pieces: str | Show) -> Show:
    """Return the writer of these pieces one after the other, texts as they are."""
    pattern = ""
    gaps: list[Show] = []
    for piece in pieces:
        if isinstance(piece, str):
            pattern += piece.replace("%", "%%")
        elif isinstance(piece, Template):
            pattern += piece.pattern
            gaps += piece.gaps
        else:
            pattern += "%s"
            gaps.append(piece)
    return gaps[0] if pattern == "%s" else Template(pattern, tuple(gaps))


def in_brackets(show: Show) -> Show:
    """Return the writer of a text in brackets."""
    return joined("(", show, ")")


@lru_cache(maxsize=4096)
def negative_in_brackets(show: Show) -> Show:
    """Return the writer of a text that stands in brackets where it begins with a minus."""
    if isinstance(show, Template) and not show.pattern.startswith("%s"):
        return in_brackets(show) if show.pattern.startswith(MINUS) else show

    def write(values: Values) -> str:
        text: str = values[show]
        return f"({text})" if text.startswith(MINUS) else text

    return write
