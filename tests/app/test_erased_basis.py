"""What an erasure leaves behind it: decisions without a basis, organisations on no roster."""

from __future__ import annotations

from typing import Any

from tallystick.app.deciding import decide
from tallystick.app.evaluating import evaluate
from tallystick.app.explaining import explain
from tallystick.app.portraits import portrait
from tallystick.publication.portrait import compose

from .conftest import MEMBERS, OFFICER, SCHEME, House
from .test_erasing import BASIS, erased, planted


def test_a_decision_whose_basis_goes_is_named_and_still_told(small: House) -> None:
    """The grade stands, being a person's act; nobody may think there never was one."""
    one = planted(small)
    would: Any = erased(small, one.record, dry_run=True)
    [decided] = would["decisions"]
    assert (decided["officer"], decided["outcome"], decided["band"]) == (
        OFFICER,
        "change",
        "低风险",
    )
    assert erased(small, one.record)["decisions"] == [decided]
    with small.opened() as store:
        shown = explain(store, MEMBERS[0], "en")
        assert (shown["status"], shown["evaluation"]) == ("not_evaluated", None)
        assert decided.items() >= shown["earlier_decision"].items()
        assert (decided["kind"], decided["subject"]) == ("decision", MEMBERS[0])
        told = shown["basis_erased"]
        assert (told["basis"], told["who"], told["when"]) == (BASIS, OFFICER, small.day)
        evaluate(store, SCHEME, [MEMBERS[0]])
        anew = explain(store, MEMBERS[0], "en")
        assert anew["basis_erased"] == told, "until somebody decides anew"
        assert anew["earlier_decision"] == shown["earlier_decision"]
        page = compose(portrait(store, MEMBERS[0], "en"), "en")
        said = [text for part in page.sections for text in map(str, part.blocks)]
        assert any(f"was erased on {small.day}" in text for text in said)
        decide(store, MEMBERS[0], OFFICER, "as proposed", outcome="change", band="low")
        assert explain(store, MEMBERS[0], "en")["basis_erased"] is None
        also = [store.numbered(n).record for n in store.index.of_kind("decision")]
    assert erased(small, also[-1])["decisions"] == []


def test_who_is_on_the_roster_no_more_is_told_before(small: House) -> None:
    with small.opened() as store:
        index = store.index
        rows = [
            store.numbered(n).record
            for n in index.of_subject(MEMBERS[1])
            if index.items.names[index.item[n]] == "registration.basic"
        ]
    other: Any = erased(small, planted(small).record, dry_run=True)
    assert other["leaves_roster"] is False
    would: Any = erased(small, rows[-1], dry_run=True)
    assert would["leaves_roster"] is True
