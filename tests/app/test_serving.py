from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.cosigned import cosigned_file
from tallystick.app.receipts import make_numbered
from tallystick.app.serving import ExportedSite, LedgerSite
from tallystick.app.tiling import export_tiles
from tallystick.app.verifying import verify
from tallystick.app.web import Page
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import leaf_hash, root_of
from tallystick.kernel.notes import parse_checkpoint
from tallystick.kernel.signing import CosignerKey
from tallystick.ledger.tiles import TILE_WIDTH, tile_path, tiles

from .conftest import MEMBERS, years

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.app.conftest import House

Site = LedgerSite | ExportedSite
WITNESS = CosignerKey("witness.example/w1", bytes([9]) * 32)


def got(site: Site, path: str) -> Page:
    return site.answer("GET", path, b"")


@pytest.fixture(scope="session")
def long_house(founded_house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A ledger of more than a tile of entries. Not to be changed: copy it."""
    house = founded_house.copied(tmp_path_factory.mktemp("long") / "workspace")
    with house.opened() as store:
        body = store.body(0)
        while store.log.size < TILE_WIDTH + 20:
            store.append([body])
    return house


@pytest.fixture(params=["workspace", "exported"])
def site(
    request: pytest.FixtureRequest, long_house: House, tmp_path: Path
) -> Iterator[tuple[Site, list[bytes], str]]:
    """The two kinds of site, with the entries and the checkpoint they should show."""
    with long_house.opened() as store:
        entries = [store.log.entry(number) for number in range(store.log.size)]
        assert store.log.checkpoint is not None
        checkpoint = store.log.checkpoint.text()
        if request.param == "exported":
            export_tiles(store, tmp_path / "public")
    folder = long_house.folder if request.param == "workspace" else tmp_path / "public"
    made: Site = LedgerSite(folder) if request.param == "workspace" else ExportedSite(folder)
    yield made, entries, checkpoint
    made.close()


def test_every_tile_of_the_layout_is_served(site: tuple[Site, list[bytes], str]) -> None:
    made, entries, checkpoint = site
    expected = dict(tiles(entries))
    assert {"tile/0/000", "tile/0/001.p/" + str(len(entries) - TILE_WIDTH)} <= set(expected)
    for path, data in expected.items():
        page = got(made, f"/{path}")
        assert (page.status, page.media) == (200, "application/octet-stream"), path
        assert page.data == data, path
        assert page.immutable
    newest = got(made, "/checkpoint")
    assert newest.data.decode() == checkpoint
    assert newest.media == "text/plain; charset=utf-8"
    assert (newest.immutable, newest.keep_s <= 10) == (False, True)


def test_partial_tiles_of_every_smaller_size_are_served(
    site: tuple[Site, list[bytes], str],
) -> None:
    """Whoever holds an older checkpoint asks for the tiles it had."""
    made, entries, _ = site
    for size in (1, 2, 100, TILE_WIDTH - 1, TILE_WIDTH, TILE_WIDTH + 1, len(entries) - 1):
        for path, data in tiles(entries[:size]):
            assert got(made, f"/{path}").data == data, path
    for size in (1, 17, len(entries) - TILE_WIDTH):
        hashes = got(made, f"/tile/0/001.p/{size}").data
        assert hashes == b"".join(map(leaf_hash, entries[TILE_WIDTH : TILE_WIDTH + size]))


def test_what_is_served_leads_to_the_root_of_the_checkpoint(
    site: tuple[Site, list[bytes], str],
) -> None:
    made, _, _ = site
    checkpoint = parse_checkpoint(got(made, "/checkpoint").data.decode())
    hashes = b""
    for first in range(0, checkpoint.size, TILE_WIDTH):
        width = min(checkpoint.size - first, TILE_WIDTH)
        hashes += got(made, f"/{tile_path('0', first, width)}").data
    leaves = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
    assert root_of(leaves) == checkpoint.root


def test_nothing_beyond_the_checkpoint_is_served(site: tuple[Site, list[bytes], str]) -> None:
    made, entries, _ = site
    here = len(entries) - TILE_WIDTH
    for path in (
        f"/tile/0/001.p/{here + 1}",
        "/tile/0/001",
        "/tile/0/002.p/1",
        "/tile/1/000",
        "/tile/1/000.p/2",
        "/tile/2/000.p/1",
        "/tile/63/000.p/1",
        f"/tile/entries/001.p/{here + 1}",
        "/tile/entries/001",
        "/tile/0/x999/x999/x999/x999/x999/x999/999",
    ):
        assert got(made, path).status == 404, path


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "checkpoint", "//checkpoint", "/checkpoint/", "/checkpoint?x", "/checkpoint#",
        "/Checkpoint", "/./checkpoint", "/%63heckpoint", "/checkpoint\n", "/tile", "/tile/",
        "/tile/0", "/tile/0/", "/tile/0/000/", "/tile/00/000", "/tile/64/000.p/1", "/tile/-1/000",
        "/tile/0/0", "/tile/0/00", "/tile/0/0000", "/tile/0/x000/000", "/tile/0/000.p/0",
        "/tile/0/000.p/01", "/tile/0/000.p/256", "/tile/0/000.p/257", "/tile/0/000.p/1000",
        "/tile/0/000.p/-1", "/tile/0/000.p/", "/tile/0/000.p", "/tile/0/\u0660\u0660\u0660",
        "/tile/0/000\n", "/tile/data/000", "/tile/entries/../../checkpoint",
        "/../workspace.json", "/..%2fworkspace.json", "/tile/0/../../../trust.policy",
        "/workspace.json", "/trust.policy", "/evidence/entries", "/evidence/checkpoint",
        "/bodies/records", "/keys/keyring", "/caches/index", "/entries", "/tile-0", "/status",
        "http://other/checkpoint", "/receipt/" + "0" * 64,
    ],
)  # fmt: skip
def test_nothing_else_is_served(site: tuple[Site, list[bytes], str], path: str) -> None:
    assert got(site[0], path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_taken(site: tuple[Site, list[bytes], str], method: str) -> None:
    assert site[0].answer(method, "/checkpoint", b"x").status == 405


def test_a_newer_checkpoint_is_noticed_and_no_passphrase_is_needed(small: House) -> None:
    made = LedgerSite(small.folder)
    before = parse_checkpoint(got(made, "/checkpoint").data.decode())
    small.deliver("association", [{**one, "year": "2024"} for one in years(MEMBERS)])
    after = parse_checkpoint(got(made, "/checkpoint").data.decode())
    assert after.size > before.size
    assert got(made, f"/tile/0/000.p/{after.size}").status == 200
    assert got(made, f"/tile/0/000.p/{before.size}").status == 200
    made.close()


def test_the_newest_checkpoint_comes_with_its_cosignatures_and_an_older_one_does_not(
    small: House,
) -> None:
    made = LedgerSite(small.folder)
    plain = parse_checkpoint(got(made, "/checkpoint").data.decode())
    cosigned = plain.cosigned(WITNESS, 1)
    with small.opened() as store:
        cosigned_file(store.paths).write_bytes(cosigned.text().encode())
    assert got(made, "/checkpoint").data.decode() == cosigned.text()
    small.deliver("association", [{**one, "year": "2024"} for one in years(MEMBERS)])
    newer = parse_checkpoint(got(made, "/checkpoint").data.decode())
    assert len(newer.signatures) == 1
    assert newer.size > plain.size
    made.close()


def test_hashes_that_are_wrong_on_disk_are_not_served(small: House) -> None:
    with small.opened() as store:
        entries = [store.log.entry(number) for number in range(store.log.size)]
    file = small.folder / "evidence" / "tile-0"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    made = LedgerSite(small.folder)
    page = got(made, f"/{tile_path('0', 0, len(entries))}")
    assert page.data == b"".join(map(leaf_hash, entries))
    made.close()


def test_receipts_are_given_only_where_that_was_asked_for(small: House) -> None:
    with small.opened() as store:
        trust = small.folder / "trust.policy"
        commitment = store.log.commitment(3)
        expected = make_numbered(store, 3, content=False)
    plain = LedgerSite(small.folder)
    assert got(plain, f"/receipt/{commitment.hex()}").status == 404
    plain.close()
    made = LedgerSite(small.folder, receipts=True)
    page = got(made, f"/receipt/{commitment.hex()}")
    assert (page.status, page.data) == (200, expected)
    assert verify(page.data, trust.read_text(encoding="utf-8")).valid
    for path in (
        f"/receipt/{commitment.hex().upper()}",
        f"/receipt/{commitment.hex()[:-1]}",
        f"/receipt/{commitment.hex()}/",
        f"/receipt/{'0' * 64}",
    ):
        assert got(made, path).status == 404
    made.close()


def test_a_folder_that_is_no_ledger_is_refused(tmp_path: Path, small: House) -> None:
    with pytest.raises(TallyError) as refusal:
        ExportedSite(tmp_path)
    assert refusal.value.code == "not_exported"
    with pytest.raises(TallyError) as refusal:
        LedgerSite(tmp_path)
    assert refusal.value.code == "not_a_workspace"
    shutil.copy(small.folder / "trust.policy", tmp_path / "checkpoint")
    with pytest.raises(TallyError) as refusal:
        ExportedSite(tmp_path)
    assert refusal.value.code == "not_exported"
