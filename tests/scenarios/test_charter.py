"""What the software refuses by construction, tried through the doors that users have."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tallystick.app import schemes
from tallystick.app.importing import deliver, import_files
from tallystick.app.officers import open_officer, register
from tallystick.evaluation import shipped_scheme
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import Party
from tallystick.records import Body, sign_act
from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.refusals import RefusedClass, refusals
from tallystick.testing.fiction import (
    COMPANY,
    HONG_KONG_DIVISION,
    SOLE_TRADER,
    fictional_uscc,
)

from .conftest import (
    ACME,
    BOREAS,
    EVERYTHING,
    OFFICER,
    TODAY,
    Association,
    fact,
    refusal,
    roster_row,
    year_row,
)

CHARTER = [one for one in refusals().classes if "charter" in dict(one.covers)]
YEAR_END = "2026-12-31"


def resident_id() -> str:
    """Return eighteen digits with the check of a resident id, of a district that does not exist."""
    digits = "31999918990101001"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


# -- 1. Only organisations are rated ----------------------------------------------------------


def test_rows_about_people_never_become_subjects(association: Association) -> None:
    decision = {
        "CF_WSH": "样市监处罚〔2026〕第1号", "CF_JDRQ": "2026/03/05", "CF_CFJG": "样例监管局",
    }  # fmt: skip
    penalties = association.receives(
        "penalties",
        {"CF_XDR_MC": "样某某", "CF_XDR_LB": "自然人", "CF_XDR_SHXYM": ACME, **decision},
        {"CF_XDR_MC": "样某某", "CF_XDR_LB": "01", "CF_XDR_SHXYM": resident_id(), **decision},
        {"CF_XDR_MC": "样某某", "CF_XDR_LB": "", "CF_XDR_SHXYM": resident_id(), **decision},
        {
            "CF_XDR_MC": "样小例",
            "CF_XDR_LB": "个体工商户",
            "CF_XDR_SHXYM": fictional_uscc(SOLE_TRADER, 89_000),
            **decision,
        },
    )
    debtors = association.receives(
        "judgment-debtors",
        {
            "iname": "样某某", "partyTypeName": "0", "cardNum": resident_id(), "caseCode": "样1",
            "courtName": "样例法院", "regDate": "2026-01-05",
        },
    )  # fmt: skip
    assert dict(penalties.refused) == {"natural_person": 3, "sole_trader": 1}
    assert dict(debtors.refused) == {"natural_person": 1}
    assert penalties.accepted == debtors.accepted == 0
    with association.opened() as store:
        assert set(store.index.subjects.names) == {"", ACME, BOREAS}


@pytest.mark.parametrize(
    ("subject", "name", "code"),
    [
        (resident_id(), "", "natural_person"),
        (fictional_uscc(SOLE_TRADER, 89_000), "样小例", "sole_trader"),
        (fictional_uscc(SOLE_TRADER, 89_000), "", "sole_trader"),
        (ACME[:-1] + "0", "", "bad_uscc"),
        ("", "", "no_uscc"),
        ("91310110 PDY00501X", "", "bad_uscc"),
        (ACME.lower(), "", "bad_uscc"),
    ],
)
def test_who_signs_instead_of_sending_a_file_cannot_make_a_person_a_member(
    association: Association, subject: str, name: str, code: str
) -> None:
    with association.opened() as store:
        body = fact(store, "registration.basic", {"name": name}, subject=subject)
    assert refusal(association, body).code == code


def test_a_person_is_neither_evaluated_nor_explained_nor_decided_on(
    association: Association,
) -> None:
    for act in (association.evaluates, association.explains):
        with pytest.raises(TallyError) as caught:
            act(resident_id())
        assert caught.value.code in {"bad_uscc", "not_a_member"}
        assert resident_id() not in str(caught.value) + repr(caught.value.text)


def test_what_merely_mentions_an_organisation_makes_it_no_member(
    association: Association,
) -> None:
    stranger = fictional_uscc(COMPANY, 777)
    association.receives("association", year_row(stranger))
    with pytest.raises(TallyError, match="not_a_member"):
        association.evaluates(stranger)
    assert stranger not in association.evaluates_all()


# -- 2. Nothing outside the catalogue; the refused classes, always -----------------------------


@pytest.mark.parametrize("refused", CHARTER, ids=lambda one: one.code)
def test_a_refused_class_cannot_be_declared_as_an_item_of_ones_own(
    refused: RefusedClass,
) -> None:
    document = {
        "code": "own.note",
        "zh": refused.names.zh,
        "en": "a note",
        "class": "voluntary",
        "sharing": "consent",
        "source_document": {"zh": "同意书", "en": "a form of consent"},
        "legal_basis": [{"law": "credit_reporting", "article": "21"}],
        "fields": [{"name": "note", "zh": "说明", "en": "note", "type": "text", "unit": "",
                    "need": "required"}],
    }  # fmt: skip
    with pytest.raises(TallyError) as caught:
        catalogue().declare(document)
    _names_the_class(caught.value, refused)


@pytest.mark.parametrize("refused", CHARTER, ids=lambda one: one.code)
def test_a_refused_column_is_not_read_whatever_the_mapping_says(
    association: Association, refused: RefusedClass, tmp_path: Path
) -> None:
    file, mapping = tmp_path / "roster.csv", tmp_path / "mapping.yaml"
    header = refused.names.zh.replace("、", "")
    file.write_text(f"name,uscc,as_of,{header}\n样例,{ACME},2026-01-01,x\n", encoding="utf-8")
    with association.opened() as store:
        report = import_files(store, [file], "roster")
    assert [(one.code, one.field) for one in report.problems] == [("refused_column", refused.code)]
    mapping.write_text(
        "source: roster\ncolumns:\n"
        "- {column: 2, header: uscc, to: uscc}\n"
        "- {column: 3, header: as_of, to: as_of}\n"
        f"- {{column: 4, header: {header}, to: name}}\n",
        encoding="utf-8",
    )
    with association.opened() as store, pytest.raises(TallyError) as caught:
        import_files(store, [file], "roster", mapping=mapping)
    _names_the_class(caught.value, refused)


@pytest.mark.parametrize("refused", CHARTER, ids=lambda one: one.code)
def test_an_indicator_of_a_refused_class_cannot_be_published(
    association: Association, refused: RefusedClass, tmp_path: Path
) -> None:
    text = shipped_scheme("association-2019").replace("zh: 成立年限", f"zh: {refused.names.zh}", 1)
    file = tmp_path / "scheme.yaml"
    file.write_text(text, encoding="utf-8")
    [problem] = schemes.lint(file)
    assert problem.code == "refused_class"
    assert problem.rule == refused.article
    assert problem.line == text[: text.index(refused.names.zh)].count("\n") + 1
    with association.opened() as store, pytest.raises(TallyError):
        schemes.publish(store, str(file))


def _names_the_class(fault: TallyError, refused: RefusedClass) -> None:
    assert fault.code == "refused_class"
    assert fault.reason.rule == refused.article
    assert refused.names.zh in fault.text.zh
    assert refused.names.en in fault.text.en


def test_what_is_not_in_the_catalogue_is_not_sealed(association: Association) -> None:
    with association.opened() as store:
        body = fact(store, "own.rumour", {"note": "样例"})
    fault = refusal(association, body)
    assert (fault.code, fault.reason.rule) == ("not_in_catalogue", "上海市社会信用条例 art. 11")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"year": "2025", "grade": "A"},
        {"year": 2025, "grade": "S"},
        {"year": 2025, "grade": "A", "religion": "样例"},
        {"year": 2025.5, "grade": "A"},
    ],
)
def test_data_that_do_not_fit_their_item_are_not_sealed(
    association: Association, data: dict[str, Any]
) -> None:
    with association.opened() as store:
        body = fact(store, "tax.rating", data)
    assert refusal(association, body).code == "not_a_fact"


# -- who says so ------------------------------------------------------------------------------


def test_nobody_can_deliver_a_fact_as_signed_by_a_court_that_did_not_sign(
    association: Association,
) -> None:
    with association.opened() as store:
        body = fact(store, "tax.rating", {"year": 2025, "grade": "A"}, channel="direct")
        sound = fact(store, "tax.rating", {"year": 2025, "grade": "A"})
    assert refusal(association, body).code == "not_as_delivered"
    with association.opened() as store:
        [record] = deliver(store, [sound])
    association.is_given_consent(ACME, "tax", until=YEAR_END)
    verdict = association.verified(association.receipt(record))
    assert verdict.provenance is not None
    assert verdict.provenance.en == (
        "transcribed by 样例协会 from document 样1号 of 样例区人民法院, "
        "not signed by 样例区人民法院"
    )


def test_a_row_that_names_another_association_is_not_taken_for_our_own(
    association: Association,
) -> None:
    association.is_given_consent(ACME, *EVERYTHING, until=YEAR_END)
    association.receives(
        "association", year_row(ACME), year_row(ACME, year="2024", recorded_by="另一家样例协会")
    )
    facts = {
        one["data"]["year"]: one
        for one in association.explains(ACME)["facts"]
        if one["item"] == "association.membership_year"
    }
    assert facts[2025]["channel"] == "direct"
    assert facts[2025]["provenance"].startswith("signed by 样例协会 itself")
    assert facts[2024]["channel"] == "transcribed"
    assert "not signed by 另一家样例协会" in facts[2024]["provenance"]


# -- the fulfilment of a contract: both parties sign -------------------------------------------


@pytest.fixture
def parties(association: Association) -> dict[str, SigningKey]:
    """Buyer and seller with registered keys, and one more key of the buyer."""
    keys = {
        name: SigningKey(f"example.org/{name}", os.urandom(32))
        for name in ("buyer", "seller", "buyer-again", "stranger")
    }
    association.appoints(OFFICER)
    with association.opened() as store:
        chair, _ = open_officer(store, OFFICER)
        register(
            store, Party("provider", keys["buyer"].verifier, ACME, "云杉样例科技有限公司"), chair
        )
        register(
            store, Party("provider", keys["seller"].verifier, BOREAS, "星河演示科技有限公司"), chair
        )
        register(
            store,
            Party("provider", keys["buyer-again"].verifier, ACME, "云杉样例科技有限公司"),
            chair,
        )
    return keys


def contract(
    association: Association, keys: list[SigningKey], subject: str = ACME, **changes: Any
) -> Body:
    data = {
        "contract_id": "样合1号",
        "role": "buyer",
        "due_on": "2026-03-01",
        "done_on": "2026-02-27",
        "amount": "1200.50",
        "outcome": "kept",
    }
    with association.opened() as store:
        body = fact(store, "contract.fulfilment", data, subject=subject)
        return {**sign_act(store.origin, body, keys), **changes}


def test_a_contract_fact_that_both_parties_signed_is_sealed(
    association: Association, parties: dict[str, SigningKey]
) -> None:
    body = contract(association, [parties["buyer"], parties["seller"]])
    with association.opened() as store:
        [record] = deliver(store, [body])
    association.is_given_consent(ACME, "contract", until=YEAR_END)
    verdict = association.verified(association.receipt(record))
    assert verdict.valid
    assert [check.ok for check in verdict.checks if check.step == "acts"] == [True]
    assert association.audited().ok


@pytest.mark.parametrize(
    "signers",
    [
        [],
        ["buyer"],
        ["seller"],
        ["buyer", "buyer"],
        ["buyer", "buyer-again"],
        ["buyer", "stranger"],
    ],
)
def test_a_contract_fact_that_one_party_signed_is_refused(
    association: Association, parties: dict[str, SigningKey], signers: list[str]
) -> None:
    body = contract(association, [parties[name] for name in signers])
    assert refusal(association, body).code in {"not_signed", "unknown_key"}


def test_two_others_cannot_sign_what_is_said_of_a_third(
    association: Association, parties: dict[str, SigningKey]
) -> None:
    third = fictional_uscc(COMPANY, 503)
    both = [parties["buyer"], parties["seller"]]
    assert refusal(association, contract(association, both, third)).code == "not_signed"


def test_a_contract_fact_changed_after_both_signed_is_refused(
    association: Association, parties: dict[str, SigningKey]
) -> None:
    both = [parties["buyer"], parties["seller"]]
    body = contract(association, both, occurred="2026-05-07")
    assert refusal(association, body).code == "bad_signature"


def test_every_item_that_needs_two_signatures_is_checked_for_them() -> None:
    """What a receipt is checked for without the catalogue is what the catalogue says."""
    from tallystick.app.acts import CONTRACT  # noqa: PLC0415

    two = {code for code, item in catalogue().items.items() if item.parties_signatures > 1}
    assert two == {CONTRACT}


# -- 8. Where the system does not apply -------------------------------------------------------


@pytest.mark.parametrize("division", [HONG_KONG_DIVISION, "820000", "710000"])
def test_registrations_of_hong_kong_macau_and_taiwan_are_refused_with_the_rule(
    association: Association, division: str
) -> None:
    subject = fictional_uscc(COMPANY, 1, division)
    report = association.receives("roster", roster_row(subject, as_of=TODAY))
    [problem] = report.problems
    assert (problem.code, problem.line, report.accepted) == ("outside_territory", 2, 0)
    assert problem.rule
    with association.opened() as store:
        body = fact(store, "tax.rating", {"year": 2025, "grade": "A"}, subject=subject)
    assert refusal(association, body).code == "outside_territory"
