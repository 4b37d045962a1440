"""From the text of a scheme to a scheme that can be used, or to all that is wrong with it.

Owns `parse_scheme` and `lint_scheme`. Rules: the document is read and checked line by line in
`schemes`; then its worked example, if it has one, must come out as it states, through the same
arithmetic that judges everybody. Weights that come from experts must be those their answers give:
`lint_scheme` works them out again, and so does whoever publishes the scheme.

    >>> lint_scheme("form: tallystick-scheme/1")[0].code
    'missing_key'
"""

from __future__ import annotations

from tallystick.evaluation.ahp.putting import weight_faults
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
    return _read(text, file, vocabulary, weighed=True)[1]


def _read(
    text: str, file: str, vocabulary: Vocabulary | None, *, weighed: bool = False
) -> tuple[Scheme | None, list[Problem]]:
    read = read_scheme(text, file, vocabulary or packaged_vocabulary())
    if read.scheme is not None and read.example is not None:
        check_example(read.scheme, read.example)
    if weighed and read.scheme is not None and read.weighing is not None:
        for fault in weight_faults(read.scheme):
            read.weighing.report(fault.reason, **fault.facts)
    return read.scheme, read.log.in_order()
