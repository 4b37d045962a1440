"""The document of a membership, read into types.

Owns the shape of `tallystick-membership/1` and the one word each member stands under. Rules: only a
decision of a person on the newest proposal makes a grade; a proposal the door closed has no number.

    >>> Standing.of(None, None)
    Standing(word='not_evaluated', band=None, light=None, as_of='')
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tallystick.kernel.decimals import decimal_of

FORM = "tallystick-membership/1"

DECIDED, DECLINED = "decided", "declined"
PROPOSAL, NO_PROPOSAL = "proposal", "no_proposal"
WITHHELD, NOT_EVALUATED = "withheld", "not_evaluated"
# In the order in which they are shown; each member stands under exactly one.
STANDINGS = (PROPOSAL, DECIDED, DECLINED, NO_PROPOSAL, WITHHELD, NOT_EVALUATED)

Json = Mapping[str, Any]


class Decision(NamedTuple):
    """The act of an officer. band: code, None where it gives none; scripted: a demonstration."""

    outcome: str
    recorded: str
    band: str | None
    light: str | None
    scripted: bool


class Proposal(NamedTuple):
    """A sealed proposal. withheld: items that may not be read today: then nothing else is known.

    score: decimal text; before: band before the rules; dimensions: code -> score; hits: rule codes,
    levels: of the rules hit; warnings: codes; items: code -> state.
    """

    as_of: str
    withheld: tuple[str, ...]
    status: str
    score: str | None
    before: str | None
    band: str | None
    light: str | None
    known: str
    dimensions: Mapping[str, str | None]
    hits: tuple[str, ...]
    levels: tuple[int, ...]
    unchecked: tuple[str, ...]
    warnings: tuple[str, ...]
    items: Mapping[str, str]

    @property
    def points(self) -> Decimal | None:
        """The score as a number."""
        return None if self.score is None else decimal_of(self.score)


class Standing(NamedTuple):
    """Under which word a proposal with its decision stands, and with which band and light."""

    word: str
    band: str | None
    light: str | None
    as_of: str

    @classmethod
    def of(cls, proposal: Proposal | None, decision: Decision | None) -> Standing:
        """Return how a proposal stands, by the decision on it where there is one."""
        if proposal is None:
            return cls(NOT_EVALUATED, None, None, "")
        day = proposal.as_of
        if decision is not None and decision.outcome == "decline":
            return cls(DECLINED, None, None, day)
        if decision is not None:
            return cls(DECIDED, decision.band, decision.light, day)
        if proposal.withheld:
            return cls(WITHHELD, None, None, day)
        if proposal.band is None:
            return cls(NO_PROPOSAL, None, None, day)
        return cls(PROPOSAL, proposal.band, proposal.light, day)


class Listed(NamedTuple):
    """One member. before: "round", "none" or "other_version": what came before the proposal."""

    subject: str
    name: str
    industry: str
    capital: str
    proposal: Proposal | None
    decision: Decision | None
    earlier: Decision | None
    before: str
    previous: Proposal | None
    previous_decision: Decision | None

    @property
    def standing(self) -> Standing:
        """How the member stands today."""
        return Standing.of(self.proposal, self.decision)

    @property
    def shown(self) -> Proposal | None:
        """The newest proposal, where it may be read."""
        return self.proposal if self.proposal is not None and not self.proposal.withheld else None


def listed(document: Json) -> list[Listed]:
    """Return the members of a document, in its order: that of their codes."""
    return [
        Listed(
            one["subject"],
            one["name"],
            one["industry"],
            one["registered_capital"],
            _proposal(one["proposal"]),
            _decision(one["decision"]),
            _decision(one["earlier_decision"]),
            one["before"],
            _proposal(one["previous"]),
            _decision(one["previous_decision"]),
        )
        for one in document["members"]
    ]


def _decision(one: Json | None) -> Decision | None:
    if one is None:
        return None
    return Decision(one["outcome"], one["recorded"], one["band"], one["light"], one["scripted"])


def _proposal(one: Json | None) -> Proposal | None:
    if one is None:
        return None
    if one["withheld"]:
        closed = tuple(one["withheld"])
        return Proposal(
            one["as_of"], closed, "", None, None, None, None, "0", {}, (), (), (), (), {}
        )
    return Proposal(
        one["as_of"],
        (),
        one["status"],
        one["score"],
        one["band_before_rules"],
        one["band"],
        one["light"],
        one["known"],
        one["dimensions"],
        tuple(hit["code"] for hit in one["rules_hit"]),
        tuple(hit["level"] for hit in one["rules_hit"]),
        tuple(one["rules_unchecked"]),
        tuple(warning["code"] for warning in one["warnings"]),
        {item: state for item, (state, _) in one["items"].items()},
    )
