"""From the text of a scheme to a scheme that can be used, or to all that is wrong with it.

Owns `parse_scheme` and `lint_scheme`. Rules: the document is read and checked line by line in
`schemes`; then its worked example, if it has one, must come out as it states, through the same
arithmetic that judges everybody.

    >>> lint_scheme("form: tallystick-scheme/1")[0].code
    'missing_key'
"""

from __future__ import annotations

from tallystick.evaluation.example import check_example
from tallystick.evaluation.schemes.faults import SchemeError
from tallystick.evaluation.schemes.reading import read_scheme
from tallystick.evaluation.schemes.scheme import Scheme
from tallystick.evaluation.schemes.vocabulary import Vocabulary, packaged_vocabulary
from tallystick.kernel.errors import Problem


def parse_scheme(text: str, *, file: str = "", vocabulary: Vocabulary | None = None) -> Scheme:
    """Return the scheme written in `text`.

    file: the name problems carry. vocabulary: the catalogue and refusals it is checked against,
    None for the packaged ones.

    Raises: SchemeError (SCHEME_REFUSED) with every problem.
    """
    scheme, problems = _read(text, file, vocabulary)
    if scheme is None or problems:
        raise SchemeError(problems)
    return scheme


def lint_scheme(
    text: str, *, file: str = "", vocabulary: Vocabulary | None = None
) -> list[Problem]:
    """Return everything wrong with the scheme written in `text`, by line; nothing is []."""
    return _read(text, file, vocabulary)[1]


def _read(
    text: str, file: str, vocabulary: Vocabulary | None
) -> tuple[Scheme | None, list[Problem]]:
    scheme, example, log = read_scheme(text, file, vocabulary or packaged_vocabulary())
    if scheme is not None and example is not None:
        check_example(scheme, example)
    return scheme, log.in_order()
