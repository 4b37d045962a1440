"""What the rulebook says of a row: where the system applies, how grave a penalty is, what is late.

Owns the calls from reading into the rulebook, so that what is derived while reading can be seen on
one page. Rules: nothing is decided here; terms are those of the newest repair rule, since what may
be shown is a question of the rule in force and not of the day of the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from tallystick.kernel.errors import Reason, TallyError
from tallystick.rulebook import publication_terms
from tallystick.rulebook.samples import SAMPLE_SUBJECT, is_sample_subject
from tallystick.rulebook.severity import severity_of
from tallystick.rulebook.subjects import subject_kind
from tallystick.rulebook.territory import territory_of

_ANSWERS_REMEMBERED_MAX: Final = 65_536

is_late = publication_terms.is_late


@lru_cache(_ANSWERS_REMEMBERED_MAX)
def refusal_of_register(prefix: str, *, sample: bool = False) -> Reason | None:
    """Return why organisations registered there are refused, None where they are not.

    prefix: the first eight characters of a well-formed code: who registered what, and where.
    sample: whether codes of the division kept for samples are taken.
    """
    if not sample and is_sample_subject(prefix):
        return SAMPLE_SUBJECT
    found = territory_of(prefix)
    if found is not None:
        return found.reason
    try:
        subject_kind(prefix)
    except TallyError as error:
        return Reason(error.code, error.text, error.reason.rule, error.remedy)
    return None


def penalty_terms(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the derived fields of a penalty: severity, publish, repair_from, publish_stop.

    data: the fields the row states; amounts in yuan as decimal text.
    """
    kinds = tuple(data.get("kinds", ()))
    amounts = (data.get("fine"), data.get("confiscation"))
    licence = data.get("licence_revoked")
    return _terms(_severity(kinds, amounts, licence), data["decided_on"])


@lru_cache(_ANSWERS_REMEMBERED_MAX)
def _severity(
    kinds: tuple[str, ...], amounts: tuple[str | None, str | None], licence: str | None
) -> str:
    fine, taken = amounts
    found = severity_of(kinds, fine=fine, confiscation=taken, licence_revoked=licence)
    return found.severity.value


@lru_cache(_ANSWERS_REMEMBERED_MAX)
def _terms(severity: str, decided_on: str) -> Mapping[str, Any]:
    term = publication_terms.publication_term(severity, decided_on)
    return MappingProxyType(
        {
            "severity": severity,
            "publish": term.publish,
            "repair_from": term.repair_from,
            "publish_stop": term.stop,
        },
    )
