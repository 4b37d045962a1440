from __future__ import annotations

import datetime
from typing import Any

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.rulebook.catalogue import ALREADY_IN_CATALOGUE, catalogue
from tallystick.rulebook.citations import Seen
from tallystick.rulebook.declaring import (
    BAD_DECLARATION,
    NO_LEGAL_BASIS,
    NO_SOURCE_DOCUMENT,
    PUBLIC_CLASS_NOT_DECLARABLE,
    UNVERIFIED_NEGATIVE,
)
from tallystick.rulebook.refusals import REFUSED_CLASS, refusals


def document(**changes: object) -> dict[str, Any]:
    made: dict[str, Any] = {
        "code": "own.carbon_report",
        "zh": "碳排放报告",
        "en": "carbon report",
        "class": "voluntary",
        "sharing": "consent",
        "source_document": {"zh": "第三方核查报告", "en": "a third party's verification report"},
        "legal_basis": [{"law": "credit_reporting", "article": "21"}],
        "fields": [
            {"name": "tonnes", "zh": "排放量", "en": "tonnes emitted", "type": "decimal",
             "unit": "t", "need": "required", "min": "0"},
        ],
    }  # fmt: skip
    return {**made, **changes}


def field(**changes: object) -> dict[str, Any]:
    return {**document()["fields"][0], **changes}


def refused(made: dict[str, Any]) -> TallyError:
    with pytest.raises(TallyError) as refusal:
        catalogue().declare(made)
    return refusal.value


def test_an_own_item_takes_facts_once_it_is_added() -> None:
    item = catalogue().declare(document())
    assert item.declared
    own = catalogue().with_items([item])
    assert own.validate("own.carbon_report", {"tonnes": "12.5"}) == ()
    assert [p.field for p in own.validate("own.carbon_report", {"tonnes": "-1"})] == ["tonnes"]
    assert "own.carbon_report" not in catalogue().items


def test_an_own_item_rests_on_an_unverified_article_unless_somebody_says_it_was_read() -> None:
    assert catalogue().declare(document()).unverified
    basis = [{"law": "某市条例", "article": "3", "seen": "full_text"}]
    item = catalogue().declare(document(legal_basis=basis))
    assert not item.unverified
    assert item.legal_basis[0].law.zh == "某市条例"


def test_scalars_may_come_typed_as_a_yaml_reader_gives_them() -> None:
    made = document(sign=1, signatures=2, to=None, licence_id=None)
    made["from"] = datetime.date(2026, 5, 1)
    item = catalogue().declare(made)
    assert (item.sign, item.parties_signatures, item.in_force_from) == (1, 2, "2026-05-01")


@pytest.mark.parametrize("listed", refusals().classes, ids=lambda found: found.code)
def test_every_refused_class_is_refused_in_every_place_of_a_declaration(listed: Any) -> None:
    for zh, en in [listed.names, *(words for _, words in listed.covers)]:
        if refusals().find(zh) is None:
            continue
        name = "x" if refusals().find(en) is None else "_".join(en.replace(",", "").split())
        for made in (
            document(zh=zh),
            document(code=f"own.{name}") if name != "x" else document(zh=zh),
            document(fields=[field(zh=zh)]),
            document(fields=[field(type="enum", values={"a": {"zh": zh, "en": "a"}})]),
            document(source_document={"zh": zh, "en": "a file"}),
        ):
            error = refused(made)
            assert error.code == REFUSED_CLASS
            assert error.reason.rule


@pytest.mark.parametrize("nothing", [[], None, "", {}])
def test_nothing_is_declared_without_a_legal_basis(nothing: object) -> None:
    assert refused(document(legal_basis=nothing)).reason is NO_LEGAL_BASIS
    left = document()
    del left["legal_basis"]
    assert refused(left).reason is NO_LEGAL_BASIS


@pytest.mark.parametrize("nothing", [{}, None, ""])
def test_nothing_is_declared_without_a_source_document(nothing: object) -> None:
    assert refused(document(source_document=nothing)).reason is NO_SOURCE_DOCUMENT


def test_nobody_declares_what_may_be_read_without_consent() -> None:
    assert refused(document(sharing="public")).reason is PUBLIC_CLASS_NOT_DECLARABLE


def test_an_article_nobody_read_speaks_against_nobody() -> None:
    assert refused(document(sign=-1)).reason is UNVERIFIED_NEGATIVE
    basis = [{"law": "shanghai_credit", "article": "9", "seen": Seen.FULL_TEXT.value}]
    assert catalogue().declare(document(sign=-1, legal_basis=basis)).sign == -1


def test_a_packaged_item_cannot_be_declared_again() -> None:
    assert refused(document(code="tax.rating")).reason is ALREADY_IN_CATALOGUE


@pytest.mark.parametrize(
    "change",
    [
        {"extra": "1"}, {"code": "Own.Carbon"}, {"code": "carbon"}, {"fields": []},
        {"class": "secret"},
        {"fields": [field(), field()]}, {"fields": [field(name="Tonnes")]}, {"sign": 2},
        {"fields": [field(unit="")]}, {"fields": [field(type="float")]}, {"signatures": 3},
        {"fields": [field(values={"a": {"zh": "甲", "en": "a"}})]}, {"fields": "all"},
        {"legal_basis": "a law"}, {"legal_basis": ["a law"]}, {"zh": ""}, {"en": None},
        {"retention": {"years": "5", "from": ["no_such_field"], "basis": "null"}},
        {"fields": [[[[[["deep"]]]]]]}, {"from": "2026-02-30"},
        {"legal_basis": [{"law": "x", "seen": "dreamt"}]},
    ],
    ids=str,
)  # fmt: skip
def test_a_faulty_declaration_is_refused_with_its_place(change: dict[str, Any]) -> None:
    assert refused(document(**change)).reason is BAD_DECLARATION
