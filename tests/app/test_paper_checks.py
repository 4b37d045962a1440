"""Checking reports: whatever was changed, swapped or made by somebody else is not valid."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app import paper_checks
from tallystick.app.founding import found
from tallystick.app.paper_checks import PaperVerdict, verify_paper
from tallystick.app.receipts import make_numbered
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.ledger import Party, TrustPolicy, parse_trust, read_receipt
from tallystick.publication.paper import attach, read_code, read_paper, write_code

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import Papers

STEPS = (
    *("paper", "form", "commitment", "batch", "log", "kind", "deliverer"),
    *("status", "checkpoint", "provider", "page", "shows", "signed"),
)


def broken(verdict: PaperVerdict) -> list[str]:
    return [check.step for check in verdict.checks if not check.ok]


def remade(paper: bytes, page: bytes | None = None, receipts: list[bytes] | None = None) -> bytes:
    """Return a paper that is well made, of another page or with other receipts."""
    read = read_paper(paper)
    return attach(read.form, page or read.page, receipts or read.receipts)


def officer_of(papers: Papers) -> Party:
    [officer] = [p for p in parse_trust(papers.trust).parties if p.role == "officer"]
    return officer


def test_a_report_is_valid_and_says_what_its_records_say(papers: Papers) -> None:
    for paper, form in ((papers.html, "html"), (papers.pdf, "pdf")):
        verdict = verify_paper(paper, papers.trust)
        assert verdict.valid, verdict.checks
        assert tuple(check.step for check in verdict.checks) == STEPS
        assert verdict.signer == "样例协会"
        assert verdict.shows == {
            "subject": papers.decided,
            "format": form,
            "language": "en",
            "as_of": "2026-11-01",
            "recorded": "2026-11-01",
            "status": "decided",
            "band": "低风险",
            "light": "green",
            "score": "",
            "grade": "",
            "scheme": "association-2019 1.0",
            "decided_on": "2026-11-01",
            "officer": papers.officer,
            "officer_key": officer_of(papers).key.key_id.hex(),
            "scripted": False,
        }


def test_the_steps_are_those_the_module_states() -> None:
    lines = [line.split() for line in (paper_checks.__doc__ or "").splitlines()]
    assert tuple(words[1] for words in lines if words and words[0].isdigit()) == (*STEPS, "fresh")


def test_what_programs_read_has_the_form_of_receipts(papers: Papers) -> None:
    told = verify_paper(papers.pdf, papers.trust).to_json("zh")
    assert (told["valid"], told["consistent"], told["signer"]) == (True, True, "样例协会")
    assert all(set(check) == {"step", "ok", "detail"} for check in told["checks"])
    assert json.loads(json.dumps(told)) == told


def test_without_a_trust_file_a_report_is_consistent_and_not_valid(papers: Papers) -> None:
    verdict = verify_paper(papers.html)
    assert (verdict.consistent, verdict.valid) == (True, False)
    assert verdict.to_json()["signer"] == "unknown"
    assert broken(verdict) == ["checkpoint"]


def test_a_proposal_is_not_told_as_a_grade(papers: Papers) -> None:
    verdict = verify_paper(papers.proposal, papers.trust)
    assert verdict.valid
    assert verdict.shows["status"] in {"proposal", "no_proposal"}
    assert verdict.shows["officer"] == ""


# -- forgery ----------------------------------------------------------------------------------


def test_a_forger_with_own_keys_makes_a_paper_only_the_forger_believes(
    papers: Papers, tmp_path: Path
) -> None:
    """Same origin, same operator, same bodies but a better light, own keys."""
    with papers.house.opened(writer=False) as store:
        origin = store.origin
        bodies = [store.body(store.find(one)) for one in papers.records_of(store, papers.decided)]
    forged_house = replace(papers.house, folder=tmp_path / "forged")
    with found(forged_house.settings(), "p", operator="样例协会", origin=origin) as store:
        mine = store.provider_key.verifier.key_id.hex()
        true = verify_paper(papers.html).body or {}
        page = read_paper(papers.html).page
        [evaluation] = store.append([{**bodies[0], "delivered_by": mine}])
        report = {**true, "delivered_by": mine, "evaluation": evaluation, "decision": ""}
        checkpoint = store.log.checkpoint
        assert checkpoint is not None
        report["code"] = write_code(bytes.fromhex(evaluation), checkpoint)
        [record] = store.append([report])
        receipts = [make_numbered(store, store.find(one)) for one in (record, evaluation)]
        own_trust = store.trust.text()
    forged = attach("html", page, receipts)
    assert verify_paper(forged, own_trust).valid, "the forger would believe it"
    assert verify_paper(forged).consistent, "the paper agrees with itself"
    assert broken(verify_paper(forged, papers.trust)) == ["checkpoint", "provider", "signed"]


def test_a_page_drawn_again_in_other_words_is_not_the_sealed_one(papers: Papers) -> None:
    for paper in (papers.html, papers.pdf):
        page = read_paper(paper).page
        other = page.replace(b"Report", b"AAAAAA")
        assert other != page
        verdict = verify_paper(remade(paper, page=other), papers.trust)
        assert broken(verdict) == ["page"]
        assert verdict.to_json()["shows"] == {}, "nothing is told of a forged page"


def test_receipts_of_another_report_do_not_fit(papers: Papers) -> None:
    """Of another organisation, and of the same report in the other form."""
    other = read_paper(papers.proposal).receipts
    assert broken(verify_paper(remade(papers.html, receipts=other), papers.trust)) == ["page"]
    other = read_paper(papers.pdf).receipts
    assert broken(verify_paper(remade(papers.html, receipts=other), papers.trust)) == ["page"]


def test_the_grade_of_another_organisation_does_not_fit(papers: Papers) -> None:
    report, evaluation, decision = read_paper(papers.html).receipts
    _, other = read_paper(papers.proposal).receipts
    for receipts in (
        [report, other, decision],
        [report, decision, evaluation],
        [report, evaluation],
        [report],
        [report, evaluation, evaluation],
    ):
        verdict = verify_paper(remade(papers.html, receipts=receipts), papers.trust)
        assert not verdict.valid
        assert "shows" in broken(verdict)


def test_another_proposal_on_the_same_organisation_does_not_fit(
    papers: Papers, tmp_path: Path
) -> None:
    """Everything true and signed, but not the record that the report names."""
    house = papers.house.copied(tmp_path / "ws")
    report, evaluation, decision = read_paper(papers.html).receipts
    with house.opened() as store:
        [again] = store.append([canonical.decode(evaluation[:-1])["body"]])
        other = make_numbered(store, store.find(again))
    verdict = verify_paper(remade(papers.html, receipts=[report, other, decision]), papers.trust)
    assert broken(verdict) == ["shows"]


def wrongly(body: dict[str, Any], wrong: str, other: str) -> dict[str, Any]:
    """Return a report record in which one thing does not belong to the rest."""
    if wrong == "code":
        code = read_code(body["code"])
        return {**body, "code": write_code(bytes.fromhex(other), code.checkpoint)}
    if wrong == "no code":
        return {**body, "code": ""}
    return {**body, wrong: {"subject": other, "as_of": "2026-10-31", "scheme": other}[wrong]}


@pytest.mark.parametrize("wrong", ["subject", "as_of", "scheme", "code", "no code"])
def test_even_an_operator_cannot_seal_a_report_that_shows_something_else(
    papers: Papers, tmp_path: Path, wrong: str
) -> None:
    house = papers.house.copied(tmp_path / "ws")
    receipts = read_paper(papers.html).receipts
    body = verify_paper(papers.html).body or {}
    with house.opened() as store:
        other = papers.proposed if wrong == "subject" else body["evaluation"]
        [record] = store.append([wrongly(body, wrong, other)])
        first = make_numbered(store, store.find(record))
    verdict = verify_paper(remade(papers.html, receipts=[first, *receipts[1:]]), papers.trust)
    assert broken(verdict) == ["shows"]


def test_a_decision_on_another_proposal_does_not_make_this_one_a_grade(
    papers: Papers, tmp_path: Path
) -> None:
    house = papers.house.copied(tmp_path / "ws")
    _, evaluation, decision = read_paper(papers.html).receipts
    body = verify_paper(papers.html).body or {}
    with house.opened() as store:
        [again] = store.append([canonical.decode(evaluation[:-1])["body"]])
        [record] = store.append([{**body, "evaluation": again}])
        receipts = [make_numbered(store, store.find(one)) for one in (record, again)]
    verdict = verify_paper(remade(papers.html, receipts=[*receipts, decision]), papers.trust)
    assert broken(verdict) == ["shows"]


def test_a_receipt_first_that_is_of_no_report_is_refused(papers: Papers) -> None:
    report, evaluation, decision = read_paper(papers.html).receipts
    for receipts in ([decision, evaluation, report], [evaluation]):
        verdict = verify_paper(remade(papers.html, receipts=receipts), papers.trust)
        assert {"page", "shows"} <= set(broken(verdict))


def test_receipts_without_content_show_nothing(papers: Papers) -> None:
    with papers.house.opened(writer=False) as store:
        whole = read_paper(papers.html).receipts
        records = [read_receipt(one).commitment.hex() for one in whole]
        bare = [make_numbered(store, store.find(one), content=False) for one in records]
    for receipts in ([whole[0], bare[1], whole[2]], [whole[0], whole[1], bare[2]]):
        assert "shows" in broken(verify_paper(remade(papers.html, receipts=receipts), papers.trust))
    with pytest.raises(TallyError, match="bad_page"):
        remade(papers.pdf, receipts=bare)
    verdict = verify_paper(remade(papers.html, receipts=bare), papers.trust)
    assert {"page", "shows"} <= set(broken(verdict))


def test_a_decision_is_not_believed_where_its_officer_is_not_trusted(papers: Papers) -> None:
    trust = parse_trust(papers.trust)
    without = TrustPolicy(trust.logs, tuple(p for p in trust.parties if p.role != "officer"))
    verdict = verify_paper(papers.html, without.text())
    assert broken(verdict) == ["signed"]
    assert (verdict.consistent, verdict.valid) == (True, False)
    assert "acts" in verdict.checks[-1].detail.en


def test_a_broken_trust_file_is_an_error_and_not_a_verdict(papers: Papers) -> None:
    with pytest.raises(TallyError, match="bad_trust_file"):
        verify_paper(papers.html, "log nonsense\n")


# -- every byte counts ------------------------------------------------------------------------


def assert_refused(data: bytes, trust: str, what: object) -> None:
    verdict = verify_paper(data, trust)
    assert not verdict.valid, what
    assert broken(verdict), what


def test_no_changed_byte_of_an_html_report_is_overlooked(papers: Papers) -> None:
    paper = papers.bare
    for at in range(len(paper)):
        assert_refused(
            paper[:at] + bytes([paper[at] ^ 1 << at % 8]) + paper[at + 1 :], papers.trust, at
        )


def test_no_missing_or_doubled_byte_of_an_html_report_is_overlooked(papers: Papers) -> None:
    paper = papers.html
    for at in range(0, len(paper), 13):
        assert_refused(paper[:at] + paper[at + 1 :], papers.trust, ("missing", at))
        assert_refused(paper[: at + 1] + paper[at:], papers.trust, ("twice", at))


def test_no_changed_byte_of_a_pdf_report_is_overlooked(papers: Papers) -> None:
    """Every byte of the update, and every fifth of the page."""
    paper, page = papers.pdf, len(read_paper(papers.pdf).page)
    for at in (*range(0, page, 5), *range(page, len(paper))):
        assert_refused(
            paper[:at] + bytes([paper[at] ^ 1 << at % 8]) + paper[at + 1 :], papers.trust, at
        )


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"<!doctype html>", b"\xff" * 100])
def test_what_is_no_paper_is_refused_at_the_first_step(papers: Papers, data: bytes) -> None:
    assert broken(verify_paper(data, papers.trust)) == ["paper"]
