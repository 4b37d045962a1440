"""The numerical core: residuals, completions, and no thread that changes a digit."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal, localcontext
from pathlib import Path

from hypothesis import given, settings

from tallystick.evaluation.ahp.digits import working
from tallystick.evaluation.ahp.judgments import Judgments
from tallystick.evaluation.ahp.perron import perron
from tallystick.evaluation.ahp.priorities import EIGENVECTOR, matrix_of, solve

from .test_priorities import matrices

SOURCE = Path(__file__).parents[3] / "src"
PROGRAM = """
from fractions import Fraction
from tallystick.evaluation.ahp import Answer, Settings, survey_of, weigh
from tallystick.evaluation.ahp.judgments import SCALE, Judgments, pairs_of
items = tuple(f"i{n}" for n in range(35))
answers = [
    Answer(f"e{e}", "", Judgments(items, {
        (i, j): SCALE[(i * 5 + j * 3 + e * (i + j)) % 17]
        for i, j in pairs_of(35) if j == i + 1 or (i + j + e) % 4
    }), Fraction(1 + e % 3))
    for e in range(6)
]
survey, _ = survey_of(answers)
print(weigh(survey, Settings()).digest, weigh(survey, Settings("eigenvector", "priorities")).digest)
"""


@settings(max_examples=40, deadline=None)
@given(matrices())
def test_both_vectors_satisfy_their_equation_to_the_last_digits(judged: Judgments) -> None:
    matrix = solve(matrix_of(judged), EIGENVECTOR).matrix
    found = perron(matrix)
    with localcontext(working()):
        for vector, rows in ((found.right, matrix), (found.left, tuple(zip(*matrix, strict=True)))):
            assert abs(sum(vector, Decimal(-1))) < Decimal("1e-36")
            for row, own in zip(rows, vector, strict=True):
                there = sum((a * b for a, b in zip(row, vector, strict=True)), Decimal(0))
                assert abs(there - found.value * own) < Decimal("1e-34")


@settings(max_examples=30, deadline=None)
@given(matrices())
def test_a_completed_judgment_is_the_one_the_eigenvalue_rests_on(judged: Judgments) -> None:
    """At the least eigenvalue its slope in each missing judgment is nothing (Harker 1987)."""
    matrix = solve(matrix_of(judged), EIGENVECTOR).matrix
    found = perron(matrix)
    with localcontext(working()):
        for i, j in judged.missing:
            up = found.left[i] * matrix[i][j] * found.right[j]
            down = found.left[j] * matrix[j][i] * found.right[i]
            assert abs(up - down) < Decimal("1e-24") * up


def test_the_number_of_threads_changes_no_digit() -> None:
    said = set()
    for threads in ("1", "4"):
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONPATH": str(SOURCE), **dict.fromkeys(names, threads)},
            capture_output=True,
            text=True,
            check=True,
        )
        said.add(done.stdout)
    assert len(said) == 1
    assert len(said.pop().split()) == 2
