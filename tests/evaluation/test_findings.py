from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tallystick.evaluation import Scheme, evaluate, scheme_items
from tallystick.kernel.canonical import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tallystick.records.facts import Fact

AS_OF = "2026-04-01"
SUBJECT = "91310110MA1PDY0018"


def test_the_sealed_form_names_scheme_subject_and_day(small: Scheme) -> None:
    document = evaluate(small, SUBJECT, [], as_of=AS_OF).document()
    assert document["scheme"] == {"id": "small", "version": "1", "digest": small.digest}
    assert document["subject"] == SUBJECT
    assert document["as_of"] == AS_OF


def test_the_digest_is_over_the_canonical_bytes_of_the_sealed_form(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    consulted = frozenset(scheme_items(small))
    one = evaluate(small, SUBJECT, [], as_of=AS_OF, consulted=consulted)
    assert one.digest == hashlib.sha256(encode(one.document())).hexdigest()
    assert one.sealed() == {**one.document(), "digest": one.digest}
    others = [
        evaluate(small, "other", [], as_of=AS_OF, consulted=consulted),
        evaluate(small, SUBJECT, [], as_of="2026-04-02", consulted=consulted),
        evaluate(small, SUBJECT, [fact("penalty.decision")], as_of=AS_OF, consulted=consulted),
        evaluate(small, SUBJECT, [], as_of=AS_OF),
    ]
    assert len({one.digest, *(other.digest for other in others)}) == 1 + len(others)


def test_what_is_sealed_is_a_copy_that_nobody_can_change_afterwards(small: Scheme) -> None:
    one = evaluate(small, SUBJECT, [], as_of=AS_OF)
    before = one.digest
    document = one.document()
    document["status"] = "decided"
    document["coverage"]["known"] = "1"
    fresh = evaluate(small, SUBJECT, [], as_of=AS_OF)
    assert fresh.digest == before
    assert one.document() == fresh.document()
