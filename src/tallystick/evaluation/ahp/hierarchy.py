"""What a survey is asked about a scheme: its dimensions, and the indicators within each.

Owns the groups of comparisons a scheme asks for. Rules: dimensions are compared with one another,
indicators only within their dimension; context, which never weighs, is not asked about; a group of
one item needs no answer.

    [layer.name for layer in hierarchy_of(scheme)]  # "dimensions", "basic", ...
"""

from __future__ import annotations

from typing import NamedTuple

from tallystick.evaluation.ahp.questionnaires import TOP
from tallystick.evaluation.schemes.scheme import Scheme
from tallystick.kernel.texts import Text

_DIMENSIONS = Text("维度之间", "the dimensions")


class Layer(NamedTuple):
    """One group of comparisons: its name and names, and code and names of each item."""

    name: str
    names: Text
    items: tuple[str, ...]
    item_names: tuple[Text, ...]

    @property
    def pairs(self) -> int:
        """How many comparisons a whole answer has."""
        return len(self.items) * (len(self.items) - 1) // 2

    @property
    def fewest(self) -> int:
        """How many comparisons are needed at least, if they connect all items."""
        return len(self.items) - 1

    @property
    def advised(self) -> int:
        """How many comparisons put every judgment to a test: each item with the next two.

        Each then stands in a triangle; the fewest alone contradict nothing, whatever they say.
        """
        return max(self.fewest, 2 * len(self.items) - 3)


def hierarchy_of(scheme: Scheme) -> tuple[Layer, ...]:
    """Return every group of a scheme, those of one item too, the dimensions first."""
    dimensions = scheme.dimensions
    top = Layer(
        TOP,
        _DIMENSIONS,
        tuple(one.code for one in dimensions),
        tuple(one.names for one in dimensions),
    )
    return (top, *(_within(scheme, one.code, one.names) for one in dimensions))


def _within(scheme: Scheme, dimension: str, names: Text) -> Layer:
    inside = [
        one
        for one in scheme.indicators
        if one.dimension == dimension and (one.steps or one.formula or one.card)
    ]
    return Layer(
        dimension,
        names,
        tuple(one.code for one in inside),
        tuple(one.names for one in inside),
    )


def asked(scheme: Scheme) -> tuple[Layer, ...]:
    """Return the groups that need an answer: those of two items and more."""
    return tuple(layer for layer in hierarchy_of(scheme) if layer.fewest > 0)
