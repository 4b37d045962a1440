from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tallystick.app.rebuilding import rebuild
from tallystick.app.workspace import Paths

if TYPE_CHECKING:
    from tests.app.conftest import House


def test_a_true_cache_comes_out_byte_for_byte(small: House) -> None:
    before = Paths(small.folder).index.read_bytes()
    with small.opened() as store:
        done = rebuild(store)
    digest = hashlib.sha256(before).hexdigest()
    assert done["views"] == [
        {"file": "caches/index", "before": digest, "after": digest, "identical": True}
    ]
    assert Paths(small.folder).index.read_bytes() == before


def test_a_missing_cache_is_made_and_said_to_have_been_missing(small: House) -> None:
    index = Paths(small.folder).index
    before = index.read_bytes()
    with small.opened() as store:
        index.unlink()
        [view] = rebuild(store)["views"]
    assert (view["before"], view["identical"]) == ("", False)
    assert index.read_bytes() == before


def test_records_sealed_by_the_same_writer_are_in_the_rebuilt_cache(small: House) -> None:
    with small.opened() as store:
        store.append([store.body(0)])
        assert rebuild(store)["records"] == store.log.records
    assert small.audited().ok


def test_progress_says_how_many_records_were_read(small: House) -> None:
    told: list[tuple[str, int, int]] = []
    with small.opened() as store:
        rebuild(store, progress=lambda *said: told.append(said))
        assert told[-1] == ("rebuild", store.log.records, store.log.records)
