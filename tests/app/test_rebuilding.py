from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tallystick.app.rebuilding import rebuild
from tallystick.app.workspace import Paths

if TYPE_CHECKING:
    from tests.app.conftest import House


def test_a_true_cache_comes_out_byte_for_byte(small: House) -> None:
    before = small.content()
    with small.opened() as store:
        done = rebuild(store)
    names = [view["file"] for view in done["views"]]
    assert names[:2] == ["caches/index", "evidence/tile-0"]
    for view in done["views"]:
        digest = hashlib.sha256(before[view["file"]]).hexdigest()
        assert view == {**view, "before": digest, "after": digest, "identical": True}
    assert small.content() == before


def test_a_missing_cache_is_made_and_said_to_have_been_missing(small: House) -> None:
    index = Paths(small.folder).index
    before = index.read_bytes()
    with small.opened() as store:
        index.unlink()
        view, *others = rebuild(store)["views"]
    assert (view["before"], view["identical"]) == ("", False)
    assert all(other["identical"] for other in others)
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
