from __future__ import annotations

from typing import Any

import pytest

from tallystick.app.admission import check_delivered, check_fact
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import Party, TrustPolicy
from tallystick.testing.fiction import (
    COMPANY,
    HONG_KONG_DIVISION,
    SOLE_TRADER,
    association,
    fictional_uscc,
)

NAME, CODE = association()
KEY = SigningKey("example.org/provider", bytes(32))
DELIVERER = Party("provider", KEY.verifier, CODE, NAME)
TRUST = TrustPolicy((), (DELIVERER,))
SUBJECT = fictional_uscc(COMPANY, 1)


def fact(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "fact",
        "recorded": "2026-11-01",
        "item": "tax.rating",
        "subject": SUBJECT,
        "data": {"year": 2025, "grade": "A"},
        "source": {"name": "样例税务局", "code": "", "document": "1", "digest": ""},
        "channel": "transcribed",
        "delivered_by": KEY.verifier.key_id.hex(),
        **changes,
    }


def refusal(body: dict[str, Any]) -> str:
    try:
        check_delivered(body, DELIVERER)
        check_fact(body, TRUST, "example.org")
    except TallyError as fault:
        return fault.code
    return ""


def test_a_sound_fact_passes() -> None:
    assert refusal(fact()) == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"item": "own.rumour"}, "not_in_catalogue"),
        ({"data": {"year": 2025}}, "not_a_fact"),
        ({"data": {"year": 2025, "grade": "A", "more": "x"}}, "not_a_fact"),
        ({"data": {"year": True, "grade": "A"}}, "not_a_fact"),
        ({"subject": ""}, "no_uscc"),
        ({"subject": SUBJECT[:-1] + "0"}, "bad_uscc"),
        ({"subject": "云杉样例科技有限公司"}, "bad_uscc"),
        ({"subject": fictional_uscc(COMPANY, 1, HONG_KONG_DIVISION)}, "outside_territory"),
        ({"subject": fictional_uscc(SOLE_TRADER, 1)}, "sole_trader"),
        ({"kind": "decision"}, "not_as_delivered"),
        ({"delivered_by": "00" * 16}, "not_as_delivered"),
        ({"channel": "direct"}, "not_as_delivered"),
        ({"channel": "hearsay"}, "not_as_delivered"),
        ({"item": "visit.verification", "data": {
            "target_item": "selfdeclared.operation", "target_period": "2025",
            "outcome": "confirmed", "visited_on": "2026-01-02"}}, "not_signed"),
    ],
)  # fmt: skip
def test_what_is_not_sound_is_refused_with_its_reason(changes: dict[str, Any], code: str) -> None:
    assert refusal(fact(**changes)) == code


def test_a_sole_trader_with_a_trade_name_is_an_organisation_only_where_it_is_named() -> None:
    trader = fictional_uscc(SOLE_TRADER, 1)
    named = {"name": "样例小吃店", "established_on": "2020-01-02"}
    body = fact(item="registration.basic", subject=trader, data=named)
    check_delivered(body, DELIVERER)
    assert refusal({**body, "data": {"name": "样小例"}}) == "sole_trader"


def test_what_the_deliverer_made_itself_may_be_called_direct() -> None:
    own = {"name": NAME, "code": CODE, "document": "1", "digest": ""}
    check_delivered(fact(channel="direct", source=own), DELIVERER)
