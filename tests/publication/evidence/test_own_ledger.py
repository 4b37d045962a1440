"""Both verifiers against receipts of a ledger of our own, honest or signed to deceive.

A changed byte of a receipt breaks a signature, and so hides what the steps before and after it let
through. Here every lie is signed with the right keys; what must be said of it is written beside it,
and both verifiers must say it. Where they may differ is written out: the second does not look at
the texts and codes in a body, so it may hold valid what the first refuses in step `kind` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.publication.evidence.own_ledger import (
    CODE,
    EMPTY,
    LOG,
    NOW,
    OFFICER,
    PARTNER,
    PROVIDER,
    STRANGER,
    WITNESSES,
    Key,
    Plan,
    body_of,
    receipt_of,
    record_of,
    status_key,
    u64,
)

from tallystick.app.verifying import verify

if TYPE_CHECKING:
    from types import ModuleType

from tests.publication.evidence.own_checks import HONEST, TRUST, agreed

A, B, C = WITNESSES

# -- honest receipts ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [1, 2])
@pytest.mark.parametrize("kind", [None, "grant", "fact", "founding", "import", "use", "unread"])
def test_both_read_what_the_specification_makes(
    checker: ModuleType, form: int, kind: str | None
) -> None:
    texts = {"subject": CODE, "purpose": "p", "reader": "r", "name": "n", "source": "s"}
    body = None if kind is None else body_of(kind, **texts)
    if kind == "fact" and body is not None:
        body = body_of(kind)
    data = receipt_of(HONEST.but(format=form, body=body))
    assert agreed(checker, data, TRUST)
    assert agreed(checker, data, TRUST, 3600) == (form == 2)


SHAPES = [(1, 0), (2, 0), (2, 1), (3, 2), (5, 4), (64, 63), (65, 64), (1000, 512), (1024, 1023)]


@pytest.mark.parametrize(("count", "position"), SHAPES)
@pytest.mark.parametrize(("before", "after"), [(0, 1), (1, 1), (3, 2), (7, 1), (8, 5), (255, 40)])
def test_trees_of_every_shape(
    checker: ModuleType, count: int, position: int, before: int, after: int
) -> None:
    plan = HONEST.but(count=count, position=position, before=before, after=after, body=None)
    assert agreed(checker, receipt_of(plan), TRUST, 3600)


@pytest.mark.parametrize("others", [0, 1, 2, 3, 40, 200])
@pytest.mark.parametrize("ended", range(5))
def test_status_trees_of_every_shape(checker: ModuleType, others: int, ended: int) -> None:
    for by in (EMPTY, b"c" * 32):
        for at in range(6):
            body = body_of("grant", purpose=f"p{at}")
            data = receipt_of(HONEST.but(body=body, others=others, ended=ended, by=by))
            assert agreed(checker, data, TRUST), "a record that ended was sealed all the same"
            assert agreed(checker, data, TRUST, 3600) == (ended == 0)
            stated = verify(data, TRUST).stated
            assert stated is not None
            _, one = checker.check(data, checker.Policy(TRUST))
            told = (one.standing, one.known_at)
            assert told == (ended, NOW - 400) == (stated.standing.status, stated.as_of)
            assert one.since == stated.standing.since


# -- lies, rightly signed -------------------------------------------------------------------------

EMPTY_WAY: tuple[list[bytes], bytes] = ([], b"\0")
MINE = status_key(record_of(HONEST))
NEAR = bytes([*MINE[:-1], MINE[-1] ^ 1])  # shares 255 bits
FAR = bytes([MINE[0] ^ 128, *MINE[1:]])
ENDED = b"\2" + u64(NOW) + EMPTY
S = b"s" * 32


def deep(depth: int, end: bytes, *, at: int = 0) -> tuple[list[bytes], bytes]:
    """Return a way of `depth` empty siblings, but the one at `at`."""
    return [S if one == at else EMPTY for one in range(depth)], end


LIES: dict[str, tuple[Plan, bool]] = {
    # batch
    "a batch of nothing": (HONEST.but(header={"count": 0}), False),
    "a batch of one more than there may be": (HONEST.but(count=1025, position=3), False),
    "a batch of other than was counted": (HONEST.but(header={"count": 4}, position=1), False),
    "a batch of 2^32 - 1": (HONEST.but(header={"count": 2**32 - 1}), False),
    "another version": (HONEST.but(header={"version": 2}), False),
    "another magic": (HONEST.but(header={"magic": b"TLYS"}), False),
    "sealed at the end of time": (HONEST.but(header={"sealed": 2**64 - 1}), True),
    "sealed at the beginning of time": (HONEST.but(header={"sealed": 0}), True),
    "the key of somebody else": (HONEST.but(header={"key": PARTNER.id}), False),
    "by another provider than the body": (HONEST.but(provider=PARTNER), False),
    "by nobody known": (HONEST.but(provider=STRANGER, body=None), False),
    "by an officer": (HONEST.but(provider=OFFICER, body=None), False),
    "for another ledger": (HONEST.but(header_origin="example.org/other"), False),
    "a position behind the batch": (HONEST.but(told_position=5), False),
    "another position": (HONEST.but(told_position=1), False),
    "a position below zero": (HONEST.but(told_position=-1), False),
    "a position of a thousand digits": (HONEST.but(told_position=10**1000), False),
    "no path": (HONEST.but(batch_path=[]), False),
    "a path of 11 steps": (HONEST.but(batch_path=[S] * 11), False),
    "a path in a batch of one": (HONEST.but(count=1, position=0, batch_path=[S]), False),
    # log
    "an index behind the log": (HONEST.but(told_index=6), False),
    "an index of a thousand digits": (HONEST.but(told_index="9" * 1000), False),
    "an index of too many digits": (HONEST.but(told_index="9" * 5000), False),
    "an index with a zero before": (HONEST.but(told_index="03"), False),
    "an index with a sign": (HONEST.but(told_index="+3"), False),
    "an index in other digits": (HONEST.but(told_index="٣"), False),
    "an index below zero": (HONEST.but(told_index="-3"), False),
    "an empty log": (HONEST.but(size=0), False),
    "a larger log": (HONEST.but(size=8), False),
    # Paths are of the same form here: only the signature of the log speaks for its size.
    "a log larger by one": (HONEST.but(size=7), True),
    "a smaller log": (HONEST.but(size=5), False),
    "a log of 2^63": (HONEST.but(size=2**63), False),
    "a log of 19 digits": (HONEST.but(size="9" * 19), False),
    "a log of 20 digits": (HONEST.but(size="1" + "0" * 19), False),
    "a size with a zero before": (HONEST.but(size="06"), False),
    "a size in other digits": (HONEST.but(size="٦"), False),
    "a path too short": (HONEST.but(log_path=[]), False),
    "a path too long": (HONEST.but(log_path=[S] * 70), False),
    # status
    "an older status entry": (HONEST.but(entry_at=0), False),
    "the status entry before the last": (HONEST.but(entry_at=2), False),
    "just not covered": (HONEST.but(entry={"covered": 3}), False),
    "just covered": (HONEST.but(entry={"covered": 4}), True),
    "covered without end": (HONEST.but(entry={"covered": 2**64 - 1}), True),
    "a batch for a status entry": (HONEST.but(entry={"magic": b"TLYB"}), False),
    "a status entry of version 2": (HONEST.but(entry={"version": 2}), False),
    "something behind the entry": (HONEST.but(entry={"rest": bytes(27) + b"\1"}), False),
    "something at once behind it": (HONEST.but(entry={"rest": b"\1" + bytes(27)}), False),
    "an entry too long": (HONEST.but(entry={"rest": bytes(29)}), False),
    "an entry too short": (HONEST.but(entry={"rest": bytes(27)}), False),
    "as of the end of time": (HONEST.but(entry={"as_of": 2**64 - 1}), True),
    "as of the beginning of time": (HONEST.but(entry={"as_of": 0}), True),
    "a number of rows and records of its own": (
        HONEST.but(entry={"rows": 7, "records": 2**64 - 1, "journal": S}),
        True,
    ),
    "the root of another tree": (HONEST.but(entry={"root": S}), False),
    "an empty tree": (HONEST.but(tree=EMPTY_WAY), True),
    "status 0 in the tree": (HONEST.but(tree=([], b"\1\0" + ENDED[1:])), False),
    "status 5 in the tree": (HONEST.but(tree=([], b"\1\5" + ENDED[1:])), False),
    "status 255 in the tree": (HONEST.but(tree=([], b"\1\xff" + ENDED[1:])), False),
    "since the end of time": (HONEST.but(ended=2, since=2**64 - 1), True),
    "a value too short": (HONEST.but(tree=([], b"\1" + ENDED[:-1])), False),
    "a value too long": (HONEST.but(tree=([], b"\1" + ENDED + b"\0")), False),
    "the own key as another": (HONEST.but(tree=([], b"\2" + MINE + S)), False),
    "another key alone": (HONEST.but(tree=([], b"\2" + FAR + S)), True),
    "another key off the way": (HONEST.but(tree=deep(1, b"\2" + FAR + S)), False),
    "another key on the way to the end": (HONEST.but(tree=deep(255, b"\2" + NEAR + S)), True),
    "another key without its value": (HONEST.but(tree=([], b"\2" + FAR)), False),
    "a way that ends in nothing known": (HONEST.but(tree=([], b"\3")), False),
    "a way that does not end": (HONEST.but(tree=([], b"")), False),
    "nothing with something behind": (HONEST.but(tree=([], b"\0\0")), False),
    "this record at depth 255": (HONEST.but(tree=deep(255, b"\1" + ENDED, at=254)), True),
    "nothing at depth 255": (HONEST.but(tree=deep(255, b"\0", at=100)), True),
    "nothing beside nothing": (HONEST.but(tree=([EMPTY, EMPTY], b"\0")), True),
    "no proof": (HONEST.but(proof=b""), False),
    "a depth without its bitmap": (HONEST.but(tree=EMPTY_WAY, proof=b"\x09\0"), False),
    "bits behind the depth": (HONEST.but(tree=deep(1, b"\0"), proof=b"\1\xc0" + S + b"\0"), False),
    "an empty sibling written out": (
        HONEST.but(tree=([EMPTY], b"\0"), proof=b"\1\x80" + EMPTY + b"\0"),
        False,
    ),
    "nothing stated": (HONEST.but(has_status=False), True),
    # checkpoint
    "of another origin": (HONEST.but(origin="example.org/other"), False),
    "signed by nobody": (HONEST.but(logs=()), False),
    "signed by another": (HONEST.but(logs=(STRANGER,)), False),
    "signed by another too": (HONEST.but(logs=(STRANGER, LOG)), True),
    "signed twice": (HONEST.but(logs=(LOG, LOG)), True),
    "signed twice, once wrongly": (HONEST.but(lines=LOG.line(bytes(64))), False),
    "signed with too short a signature too": (HONEST.but(lines=LOG.line(b"\0")), False),
    "a line of no signature": (HONEST.but(lines=LOG.line(b"")), False),
    "a line without its dash": (HONEST.but(lines=LOG.line(S)[2:]), False),
    "64 lines": (HONEST.but(lines=STRANGER.line(S) * 63), True),
    "65 lines": (HONEST.but(lines=STRANGER.line(S) * 64), False),
    "an empty line": (HONEST.but(lines="\n"), False),
    "a name with a control character": (HONEST.but(lines=Key("a\x1fb").line(S)), False),
    "a name with a space of another kind": (HONEST.but(lines=Key("a\u3000b").line(S)), False),
    "a name of a line and a half": (HONEST.but(lines=Key("a\u2028b").line(S)), False),
    "a name with a delete": (HONEST.but(lines=Key("a\x7fb").line(S)), True),
    "a witness whose line is wrong": (HONEST.but(lines=A.line(bytes(72))), False),
    "a witness whose line is short": (HONEST.but(lines=A.line(bytes(3))), False),
    "a witness at no time": (HONEST.but(cosigned=((A, 0),)), True),
    "a witness at the last time": (HONEST.but(cosigned=((A, 2**63 - 1),)), True),
    "a witness after the last time": (HONEST.but(cosigned=((A, 2**63),)), False),
    "a witness twice": (HONEST.but(cosigned=((A, NOW), (A, NOW - 9))), True),
    "a witness twice, once wrongly": (
        HONEST.but(cosigned=((A, NOW),), lines=A.line(u64(NOW) + bytes(64))),
        False,
    ),
    # body
    "no known kind": (HONEST.but(body=body_of("opinion")), False),
    "a kind that is a list": (HONEST.but(body=body_of("grant", kind=["grant"])), False),
    "a kind that is an object": (HONEST.but(body=body_of("grant", kind={"grant": 1})), False),
    "a kind that is none": (HONEST.but(body=body_of("grant", kind=None)), False),
    "a version that is true": (HONEST.but(body=body_of("grant", v=True)), False),
    "version 2": (HONEST.but(body=body_of("grant", v=2)), False),
    "recorded in a year": (HONEST.but(body=body_of("grant", recorded=2026)), False),
    "nothing but a kind": (HONEST.but(body={"kind": "grant"}), False),
    "an empty body": (HONEST.but(body={}), False),
    "fields of a later version": (HONEST.but(body=body_of("grant", more={"x": [1, None]})), True),
    "the largest integer": (HONEST.but(body=body_of("grant", more=2**53 - 1)), True),
    "an integer too large": (HONEST.but(body=body_of("grant", more=2**53)), False),
    "an integer too small": (HONEST.but(body=body_of("grant", more=-(2**53))), False),
    "a number that is no integer": (HONEST.but(body=body_of("grant", more=1.0)), False),
    "control characters in a text": (
        HONEST.but(body=body_of("grant", more="\0\x1f\x7f\u2028\U0001f600")),
        True,
    ),
    "a key that is no ASCII": (HONEST.but(body={**body_of("grant"), "额": 1}), False),
    "a key that is no ASCII, within": (HONEST.but(body=body_of("grant", more={"é": 1})), False),
    "delivered by nobody": (HONEST.but(body=body_of("grant", delivered_by="")), False),
    "delivered by somebody in capitals": (
        HONEST.but(body=body_of("grant", delivered_by=PROVIDER.id.hex().upper())),
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_what_is_rightly_signed_and_wrong(checker: ModuleType, name: str) -> None:
    plan, valid = LIES[name]
    assert agreed(checker, receipt_of(plan), TRUST) == valid
    agreed(checker, receipt_of(plan), TRUST, 3600)
    if plan.body is HONEST.body and plan.tree is None:
        assert agreed(checker, receipt_of(plan.but(body=None)), TRUST) == (
            valid or name == "by another provider than the body"
        )
