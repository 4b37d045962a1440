"""The whole sample with markers in every personal place, read to its last row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.sources.profiles import PERSONAL, profile_of
from tallystick.testing.markers import write_marked_sample

from .conftest import take


@pytest.mark.parametrize("seed", [1, 20260101])
def test_no_planted_marker_is_in_anything_that_leaves_the_sources(
    seed: int, tmp_path: Path
) -> None:
    marked = write_marked_sample(tmp_path, count=1500, seed=seed)
    said = []
    for file in marked.files:
        taken = take(marked.folder / file.name, file.source)
        said.append(repr(taken))
        said.append(taken.reader.mapping_document())
        said += [str(p.to_json(language)) for p in taken.problems for language in ("zh", "en")]
    everything = "\n".join(said).encode()
    leaked = [
        f"{marker.place}: {marker.kind}"
        for marker in marked.markers
        if any(needle in everything for needle in marker.needles())
    ]
    assert len(marked.markers) == 1500
    assert leaked == []


def test_a_marker_that_is_kept_would_be_found(tmp_path: Path) -> None:
    marked = write_marked_sample(tmp_path, count=500)
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("*.csv"))
    everything += b"".join(path.read_bytes() for path in tmp_path.glob("*.json"))
    found = [m for m in marked.markers if any(n in everything for n in m.needles())]
    assert len(found) > 300


def test_no_table_maps_a_personal_column_to_a_field() -> None:
    for source in ("penalties", "licences", "judgment-debtors", "roster"):
        personal = [c for c in profile_of(source).columns if c.kind == PERSONAL]
        assert personal
        assert [column.field for column in personal if column.field] == []
