from __future__ import annotations

import inspect
from typing import Any

import pytest

from tallystick.kernel import canonical
from tallystick.kernel.signing import SigningKey
from tallystick.records import KINDS, Body, Delivery, bodies

DELIVERY = Delivery("00" * 16, "2026-01-01")
SUBJECT = "91310113MA1GKDGP4E"

FACT = bodies.fact(
    DELIVERY,
    item="tax.rating",
    subject=SUBJECT,
    key="2024",
    occurred="2025-04-30",
    data={"year": 2024, "grade": "A", "of_a_later_version": ["x", None]},
    source={"name": "样例税务局", "code": "", "document": "1", "digest": "ab" * 32},
    channel="transcribed",
    imported="tax-0001",
)
BODIES: list[Body] = [
    bodies.founding(DELIVERY, origin="a.example/l", operator="样例协会", code="", sample=True),
    bodies.party(DELIVERY, role="officer", key="k", code="", name="演示员"),
    bodies.delivered_file(
        DELIVERY, name="tax-0001", source="tax", digest="ab", mapping="cd", complete=False
    ),
    bodies.retraction(DELIVERY, name="tax-0001", reason="wrong file"),
    FACT,
    bodies.grant(
        DELIVERY,
        subject=SUBJECT,
        categories=("tax",),
        purpose="association_evaluation",
        granted_on="2026-01-01",
        until="2026-12-31",
        document_digest="ab" * 32,
        imported="",
    ),
    bodies.withdrawal(DELIVERY, subject=SUBJECT, grants=("ab",), from_day="2026-02-01"),
    bodies.scheme(DELIVERY, name="s", digest="ab", document="{}", text="id: s"),
    bodies.weighing(
        DELIVERY,
        scheme="s",
        digest="ab",
        result={"groups": [{"group": "dimensions", "cr": "0.02"}]},
        reason="",
        officer={},
    ),
    bodies.unread(DELIVERY, name="tax-0001", source="tax", subjects=(SUBJECT,)),
    bodies.use(
        DELIVERY,
        subject=SUBJECT,
        purpose="association_evaluation",
        reader="00" * 16,
        read={"tax.rating": 1},
        withheld={"honour.award": "no_grant"},
        as_of="2026-04-01",
    ),
    bodies.evaluation(
        DELIVERY, subject=SUBJECT, scheme="ab", as_of="2026-04-01", view="cd", result={"score": "1"}
    ),
    bodies.decision(
        DELIVERY,
        subject=SUBJECT,
        evaluation="ab",
        outcome="confirm",
        band="A",
        light="green",
        reason="as proposed",
        officer={"key": "cd", "name": "演示员"},
        scripted=True,
    ),
    bodies.report(
        DELIVERY,
        subject=SUBJECT,
        format="pdf",
        language="zh",
        digest="ab" * 32,
        length=1,
        document="cd" * 32,
        as_of="2026-04-01",
        scheme="ab",
        evaluation="ab",
        decision="",
        code="",
    ),
    bodies.key_end(DELIVERY, role="officer", key="k", reason="retired", detail=""),
    bodies.erasure(
        DELIVERY,
        subject=SUBJECT,
        records=["ab" * 32],
        basis="征信业管理条例 art. 25",
        reason="异议成立",
        delivered=[{"reader": "r", "purpose": "p", "recorded": "2026-01-01", "record": "cd" * 32}],
        consents=[{"record": "ab" * 32, "document_digest": "cd" * 32, "imported": True}],
        targets=["financial.annual|2025"],
        more=0,
    ),
    bodies.witness(DELIVERY, name="w", key="k", url="", quorum=1, after=3, action="add"),
    bodies.model(
        DELIVERY,
        action="seal",
        name="regional",
        version="1.0",
        digest="ab" * 32,
        route="logistic",
        route_reason={"zh": "样本够", "en": "enough rows"},
        training="cd" * 32,
        rows=7027,
        validation={"auc": "0.81"},
        limits={"zh": "不用于新设企业", "en": "not for new companies"},
        from_day="2026-05-01",
        reason="经评审",
        officer={"key": "ab" * 16, "name": "认定人"},
        card="{}",
    ),
]
MAKERS: list[Any] = [
    maker
    for name, maker in inspect.getmembers(bodies, inspect.isfunction)
    if maker.__module__ == bodies.__name__
    and not name.startswith("_")
    and "delivery" in inspect.signature(maker).parameters
]


def test_every_kind_has_a_body_and_every_body_a_kind() -> None:
    assert sorted(body["kind"] for body in BODIES) == sorted(KINDS)
    assert len(MAKERS) == len(KINDS)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body["kind"]))
def test_every_body_says_version_kind_day_and_deliverer(body: Body) -> None:
    assert body["v"] == 1
    assert body["recorded"] == DELIVERY.recorded
    assert body["delivered_by"] == DELIVERY.delivered_by


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body["kind"]))
def test_every_body_has_one_encoding_and_is_read_back_whole(body: Body) -> None:
    assert canonical.decode(canonical.encode(body)) == body


def test_fields_of_a_later_version_survive_reading_and_writing() -> None:
    later = {**FACT, "of_a_later_version": {"a": [1, None, "信"]}}
    again = canonical.decode(canonical.encode(later))
    assert again["of_a_later_version"] == {"a": [1, None, "信"]}
    assert again["data"]["of_a_later_version"] == ["x", None]
    assert canonical.encode(again) == canonical.encode(later)


def test_a_decision_is_shown_with_its_officer_and_whether_a_script_made_it() -> None:
    [decision] = [body for body in BODIES if body["kind"] == "decision"]
    shown = bodies.shown_decision("ab" * 32, {**decision, "signatures": [{"key": "cd"}]})
    assert shown["record"] == "ab" * 32
    assert shown["scripted"] is True
    assert shown["officer"] == "演示员"
    assert shown["officer_key"] == decision["officer"]["key"]
    assert shown["outcome"] == "confirm"
    assert "signatures" not in shown


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: str(maker.__name__))
def test_the_parts_of_a_body_are_named_where_it_is_made(maker: Any) -> None:
    parameters = list(inspect.signature(maker).parameters.values())
    assert parameters[0].name == "delivery"
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters[1:])
    assert all(p.default is inspect.Parameter.empty for p in parameters)


def test_officers_of_one_name_are_told_apart_by_the_key_the_trust_file_shows() -> None:
    one, other = (SigningKey("example.org/officer", bytes([n]) * 32).verifier for n in (1, 2))
    said = {bodies.named_officer("李主任", key.key_id.hex()) for key in (one, other)}
    assert len(said) == 2
    shown = bodies.named_officer("李主任", one.key_id.hex())
    digits = one.text().split("+")[1]
    assert shown == (f"李主任（密钥 {digits}）", f"李主任 (key {digits})")
