"""From draft to body: who made a fact, who delivered it, and by which channel."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.app.drafting import import_context, seal_drafts
from tallystick.app.founding import found
from tallystick.app.store import Store
from tallystick.app.workspace import Settings
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.records import check_act
from tallystick.sources import DraftGrant, DraftRecord
from tallystick.testing.fiction import ORGAN, association, fictional_uscc
from tallystick.vault import unseal

from .conftest import MEMBERS

NAME, CODE = association()
COURT = fictional_uscc(ORGAN, 91_000)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("drafting") / "workspace"
    with found(Settings(folder, processes=1), "p", operator=NAME, code=CODE) as opened:
        yield opened


def draft(**changes: Any) -> DraftRecord:
    parts: dict[str, Any] = {
        "item": "tax.rating",
        "subject": MEMBERS[0],
        "key": "2025",
        "occurred": "2026-04-01",
        "data": {"year": 2025, "grade": "A"},
        "source_name": "样例税务局",
        "source_code": "",
        "document": "样税1号",
        "channel": "transcribed",
        "line": 2,
        **changes,
    }
    return DraftRecord(**parts)


def body_of(store: Store, made: DraftRecord | DraftGrant) -> dict[str, Any]:
    _, context = import_context(store, "tax-0001", "tax", "d" * 64, "")
    [sealed] = seal_drafts([made], context)
    body: dict[str, Any] = canonical.decode(unseal(0, sealed.envelope, store.secrets.wrapping).body)
    return body


@pytest.mark.parametrize(
    ("channel", "name", "code", "expected"),
    [
        ("transcribed", "样例税务局", "", ("transcribed", "样例税务局", "")),
        ("transcribed", "样例法院", COURT, ("transcribed", "样例法院", COURT)),
        ("transcribed", NAME, CODE, ("direct", NAME, CODE)),
        ("self-declared", "", "", ("self-declared", "", "")),
        ("direct", "", "", ("direct", NAME, CODE)),
        ("direct", NAME, "", ("direct", NAME, CODE)),
        ("direct", "另一家样例协会", "", ("transcribed", "另一家样例协会", "")),
        ("direct", "样例法院", COURT, ("transcribed", "样例法院", COURT)),
    ],
)
def test_only_what_the_deliverer_made_itself_is_direct(
    store: Store, channel: str, name: str, code: str, expected: tuple[str, str, str]
) -> None:
    made = draft(channel=channel, source_name=name, source_code=code)
    body = body_of(store, made)
    assert (body["channel"], body["source"]["name"], body["source"]["code"]) == expected


def test_a_fact_names_document_file_and_import(store: Store) -> None:
    body = body_of(store, draft())
    assert body["source"]["document"] == "样税1号"
    assert (body["source"]["digest"], body["imported"]) == ("d" * 64, "tax-0001")
    assert body["delivered_by"] == store.provider_key.verifier.key_id.hex()


def test_a_verification_from_a_file_is_signed_by_the_verifier_of_the_workspace(
    store: Store,
) -> None:
    data = {
        "target_item": "selfdeclared.operation",
        "target_period": "2025",
        "outcome": "confirmed",
        "visited_on": "2026-03-04",
    }
    body = body_of(store, draft(item="visit.verification", data=data))
    key = store.verifier_key.verifier
    assert check_act(store.origin, body, {key.key_id: key}.__getitem__) == [key.key_id]


def test_a_draft_that_does_not_fit_its_item_is_refused(store: Store) -> None:
    with pytest.raises(TallyError, match="not_a_fact"):
        body_of(store, draft(data={"grade": "A"}))


def test_the_purpose_of_a_consent_is_understood_in_every_form_it_is_written(
    store: Store,
) -> None:
    for purpose in ("association_evaluation", "association-evaluation", "会员信用评价"):
        grant = DraftGrant(MEMBERS[0], "c" * 64, "2026-01-05", ("tax",), purpose, "2026-12-31", 2)
        assert body_of(store, grant)["purpose"] == "association_evaluation"
