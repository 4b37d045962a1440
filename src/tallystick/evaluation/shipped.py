"""The schemes that come with the software, and the blank one to begin with.

Owns the reading of the packaged files in `schemes/`. Rules: this is the only place of the package
that opens a file, and it opens nothing but these.

    >>> worked_example("association-2019").score
    '72.5'
"""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cache
from importlib import resources

from tallystick.evaluation.example import run_example
from tallystick.evaluation.findings import Evaluation
from tallystick.evaluation.parsing import parse_scheme
from tallystick.evaluation.schemes.faults import NOT_SHIPPED
from tallystick.evaluation.schemes.scheme import Scheme

SHIPPED = ("association-2019", "polish1-ahp")
# The weights each expert of a shipped scheme's panel would have given alone.
_PANELS = {"polish1-ahp": "polish1-experts"}
_BLANK = "blank"
_BLANK_ID = "id: my-scheme"


def shipped_schemes() -> tuple[str, ...]:
    """Return the names of the schemes that come with the software."""
    return SHIPPED


def shipped_scheme(name: str) -> str:
    """Return the YAML text of a shipped scheme, to be read with `parse_scheme`.

    Raises: NOT_SHIPPED.
    """
    if name not in SHIPPED:
        raise NOT_SHIPPED.error(name=name, known=", ".join(SHIPPED))
    return _packaged(name)


@cache
def _read(name: str) -> Scheme:
    return parse_scheme(shipped_scheme(name), file=f"{name}.yaml")


def worked_example(name: str = SHIPPED[0]) -> Evaluation:
    """Return the worked example of a shipped scheme, evaluated.

    Raises: NOT_SHIPPED, NO_EXAMPLE.
    """
    return run_example(_read(name))


def shipped_panel(name: str) -> dict[str, dict[str, Fraction]]:
    """Return, by expert, the weight of each part of the shipped scheme `name`; none without panel.

    The experts do not exist; their questionnaires stand beside the scheme.
    """
    if name not in _PANELS:
        return {}
    panel: dict[str, dict[str, Fraction]] = {}
    for row in csv.DictReader(_packaged(_PANELS[name], "csv").splitlines()):
        panel.setdefault(row["expert"], {})[row["code"]] = Fraction(row["weight"])
    return panel


def template(scheme_id: str = "my-scheme") -> str:
    """Return the text of a small, complete and commented scheme to begin with.

    scheme_id: lower-case letters, digits and hyphens; it is written in as `id`.
    """
    return _packaged(_BLANK).replace(_BLANK_ID, f"id: {scheme_id}", 1)


def _packaged(name: str, ending: str = "yaml") -> str:
    place = resources.files("tallystick.evaluation") / "schemes" / f"{name}.{ending}"
    return place.read_text(encoding="utf-8")
