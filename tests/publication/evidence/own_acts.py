"""Acts with the signatures they need, or with others, and whether they count."""

from __future__ import annotations

from typing import Any

from tests.publication.evidence.own_ledger import (
    OFFICER,
    PARTNER,
    PROVIDER,
    SECOND_OFFICER,
    STRANGER,
    VERIFIER,
    body_of,
    signed,
)

DECISION, WEIGHING, MODEL = (body_of(k) for k in ("decision", "weighing", "model"))
VISIT, DEAL = (
    body_of("fact", item="visit.verification"),
    body_of("fact", item="contract.fulfilment"),
)
END, ERASURE, WITNESS, PARTY = (body_of(k) for k in ("key_end", "erasure", "witness", "party"))
NEW_OFFICER = body_of("party", role="officer", key=STRANGER.text)
FIRST_OFFICER = body_of("party", role="officer", key=OFFICER.text)
LATER_OFFICER = body_of("party", role="officer", key=SECOND_OFFICER.text)


def ratio(*ratios: Any, officer: Any = None) -> dict[str, Any]:
    groups = [{"cr": one} for one in ratios]
    return body_of("weighing", result={"groups": groups}, officer=officer or {})


NAMED = DECISION["officer"]
TEN, THIRTY = "0.1" + "0" * 28, "0.1" + "0" * 29
ACTS: dict[str, tuple[dict[str, Any], bool]] = {
    "a decision nobody signed": (DECISION, False),
    "a decision by its officer": (signed(DECISION, OFFICER), True),
    "a decision by two officers": (signed(DECISION, SECOND_OFFICER, OFFICER), True),
    "a decision by the same officer twice": (signed(DECISION, OFFICER, OFFICER), True),
    "a decision by another officer": (signed(DECISION, SECOND_OFFICER), False),
    "a decision by the operator": (signed(DECISION, PROVIDER), False),
    "a decision by its officer and the operator": (signed(DECISION, OFFICER, PROVIDER), False),
    "a decision by a stranger": (signed(DECISION, STRANGER), False),
    "a decision of another ledger": (signed(DECISION, OFFICER, origin="example.org/o"), False),
    "a decision under another name": (
        signed({**DECISION, "officer": {**NAMED, "name": "Officer Two"}}, OFFICER), False,
    ),
    "a decision by nobody named": (signed({**DECISION, "officer": {}}, OFFICER), False),
    "a model nobody signed": (MODEL, False),
    "a model by its officer": (signed(MODEL, OFFICER), True),
    "a model by another officer": (signed(MODEL, SECOND_OFFICER), False),
    "a model by the operator": (signed(MODEL, PROVIDER), False),
    "a model by nobody named": (signed({**MODEL, "officer": {}}, OFFICER), False),
    "a model changed after": ({**signed(MODEL, OFFICER), "card": "{ }"}, False),
    "a decision changed after": (
        {**signed(DECISION, OFFICER), "outcome": "confirmed"}, False,
    ),
    "a decision with no signatures": ({**DECISION, "signatures": []}, False),
    "a decision with signatures of no form": ({**DECISION, "signatures": {}}, False),
    "a decision with a text for signatures": ({**DECISION, "signatures": "x"}, False),
    "a decision with signatures that say more": (
        {**DECISION, "signatures": [{**signed(DECISION, OFFICER)["signatures"][0], "x": 1}]}, False,
    ),
    "a decision with a signature in capitals": (
        {
            **DECISION,
            "signatures": [
                {k: v.upper() for k, v in signed(DECISION, OFFICER)["signatures"][0].items()}
            ],
        },
        False,
    ),
    "a grant the operator signed": (signed(body_of("grant"), PROVIDER), False),
    "a fact nobody signed": (body_of("fact"), True),
    "a fact the operator signed": (signed(body_of("fact"), PROVIDER), True),
    "a fact the verifier signed": (signed(body_of("fact"), VERIFIER), True),
    "a fact an officer signed": (signed(body_of("fact"), OFFICER), False),
    "a fact a stranger signed too": (signed(body_of("fact"), PROVIDER, STRANGER), False),
    "a fact whose item is a list": (body_of("fact", item=["visit.verification"]), False),
    "a visit nobody signed": (VISIT, False),
    "a visit the verifier signed": (signed(VISIT, VERIFIER), True),
    "a visit the operator signed": (signed(VISIT, PROVIDER), False),
    "a deal nobody signed": (DEAL, False),
    "a deal one party signed": (signed(DEAL, PROVIDER), False),
    "a deal one party signed twice": (signed(DEAL, PROVIDER, PROVIDER), False),
    "a deal both parties signed": (signed(DEAL, PROVIDER, PARTNER), True),
    "a deal both parties signed, of a third": (
        signed({**DEAL, "subject": "91310110631568130R"}, PROVIDER, PARTNER), False,
    ),
    "a deal a verifier signed": (signed(DEAL, PROVIDER, VERIFIER), False),
    "a weighing that agrees": (WEIGHING, True),
    "a weighing that agrees, signed": (signed(WEIGHING, OFFICER), True),
    "a weighing that agrees, signed by the operator": (signed(WEIGHING, PROVIDER), False),
    "a weighing that contradicts itself": (ratio("0.05", "0.1"), False),
    "a weighing just below": (ratio("0.09999"), True),
    "a weighing that names an officer": (ratio("0.05", officer=NAMED), False),
    "a weighing an officer took on": (signed(ratio("0.2", officer=NAMED), OFFICER), True),
    "a weighing another officer took on": (
        signed(ratio("0.2", officer=NAMED), SECOND_OFFICER), False,
    ),
    "a weighing of a number": (ratio(1), False),
    "a weighing of no number": (ratio("nan"), False),
    "a weighing with an exponent": (ratio("1e-9"), False),
    "a weighing below zero": (ratio("-1"), True),
    "a weighing in other digits": (ratio("٠"), False),
    "a weighing with a newline": (ratio("0\n"), False),
    "a weighing of 30 digits": (signed(ratio(TEN, officer=NAMED), OFFICER), True),
    "a weighing of 31 digits": (signed(ratio(THIRTY, officer=NAMED), OFFICER), False),
    "a weighing of no result": ({**WEIGHING, "result": None}, False),
    "a weighing of no groups": ({**WEIGHING, "result": {"groups": []}}, True),
    "a party nobody signed": (PARTY, True),
    "a party two keys signed": (signed(PARTY, PROVIDER, OFFICER), True),
    "a party the operator signed": (signed(PARTY, PROVIDER), False),
    "a party another provider signed": (signed(PARTY, PARTNER, OFFICER), False),
    "a party two officers signed": (signed(PARTY, OFFICER, SECOND_OFFICER), False),
    "a new officer": (signed(NEW_OFFICER, PROVIDER, OFFICER), True),
    "a new officer by the own key": (signed(NEW_OFFICER, PROVIDER, STRANGER), False),
    "the first officer by the own key": (signed(FIRST_OFFICER, PROVIDER, OFFICER), True),
    "the first officer by a later one": (signed(FIRST_OFFICER, PROVIDER, SECOND_OFFICER), False),
    "the second officer by the own key": (signed(LATER_OFFICER, PROVIDER, SECOND_OFFICER), False),
    "the second officer by the first": (signed(LATER_OFFICER, PROVIDER, OFFICER), True),
    "an officer whose key is no key": (
        signed({**NEW_OFFICER, "key": "x"}, PROVIDER, OFFICER), True,
    ),
    **{
        f"{what} {how}": (signed(body, *keys) if keys else body, valid)
        for what, body in (("an end", END), ("an erasure", ERASURE), ("a witness", WITNESS))
        for how, keys, valid in (
            ("nobody signed", (), False),
            ("the operator signed", (PROVIDER,), False),
            ("the operator signed twice", (PROVIDER, PROVIDER), False),
            ("an officer signed", (OFFICER,), False),
            ("two keys signed", (PROVIDER, OFFICER), True),
            ("three keys signed", (SECOND_OFFICER, PARTNER, PROVIDER), True),
            ("two providers signed", (PROVIDER, PARTNER), False),
            ("another provider signed", (PARTNER, OFFICER), False),
            ("a verifier signed", (PROVIDER, VERIFIER), False),
            ("a stranger signed too", (PROVIDER, OFFICER, STRANGER), False),
        )
    },
}  # fmt: skip
