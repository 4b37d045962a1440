import pytest

from tallystick.casework import OUTCOMES, Grade, check_reason, settle
from tallystick.evaluation import Scheme, parse_scheme, shipped_scheme
from tallystick.kernel.errors import TallyError

PROPOSAL = {"band": "中高风险", "light": "orange"}
NO_BAND = {"band": None, "light": None}


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return parse_scheme(shipped_scheme("association-2019"), file="association-2019.yaml")


def test_a_confirmation_takes_band_and_light_of_the_proposal(scheme: Scheme) -> None:
    assert settle("confirm", PROPOSAL, scheme, "") == Grade("中高风险", "orange")


def test_a_proposal_without_a_band_cannot_be_confirmed(scheme: Scheme) -> None:
    with pytest.raises(TallyError, match="no_band_to_confirm"):
        settle("confirm", NO_BAND, scheme, "")


def test_a_decline_gives_no_grade(scheme: Scheme) -> None:
    assert settle("decline", PROPOSAL, scheme, "") == Grade("", "")
    assert settle("decline", NO_BAND, scheme, "") == Grade("", "")


@pytest.mark.parametrize("name", ["low", "低风险", "Low risk", " LOW "])
def test_a_change_names_a_band_of_the_scheme_and_the_light_follows(
    scheme: Scheme, name: str
) -> None:
    assert settle("change", PROPOSAL, scheme, name) == Grade("低风险", "green")
    assert settle("change", NO_BAND, scheme, name) == Grade("低风险", "green")


@pytest.mark.parametrize("name", ["", "AAA", "green"])
def test_a_change_to_what_is_no_band_of_the_scheme_is_refused(scheme: Scheme, name: str) -> None:
    with pytest.raises(TallyError):
        settle("change", PROPOSAL, scheme, name)


@pytest.mark.parametrize("outcome", ["confirm", "decline"])
def test_only_a_change_may_name_a_band(scheme: Scheme, outcome: str) -> None:
    with pytest.raises(TallyError, match="band_not_asked"):
        settle(outcome, PROPOSAL, scheme, "low")


@pytest.mark.parametrize("outcome", ["", "Confirm", "approve", "auto"])
def test_there_are_three_outcomes_and_no_other(scheme: Scheme, outcome: str) -> None:
    assert outcome not in OUTCOMES
    with pytest.raises(TallyError, match="not_an_outcome"):
        settle(outcome, PROPOSAL, scheme, "")


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "　"])
def test_a_decision_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(TallyError, match="no_reason"):
        check_reason(reason)


def test_a_reason_is_kept_as_written_but_for_outer_space() -> None:
    assert check_reason("  已核实整改。 ") == "已核实整改。"
