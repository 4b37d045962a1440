"""The bundle: receipts as one text, and back, in one encoding only."""

from __future__ import annotations

import pytest

from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.publication.paper.bundle import (
    BUNDLE_BYTES_MAX,
    RECEIPTS_MAX,
    day_of,
    read_bundle,
    write_bundle,
)


@pytest.mark.parametrize("count", range(1, RECEIPTS_MAX + 1))
def test_receipts_come_back_as_they_were(receipt: bytes, count: int) -> None:
    bundle = write_bundle([receipt] * count)
    assert b"\n" not in bundle, "a new line would end it within a PDF"
    assert bundle == canonical.encode(canonical.decode(bundle))
    assert read_bundle(bundle) == [receipt] * count


@pytest.mark.parametrize("count", [0, RECEIPTS_MAX + 1])
def test_no_receipts_or_too_many_are_refused(receipt: bytes, count: int) -> None:
    with pytest.raises(TallyError, match="bad_page"):
        write_bundle([receipt] * count)
    listed = b"[" + b",".join([receipt[:-1]] * count) + b"]"
    with pytest.raises(TallyError, match="bad_paper"):
        read_bundle(listed)


def test_only_receipts_are_attached(receipt: bytes) -> None:
    for wrong in (b"{}\n", b"[1]\n", receipt[:-1], receipt + receipt):
        with pytest.raises(TallyError, match="bad_receipt"):
            write_bundle([wrong])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b"[ {}]",
        b"[{}] ",
        b'[{"b":1,"a":2}]',
        b"[1.5]",
        b"\xff",
        b"[" * 100_000,
        b"[" * 400 + b"]" * 400,
        b"[{}]" + b" " * BUNDLE_BYTES_MAX,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_not_a_canonical_list_is_refused(data: bytes) -> None:
    with pytest.raises(TallyError, match="bad_paper"):
        read_bundle(data)


def test_the_day_is_that_of_the_first_record(receipt: bytes) -> None:
    assert day_of(write_bundle([receipt])) == "2027-01-01"


@pytest.mark.parametrize(
    "data", [b"[]", b"[{}]", b'[{"body":{"recorded":"2027-02-30"}}]', b'[{"body":{"recorded":1}}]']
)
def test_a_receipt_without_a_day_dates_nothing(data: bytes) -> None:
    with pytest.raises(TallyError, match="bad_page"):
        day_of(data)
