"""The worked example of a scheme: scores of dimensions in, the stated result out.

Owns the running and checking of `example`. Rules: it goes through the same arithmetic as every
evaluation; what it states and what comes out are compared digit by digit.
"""

from __future__ import annotations

from tallystick.evaluation.evaluator import compile_scheme
from tallystick.evaluation.findings import Evaluation, Hit
from tallystick.evaluation.schemes import faults
from tallystick.evaluation.schemes.located import Place
from tallystick.evaluation.schemes.scheme import Scheme, gravest_first
from tallystick.kernel.decimals import decimal_text


def run_example(scheme: Scheme) -> Evaluation:
    """Return the evaluation of the worked example.

    Raises: NO_EXAMPLE.
    """
    example = scheme.example
    if example is None:
        raise faults.NO_EXAMPLE.error(name=scheme.id)
    hits = [
        Hit(rule, example.hits[rule.code])
        for rule in gravest_first(scheme.rules)
        if rule.code in example.hits
    ]
    evaluator = compile_scheme(scheme)
    return evaluator.from_scores(example.subject, example.as_of, example.scores, hits)


def check_example(scheme: Scheme, place: Place) -> None:
    """Report at `place` where the worked example does not come out as it states."""
    example, found = scheme.example, run_example(scheme)
    if example is None:
        return
    compared = (
        ("score", decimal_text(example.score), found.score),
        ("band_before_rules", example.band_before_rules, _code(found.band_before_rules)),
        ("band", example.band, _code(found.band)),
    )
    for what, stated, came_out in compared:
        if stated != came_out:
            place.report(faults.EXAMPLE_DIFFERS, what=what, stated=stated, found=came_out)


def _code(band: object) -> str:
    return str(getattr(band, "code", ""))
