"""Issuing reports: the page is drawn, sealed and given its receipts; nothing is sealed twice."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from tallystick.app.code_checks import verify_code
from tallystick.app.consent import withdraw
from tallystick.app.paper_checks import verify_paper
from tallystick.app.papers import find_coded, issue
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.publication.paper import read_code, read_paper
from tallystick.testing.fiction import COMPANY, fictional_uscc

if TYPE_CHECKING:
    from tests.app.conftest import House, Papers

    from tallystick.app.store import Store


def reports(store: Store) -> list[dict[str, Any]]:
    return [store.body(number) for number in store.index.of_kind("report")]


def uses(store: Store) -> int:
    return sum(1 for _ in store.index.of_kind("use"))


def test_a_report_seals_what_was_shown_and_no_name(papers: Papers) -> None:
    with papers.house.opened(writer=False) as store:
        body = reports(store)[0]
        evaluation, decision = papers.records_of(store, papers.decided)
        scheme = store.body(store.find(evaluation))["scheme"]
    page = read_paper(papers.html).page
    code = body.pop("code")
    assert body == {
        "v": 1,
        "kind": "report",
        "recorded": "2026-11-01",
        "delivered_by": body["delivered_by"],
        "subject": papers.decided,
        "format": "html",
        "language": "en",
        "digest": sha256(page).hexdigest(),
        "length": len(page),
        "document": sha256(canonical.encode({"title": "Report"})).hexdigest(),
        "as_of": "2026-11-01",
        "scheme": scheme,
        "evaluation": evaluation,
        "decision": decision,
    }
    assert code.encode() in page
    assert read_code(code).record.hex() == decision


def test_the_code_of_an_undecided_member_names_the_proposal(papers: Papers) -> None:
    body = verify_paper(papers.proposal, papers.trust).body or {}
    assert body["decision"] == ""
    assert read_code(body["code"]).record.hex() == body["evaluation"]


def test_another_program_opens_the_report_and_finds_the_receipts(papers: Papers) -> None:
    read = pypdf.PdfReader(io.BytesIO(papers.pdf), strict=True)
    page = pypdf.PdfReader(io.BytesIO(read_paper(papers.pdf).page), strict=True)
    assert list(read.attachments) == ["receipts.tally"]
    assert read.pages[0].extract_text() == page.pages[0].extract_text()
    assert "Nothing else is said." in page.pages[0].extract_text()


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_the_same_page_is_sealed_once_and_every_look_recorded(
    papers: Papers, small: House, form: str
) -> None:
    with small.opened() as store:
        first = papers.issued(store, form)
        looks = uses(store)
        second = papers.issued(store, form)
        assert len(reports(store)) == 1
        assert uses(store) > looks
    assert read_paper(first).page == read_paper(second).page
    trust = (small.folder / "trust.policy").read_text(encoding="utf-8")
    assert verify_paper(second, trust).record == verify_paper(first, trust).record


def test_other_words_other_form_or_other_data_are_sealed_anew(papers: Papers, small: House) -> None:
    with small.opened() as store:
        first = papers.issued(store, "html")
        others = [papers.issued(store, "html", title="Other"), papers.issued(store, "pdf")]
        evaluation, decision = papers.records_of(store, papers.decided)
        others.append(
            issue(
                store,
                papers.decided,
                "html",
                "en",
                {"title": "Report"},
                lambda qr, code: papers.draw("html", "Re-worded", qr, code),
                evaluation=evaluation,
                decision=decision,
            )
        )
        assert len(reports(store)) == 4
    trust = (small.folder / "trust.policy").read_text(encoding="utf-8")
    assert all(verify_paper(paper, trust).valid for paper in [first, *others])


def test_a_report_without_an_evaluation_has_no_code(papers: Papers) -> None:
    verdict = verify_paper(papers.bare, papers.trust)
    assert verdict.valid
    assert (verdict.body or {})["code"] == ""
    assert verdict.shows["status"] == "not_evaluated"
    assert b"<svg" not in papers.bare


def refused(papers: Papers, store: Store, code: str, **words: Any) -> None:
    """Check that issuing is refused with `code` and leaves no report."""
    evaluation, decision = papers.records_of(store, papers.decided)
    asked = {"subject": papers.decided, "evaluation": evaluation, "decision": decision}
    given = {**asked, "document": {}, "page": papers.draw("html", "x", "", ""), **words}
    before = len(reports(store))
    with pytest.raises(TallyError) as fault:
        issue(
            store,
            given["subject"],
            "html",
            "en",
            given["document"],
            lambda _qr, _code: bytes(given["page"]),
            evaluation=given["evaluation"],
            decision=given["decision"],
        )
    assert fault.value.code == code
    assert len(reports(store)) == before


def test_a_report_shows_only_what_belongs_together(papers: Papers, small: House) -> None:
    with small.opened() as store:
        other, _ = papers.records_of(store, papers.proposed)
        own, decision = papers.records_of(store, papers.decided)
        refused(papers, store, "not_of_this_report", evaluation=other)
        refused(papers, store, "not_of_this_report", evaluation=decision)
        refused(papers, store, "not_of_this_report", decision=own)
        refused(papers, store, "not_of_this_report", evaluation="")
        refused(papers, store, "not_of_this_report", subject=papers.proposed)
        refused(papers, store, "unknown_record", evaluation="00" * 32)
        refused(papers, store, "not_a_member", subject=fictional_uscc(COMPANY, 999))
        refused(papers, store, "bad_uscc", subject="110101199003070011")


def test_what_cannot_be_sealed_or_carry_receipts_is_refused_before_it_is(
    papers: Papers, small: House
) -> None:
    with small.opened() as store:
        refused(papers, store, "not_canonical", document={"score": 0.5})
        for page in (b"", b"<!doctype html><p>", b"%PDF-1.7\n"):
            refused(papers, store, "bad_page", page=page)


def test_no_report_on_what_consent_was_withdrawn_from(papers: Papers, small: House) -> None:
    with small.opened() as store:
        withdraw(store, papers.decided)
    with small.on("2026-11-02").opened() as store:
        refused(papers, store, "receipt_withheld")


# -- what a printed code names ----------------------------------------------------------------


def test_the_ledger_proves_a_code(papers: Papers, tmp_path: Any) -> None:
    house = papers.house.copied(tmp_path / "ws")
    code = (verify_paper(papers.html).body or {})["code"]
    with house.opened() as store:
        looks = uses(store)
        found = find_coded(store, code)
        assert uses(store) > looks, "who looks is recorded"
    verdict = verify_code(code, papers.trust, found)
    assert verdict.valid, verdict.checks
    assert (verdict.shows["status"], verdict.shows["light"]) == ("decided", "green")


def test_a_code_is_proved_without_content_where_the_door_is_shut(
    papers: Papers, tmp_path: Any
) -> None:
    house = papers.house.copied(tmp_path / "ws")
    code = (verify_paper(papers.proposal).body or {})["code"]
    with house.opened() as store:
        withdraw(store, papers.proposed)
    with house.on("2026-11-02").opened() as store:
        found = find_coded(store, code)
    verdict = verify_code(code, papers.trust, found)
    assert verdict.valid
    assert verdict.body is None
    assert verdict.shows == {}
    assert "no grant" in verdict.said.en or "ended" in verdict.said.en


def test_a_fork_of_the_ledger_does_not_prove_a_code(papers: Papers, small: House) -> None:
    """The same records, but other looks after them: another history."""
    code = (verify_paper(papers.html).body or {})["code"]
    with small.opened() as store:
        for _ in range(20):
            store.append([store.body(0)])
        verdict = verify_code(code, papers.trust, find_coded(store, code))
    assert [check.step for check in verdict.checks if not check.ok] == ["ledger"]
    assert not verdict.valid


def test_another_ledger_does_not_prove_a_code(papers: Papers, empty: House) -> None:
    code = (verify_paper(papers.html).body or {})["code"]
    with empty.opened() as store:
        verdict = verify_code(code, papers.trust, find_coded(store, code))
    assert [check.step for check in verdict.checks if not check.ok] == ["proof", "ledger"]
    assert verdict.checks[2].detail.en.startswith("there is no record")
