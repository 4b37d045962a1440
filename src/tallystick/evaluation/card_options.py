"""What a variable of a card could be brought to: one value for every stretch the card tells apart.

Owns the stretches. Rules: a special code, a missing value and a category nobody saw are no options,
for to reach them would be to hide a fact; values are decimals of the card's own thresholds. Of a
card of trees, which may have thousands of thresholds, `OPTIONS_MAX` evenly spaced ones are taken.

    options(card, "margin")     # thresholds 0.02 and 0.1: the values 0.02, 0.1 and 1.2
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from tallystick.kernel.decimals import decimal_text
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import NUMBER, Axis, Card, Ensemble

OPTIONS_MAX = 64

_ABOVE = Text("高于 {low}", "above {low}")
_UP_TO = Text("不高于 {high}", "at most {high}")
_BETWEEN = Text("高于 {low}、不高于 {high}", "above {low} and at most {high}")


class Option(NamedTuple):
    """A value to bring a variable to, and the stretch it stands for in words."""

    value: Decimal | str
    stretch: Text


def options(card: Card, name: str) -> tuple[Option, ...]:
    """Return what the variable `name` of `card` could be brought to, numbers rising."""
    axes = [axis for term in card.terms for axis in term.axes if axis.variable == name]
    special = {code for axis in axes for code in axis.special}
    if card.variable[name].kind != NUMBER:
        return tuple(Option(one, Text(one, one)) for one in _categories(card, name, axes, special))
    cuts = {Decimal(cut) for axis in axes for cut in axis.thresholds}
    if card.ensemble is not None and name in card.ensemble.inputs:
        cuts |= _thresholds(card.ensemble, name)
    return _stretches(sorted(cuts), {Decimal(code) for code in special})


def _stretches(cuts: Sequence[Decimal], special: set[Decimal]) -> tuple[Option, ...]:
    if not cuts:
        return ()
    lowest, highest = cuts[0], cuts[-1]
    found = [Option(lowest, _UP_TO.fill(high=decimal_text(lowest)))]
    found += [
        Option(high, _BETWEEN.fill(low=decimal_text(low), high=decimal_text(high)))
        for low, high in pairwise(cuts)
    ]
    # Beyond the highest by its own size and one, which no rounding to a double takes back.
    beyond = highest + abs(highest) + 1
    found.append(Option(beyond, _ABOVE.fill(low=decimal_text(highest))))
    usable = [one for one in found if one.value not in special]
    every = -(-len(usable) // OPTIONS_MAX)
    return tuple(usable[::every]) if every > 1 else tuple(usable)


def _categories(card: Card, name: str, axes: Sequence[Axis], special: set[str]) -> list[str]:
    known = {one for axis in axes for group in axis.groups for one in group}
    if card.ensemble is not None:
        known |= card.ensemble.encodings.get(name, {}).keys()
    return sorted(known - special)


def _thresholds(ensemble: Ensemble, name: str) -> set[Decimal]:
    """Return where the trees split the variable `name`, as LightGBM's text says."""
    feature = str(ensemble.inputs.index(name))
    found: set[Decimal] = set()
    features: list[str] = []
    for line in ensemble.text.splitlines():
        key, _, values = line.partition("=")
        if key == "split_feature":
            features = values.split()
        elif key == "threshold":
            pairs = zip(features, values.split(), strict=False)
            found |= {Decimal(value) for split, value in pairs if split == feature}
    return found
