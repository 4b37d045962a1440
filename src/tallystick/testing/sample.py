"""The sample: a folder of files of every source about a small association that does not exist.

Owns `write_sample` and `SampleManifest`. Rules: the same seed and date give the same bytes; the
manifest says what the generator planted, so that a reader can be checked against it; a README in
the folder says that all of it is fiction.

    manifest = write_sample(Path("sample"), as_of="2026-11-01")
    [file.source for file in manifest.files]    # in the order they are to be imported
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tallystick.testing.association_records import association_sheet, honours_sheet, ratios_sheet
from tallystick.testing.decisions import (
    corrections_sheet,
    licences_sheet,
    old_licences_sheet,
    old_penalties_sheet,
    penalties_sheet,
)
from tallystick.testing.declarations import declared_sheet, visits_sheet
from tallystick.testing.fiction import association
from tallystick.testing.public_records import debtors_sheet, listings_sheet, tax_sheet
from tallystick.testing.roster import consent_document, roster_sheet
from tallystick.testing.sheets import SampleFile, Sheet
from tallystick.testing.world import Member, World, make_world

SEED_DEFAULT = 20260101
AS_OF_DEFAULT = "2026-11-01"
CONSENTS_FOLDER = "consents"

# In the order they are to be imported: members first, a correction after what it corrects.
_SHEETS = (
    roster_sheet,
    declared_sheet,
    visits_sheet,
    penalties_sheet,
    old_penalties_sheet,
    corrections_sheet,
    licences_sheet,
    old_licences_sheet,
    debtors_sheet,
    listings_sheet,
    tax_sheet,
    association_sheet,
    honours_sheet,
    ratios_sheet,
)


@dataclass(frozen=True, slots=True)
class SampleManifest:
    """What was written.

    folder: where. as_of: the ISO date the world is seen at. association_name, association_code:
    who keeps the roster. members: all of them with their stories. files: in import order.
    """

    folder: Path
    seed: int
    as_of: str
    association_name: str
    association_code: str
    members: tuple[Member, ...]
    files: tuple[SampleFile, ...]

    def members_living(self, *codes: str) -> tuple[Member, ...]:
        """Return the members whose story has one of the `codes`."""
        return tuple(member for member in self.members if member.story.code in codes)


def write_sample(
    folder: Path, seed: int = SEED_DEFAULT, as_of: str = AS_OF_DEFAULT
) -> SampleManifest:
    """Write the sample into `folder` (made if it is not there) and return its manifest.

    as_of: the ISO date the world is seen at; every date in it lies before or counts from it.
    """
    world = make_world(seed, as_of)
    folder.mkdir(parents=True, exist_ok=True)
    _write_consents(folder, world)
    files = tuple(sheet.write(folder) for sheet in sample_sheets(world))
    name, code = association()
    manifest = SampleManifest(folder, seed, as_of, name, code, world.members, files)
    (folder / "README.txt").write_bytes(_readme(manifest).encode())
    return manifest


def sample_sheets(world: World) -> list[Sheet]:
    """Return every file of the sample, in import order, not yet written."""
    return [make(world) for make in _SHEETS]


def _write_consents(folder: Path, world: World) -> None:
    consents = folder / CONSENTS_FOLDER
    consents.mkdir(exist_ok=True)
    for member in world.members:
        document = consent_document(member, world)
        if document is not None:
            (consents / f"{member.uscc}.txt").write_bytes(document)


def _readme(manifest: SampleManifest) -> str:
    files = "".join(
        f"  {file.name:<26} --source {file.source:<20} {file.rows:>4}"
        f"{'  --complete' if file.complete else ''}\n"
        for file in manifest.files
    )
    stories: dict[str, int] = {}
    for member in manifest.members:
        line = f"{member.story.code}: {member.story.plot}"
        stories[line] = stories.get(line, 0) + 1
    cast = "".join(f"  {count} x {line}\n" for line, count in stories.items())
    return (
        "全部虚构 / ALL FICTION\n"
        "\n"
        "本文件夹中的组织、代码、文书、日期和金额全部是程序生成的虚构样例，与任何真实组织或个人无关。\n"
        "每个组织名称都含有“样例”或“演示”；统一社会信用代码的主体标识码取自 GB 11714 的自定义区\n"
        "（PDY00001 至 PDY99999），从未发给任何组织；LEI 中都写有 SAMPLE。\n"
        "文件中故意留有常见的错误。\n"
        "\n"
        "Every organisation, code, document, date and amount in this folder was made up by a\n"
        "program and has nothing to do with any real organisation or person. Each name says\n"
        "样例 (sample) or 演示 (demonstration); the codes lie in the range GB 11714 keeps for\n"
        "internal use (PDY00001 to PDY99999) and were never issued; every LEI says SAMPLE.\n"
        "The usual mistakes are there on purpose.\n"
        "\n"
        f"协会 / association: {manifest.association_name} {manifest.association_code}\n"
        f"日期 / seen on: {manifest.as_of}    种子 / seed: {manifest.seed}\n"
        "\n"
        "按此顺序导入 / import in this order (file, source, rows):\n"
        f"{files}"
        "\n"
        f"授权书 / consent documents: {CONSENTS_FOLDER}/\n"
        "\n"
        "会员的故事 / what the members are like:\n"
        f"{cast}"
    )
