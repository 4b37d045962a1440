"""Formulas: a small expression that turns a value into points.

Owns the grammar and its meaning. Rules: numbers, `value`, + - * /, `min`, `max` and parentheses
are all there is; no names, no calls, nothing of Python's own; numbers are exact decimals, a
quotient is kept to 60 digits and the result is rounded by the scheme; dividing by zero gives no
points at all, which makes the indicator unknown.

    expression = term { ("+" | "-") term }
    term       = factor { ("*" | "/") factor }
    factor     = "-" factor | number | "value" | "(" expression ")"
               | ("min" | "max") "(" expression { "," expression } ")"

    >>> points = parse_formula("min(100, 40 + 20 * value)")
    >>> points(Decimal(2))
    Decimal('80')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, DecimalException

from tallystick.kernel.decimals import context, decimal_of
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

LENGTH_MAX = 200  # characters
DEPTH_MAX = 20  # parentheses within parentheses

Formula = Callable[[Decimal], Decimal | None]
_Node = Callable[[Decimal, Context], Decimal]

_AT = Text("第 {place} 个字符", "at {place}")
_END = Text("末尾", "at the end")
_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([a-z]+)|([-+*/(),]))", re.ASCII)


class FormulaError(ValueError):
    """The text is no formula; `where` names the place, as "at 7"."""

    def __init__(self, at: int | None) -> None:
        self.where = _END if at is None else _AT.fill(place=at)
        super().__init__(self.where.en)


def parse_formula(text: str) -> Formula:
    """Return the function that `text` writes.

    The function takes the value of an indicator and returns points, or None where a division by
    zero leaves it undefined.

    Raises: FormulaError.
    """
    if len(text) > LENGTH_MAX:
        raise FormulaError(LENGTH_MAX)
    node = _Parser(_tokens(text)).whole()

    def points(value: Decimal) -> Decimal | None:
        try:
            return node(value, context())
        except DecimalException:
            return None

    return points


def _tokens(text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise FormulaError(place + 1)
        found.append((match.end() - len(match[0].lstrip()) + 1, match[0].lstrip()))
        place = match.end()
    return found


class _Parser:
    """Recursive descent over tokens; each method reads one rule of the grammar."""

    def __init__(self, tokens: list[tuple[int, str]]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> _Node:
        node = self._expression()
        if self._next < len(self._tokens):
            raise self._fault()
        return node

    def _fault(self) -> FormulaError:
        if self._next < len(self._tokens):
            return FormulaError(self._tokens[self._next][0])
        return FormulaError(None)

    def _peek(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._peek()
        if token not in wanted:
            raise self._fault()
        self._next += 1
        return token

    def _expression(self) -> _Node:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise self._fault()
        node = self._term()
        while self._peek() in {"+", "-"}:
            node = _binary(self._take("+", "-"), node, self._term())
        self._depth -= 1
        return node

    def _term(self) -> _Node:
        node = self._factor()
        while self._peek() in {"*", "/"}:
            node = _binary(self._take("*", "/"), node, self._factor())
        return node

    def _factor(self) -> _Node:
        negative = False
        while self._peek() == "-":
            self._take("-")
            negative = not negative
        node = self._atom()
        if not negative:
            return node
        return lambda value, within: within.minus(node(value, within))

    def _atom(self) -> _Node:
        word = self._peek()
        if word == "value":
            self._take("value")
            return lambda value, _within: value
        if word in {"min", "max"}:
            self._take("min", "max")
            return self._least_or_greatest(word)
        if word == "(":
            self._take("(")
            node = self._expression()
            self._take(")")
            return node
        try:
            number = decimal_of(word)
        except TallyError:
            raise self._fault() from None
        self._next += 1
        return lambda _value, _within: number

    def _least_or_greatest(self, name: str) -> _Node:
        self._take("(")
        parts = [self._expression()]
        while self._take(",", ")") == ",":
            parts.append(self._expression())
        choose = min if name == "min" else max
        return lambda value, within: choose(part(value, within) for part in parts)


def _binary(sign: str, left: _Node, right: _Node) -> _Node:
    if sign == "+":
        return lambda value, within: within.add(left(value, within), right(value, within))
    if sign == "-":
        return lambda value, within: within.subtract(left(value, within), right(value, within))
    if sign == "*":
        return lambda value, within: within.multiply(left(value, within), right(value, within))
    return lambda value, within: within.divide(left(value, within), right(value, within))
