from __future__ import annotations

import pytest

from tallystick.sources.grants import CATEGORY_NAMES, categories_of

from .conftest import COMPANY, Read, example

CONSENT = (
    "consent_digest",
    "consent_date",
    "consent_categories",
    "consent_purpose",
    "consent_until",
)
DIGEST = example("roster")["consent_digest"]


def test_a_roster_row_names_the_consent_of_its_member(read: Read) -> None:
    (grant,) = read("roster", example("roster")).grants
    assert (grant.subject, grant.document_digest) == (COMPANY, DIGEST)
    assert (grant.granted_on, grant.until) == ("2026-01-05", "2027-01-04")
    assert grant.categories == tuple(CATEGORY_NAMES.values())
    assert grant.purpose == "association_evaluation"
    assert grant.line == 2


def test_a_member_without_consent_is_no_problem(read: Read) -> None:
    taken = read("roster", example("roster") | dict.fromkeys(CONSENT, ""))
    assert taken.problems == []
    assert len(taken.drafts) == 1
    assert taken.grants == []


@pytest.mark.parametrize("column", CONSENT)
def test_half_a_consent_is_none_and_a_problem(column: str, read: Read) -> None:
    taken = read("roster", example("roster") | {column: ""})
    assert taken.grants == []
    assert taken.codes == ["bad_consent"]
    assert len(taken.drafts) == 1


@pytest.mark.parametrize(
    "changes", [{"consent_categories": "纳税、其他"}, {"consent_until": "2026-01-04"}]
)
def test_an_unclear_consent_is_none(changes: dict[str, str], read: Read) -> None:
    taken = read("roster", example("roster") | changes)
    assert taken.grants == []
    assert taken.codes == ["bad_consent"]


@pytest.mark.parametrize(
    ("named", "codes"),
    [
        (("纳税",), ("tax",)),
        (("纳税信息", "荣誉情况"), ("tax", "honour")),
        (("tax.rating", "honour"), ("tax.rating", "honour")),
        (("全部",), tuple(CATEGORY_NAMES.values())),
        (("纳税", "纳税"), ("tax",)),
        (("ta",), None),
        (("宗教",), None),
    ],
)
def test_categories_are_items_of_the_catalogue_or_their_names(
    named: tuple[str, ...], codes: tuple[str, ...] | None
) -> None:
    assert categories_of(named) == codes
