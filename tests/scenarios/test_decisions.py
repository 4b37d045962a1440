"""The software proposes; a named officer decides, gives a reason, signs. Only that is a grade."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.testing.fiction import COMPANY, fictional_uscc
from tallystick.testing.sample import AS_OF_DEFAULT, SEED_DEFAULT
from tallystick.testing.world import make_world

from .conftest import OFFICER, Association, year_row

# Two members of the sample: one of old standing, one of whom there is no proposal yet.
ACME, BOREAS = (make_world(SEED_DEFAULT, AS_OF_DEFAULT).members[n].uscc for n in (0, 1))
REASON = "The site visit of 3 October bears the proposal out."


@pytest.fixture(scope="module")
def of_record(
    with_the_sample: Association, tmp_path_factory: pytest.TempPathFactory
) -> Association:
    """The association of the sample, with an officer and a proposal for ACME. Copied only."""
    association = with_the_sample.copied(tmp_path_factory.mktemp("proposed"))
    association.appoints(OFFICER)
    association.evaluates(ACME)
    return association


@pytest.fixture
def proposed(of_record: Association, tmp_path: Path) -> Association:
    """An association that has an officer and a proposal for one of its members."""
    return of_record.copied(tmp_path)


def refusal(association: Association, *arguments: Any, **how: Any) -> str:
    with pytest.raises(TallyError) as caught:
        association.decides(*arguments, **how)
    return caught.value.code


def test_a_proposal_is_no_grade(proposed: Association) -> None:
    result = proposed.evaluates(ACME)
    assert result["status"] == "proposal"
    assert "预评" in result["status_text"]["zh"]
    shown = proposed.explains(ACME)
    assert (shown["status"], shown["decision"]) == ("proposal", None)
    assert "PROPOSAL" in shown["explanation"]["status"].upper()


def test_before_any_evaluation_there_is_nothing_to_show_and_nothing_to_decide(
    proposed: Association,
) -> None:
    assert proposed.explains(BOREAS)["status"] == "not_evaluated"
    assert refusal(proposed, BOREAS, REASON) == "nothing_to_decide"


def test_a_confirmed_proposal_is_a_grade_with_a_name_and_a_reason(proposed: Association) -> None:
    result = proposed.evaluates(ACME)
    decided = proposed.decides(ACME, REASON)
    assert (decided["band"], decided["light"]) == (result["band"], result["light"])
    shown = proposed.explains(ACME)
    assert shown["status"] == "decided"
    decision = shown["decision"]
    assert (decision["officer"], decision["reason"]) == (OFFICER, REASON)
    assert decision["scripted"] is False


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "\u3000"])
def test_a_decision_without_a_reason_is_refused(proposed: Association, reason: str) -> None:
    assert refusal(proposed, ACME, reason) == "no_reason"
    assert proposed.explains(ACME)["decision"] is None


def test_a_change_names_the_band_it_changes_to(proposed: Association) -> None:
    assert refusal(proposed, ACME, REASON, outcome="change") == "no_such_band"
    assert refusal(proposed, ACME, REASON, outcome="change", band="splendid") == "no_such_band"
    decided = proposed.decides(ACME, REASON, outcome="change", band="high")
    assert (decided["band"], decided["light"]) == ("高风险", "red")
    shown = proposed.explains(ACME)
    assert shown["decision"]["band"] == "高风险"
    assert shown["evaluation"]["band"] != "高风险", "the proposal stays what it was"


def test_the_light_of_a_grade_is_its_bands_own_and_nobody_sets_it_apart(
    proposed: Association,
) -> None:
    with pytest.raises(TypeError):
        proposed.decides(ACME, REASON, outcome="change", band="high", light="green")


def test_a_band_for_a_confirmation_is_refused(proposed: Association) -> None:
    assert refusal(proposed, ACME, REASON, band="low") == "band_not_asked"


def test_a_declined_proposal_gives_no_grade(proposed: Association) -> None:
    decided = proposed.decides(ACME, "The file is too thin.", outcome="decline")
    assert (decided["band"], decided["light"]) == ("", "")
    shown = proposed.explains(ACME)
    assert (shown["status"], shown["decision"]["band"]) == ("declined", "")


def test_there_are_three_outcomes_and_no_other(proposed: Association) -> None:
    assert refusal(proposed, ACME, REASON, outcome="publish") == "not_an_outcome"


def test_who_is_no_member_is_not_decided_on(proposed: Association) -> None:
    assert refusal(proposed, fictional_uscc(COMPANY, 99_000), REASON) == "not_a_member"


def test_a_name_without_a_key_decides_nothing(proposed: Association) -> None:
    assert refusal(proposed, ACME, REASON, "Somebody") == "no_officer_key"


def test_the_key_of_another_ledgers_officer_decides_nothing_here(
    proposed: Association, founded: Association, tmp_path: Path
) -> None:
    other = founded.copied(tmp_path / "other")
    key = other.appoints(OFFICER)
    assert refusal(proposed, ACME, REASON, key) == "not_an_officer"


def test_a_key_renamed_to_that_of_an_officer_decides_nothing(
    proposed: Association, founded: Association, tmp_path: Path
) -> None:
    """The foreign key lies where the true officer's key lay, under the same file name."""
    other = founded.copied(tmp_path / "other")
    foreign = Path(other.appoints(OFFICER))
    [own] = (proposed.folder / "keys").glob("*.key")
    shutil.copy(foreign, own)
    assert refusal(proposed, ACME, REASON) == "not_an_officer"


