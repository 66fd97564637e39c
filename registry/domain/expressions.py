"""Formulas as one Python function each, because to call a closure for every part costs more than the part itself.

What is compiled is never what somebody typed. Each checked part of a formula writes a text of our own, from the few
patterns that stand in ``formula``: signs, brackets, and names made here such as ``_12``. Every name, number and word of
the formula is an object behind such a name, so that no character of it reaches Python, and nothing else can be reached
from there, not even the built-in functions.
"""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, NamedTuple

from registry.domain.values import Values

Run = Callable[[Values], Any]
NUMBERS = count()


class Expression(NamedTuple):
    """A text over the values ``v`` and names made here, with the objects behind the names."""

    text: str
    objects: Mapping[str, object]

    def function(self) -> Run:
        """Return the function of the values that the text is."""
        code = compile(f"lambda v: {self.text}", "<formula>", "eval")
        made: Run = eval(code, {"__builtins__": {}, **self.objects})  # noqa: S307 - a text of our own, see above
        return made


def the(value: object) -> Expression:
    """Return the expression that stands for an object."""
    name = f"_{next(NUMBERS)}"
    return Expression(name, {name: value})


def combined(pattern: str, *parts: Expression) -> Expression:
    """Return a pattern with the parts in its gaps."""
    objects = {name: value for part in parts for name, value in part.objects.items()}
    return Expression(pattern.format(*[part.text for part in parts]), objects)
