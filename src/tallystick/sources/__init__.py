"""Outside data to draft records and problems.

Owns everything between a file and a draft: formats and encodings, headers and mappings, forms and
units, the dropping of personal cells, the masking of free text, the refusal of rows about people.
Rules: personal cells are dropped where they are read, before any object, log, temporary file or
problem exists, and are counted; only mapped columns leave the reader; a problem carries file, line,
field and code and never the value of a cell; good rows go on.

    reader = open_source(Path("penalties.csv"), "penalties")
    for chunk in reader.chunks():
        read = interpret(chunk)          # in any process
        use(read.drafts, read.problems)
    use(reader.problems, reader.refused, reader.dropped)

Legal representatives are dropped as well: no field of the catalogue that is ever scored needs them,
and what is not read cannot reach a page.
"""

from __future__ import annotations

from pathlib import Path

from tallystick.sources.drafts import DraftGrant, DraftRecord, Interpreted, RawChunk
from tallystick.sources.grids import Grid, is_grid, read_grids, read_text
from tallystick.sources.headers import is_personal
from tallystick.sources.interpreting import interpret
from tallystick.sources.mapping import Mapping
from tallystick.sources.outcomes import Experts, Outcomes, read_experts, read_outcomes
from tallystick.sources.profiles import SOURCES, Profile, profile_of
from tallystick.sources.reader import SourceReader
from tallystick.sources.templates import write_template

__all__ = [
    "SOURCES",
    "DraftGrant",
    "DraftRecord",
    "Experts",
    "Grid",
    "Interpreted",
    "Mapping",
    "Outcomes",
    "Profile",
    "RawChunk",
    "SourceReader",
    "interpret",
    "is_grid",
    "is_personal",
    "open_source",
    "profile_of",
    "read_experts",
    "read_grids",
    "read_outcomes",
    "read_text",
    "write_template",
]


def open_source(path: Path, source: str, mapping: Mapping | Path | None = None) -> SourceReader:
    """Return the file at `path` opened as one of SOURCES.

    mapping: what its columns are read as, or the reviewed document that says so; None guesses from
    the headers.

    Raises TallyError: `unknown_source`, `no_file`, `unknown_format`, `unknown_encoding`,
    `unreadable`; for a document `bad_mapping`, `personal_column`, `refused_class`.
    """
    return SourceReader(path, source, mapping)