@pytest.mark.parametrize("content", [b"", b"{}\n", b"not a key", b"\xff\n", b"[]\n"])
def test_a_file_that_is_no_key_decides_nothing(
    proposed: Association, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "some.key"
    file.write_bytes(content)
    assert refusal(proposed, ACME, REASON, str(file)) == "bad_officer_file"


def test_the_operator_is_no_officer(proposed: Association) -> None:
    """Deciding needs a person: the keys that seal batches do not open this door."""
    keyring = proposed.folder / "keys" / "keyring"
    assert refusal(proposed, ACME, REASON, str(keyring)) == "bad_officer_file"


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "a\u2028b", "tab\there"])
def test_an_officer_has_a_name_on_one_line(proposed: Association, name: str) -> None:
    with pytest.raises(TallyError, match="bad_officer_name"):
        proposed.appoints(name)


def test_an_officer_is_registered_once_under_a_name(proposed: Association) -> None:
    with pytest.raises(TallyError, match="officer_exists"):
        proposed.appoints(OFFICER)


def test_the_officer_is_in_the_trust_file_and_on_the_ledger(proposed: Association) -> None:
    assert f" {OFFICER}\n" in proposed.trust_file
    assert proposed.audited().ok


def test_anybody_with_the_trust_file_can_check_whose_decision_it_was(
    proposed: Association,
) -> None:
    before = proposed.trust_file
    decided = proposed.decides(ACME, REASON)
    receipt = proposed.receipt(decided["record"])
    verdict = proposed.verified(receipt)
    assert verdict.valid
    assert verdict.body is not None
    assert verdict.body["officer"]["name"] == OFFICER
    assert [check.ok for check in verdict.checks if check.step == "acts"] == [True]
    assert before == proposed.trust_file


def test_an_officer_may_have_a_passphrase_of_the_officers_own(
    proposed: Association, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tallystick.app.deciding import new_officer  # noqa: PLC0415

    with proposed.opened() as store:
        new_officer(store, "Chair", passphrase="known to the chair alone", signer=OFFICER)  # noqa: S106
    assert refusal(proposed, ACME, REASON, "Chair") == "wrong_passphrase"
    monkeypatch.setenv("TALLY_OFFICER_PASSPHRASE", "known to the chair alone")
    assert proposed.decides(ACME, REASON, "Chair")["officer"] == "Chair"
    assert proposed.audited().ok


def test_a_decision_by_a_script_says_so_wherever_it_shows(proposed: Association) -> None:
    decided = proposed.decides(ACME, REASON, scripted=True)
    assert decided["scripted"] is True
    assert proposed.explains(ACME)["decision"]["scripted"] is True
    verdict = proposed.verified(proposed.receipt(decided["record"]))
    assert verdict.body is not None
    assert verdict.body["scripted"] is True


def test_a_new_proposal_needs_a_new_decision(proposed: Association) -> None:
    """A grade stands on the facts it was decided on; new facts make it a proposal again."""
    proposed.decides(ACME, REASON)
    proposed.receives("association", year_row(ACME, charter_kept="否"))
    proposed.evaluates(ACME)
    assert proposed.explains(ACME)["status"] == "proposal"


def test_nobody_decides_on_facts_that_have_changed_since_the_proposal(
    proposed: Association,
) -> None:
    proposed.receives("association", year_row(ACME, charter_kept="否"))
    assert refusal(proposed, ACME, REASON) == "stale_proposal"
    proposed.evaluates(ACME)
    assert proposed.decides(ACME, REASON)["outcome"] == "confirm"


def test_nobody_decides_after_a_consent_was_withdrawn_that_the_proposal_rests_on(
    proposed: Association,
) -> None:
    proposed.is_told_of_a_withdrawal(ACME)
    assert refusal(proposed, ACME, REASON) == "stale_proposal"


def test_of_two_decisions_the_later_counts_and_both_stay(proposed: Association) -> None:
    first = proposed.decides(ACME, REASON)
    second = proposed.decides(ACME, "On second thoughts.", outcome="decline")
    assert proposed.explains(ACME)["status"] == "declined"
    for record in (first["record"], second["record"]):
        assert proposed.verified(proposed.receipt(record)).valid


def test_a_proposal_without_a_band_can_be_changed_or_declined_and_not_confirmed(
    founded: Association, tmp_path: Path
) -> None:
    """Of this member next to nothing is known: no source was delivered but a bare roster."""
    thin = founded.copied(tmp_path / "thin")
    bare = {"name": "云杉样例科技有限公司", "uscc": ACME, "as_of": "2026-10-01"}
    thin.receives("roster", bare)
    thin.appoints(OFFICER)
    result = thin.evaluates(ACME)
    assert (result["status"], result["band"]) == ("no_proposal", None)
    assert refusal(thin, ACME, REASON) == "no_band_to_confirm"
    assert thin.decides(ACME, REASON, outcome="decline")["outcome"] == "decline"
