"""How a ledger is kept: backups, what a restore found, the use of the disk, the archive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tallystick.cli.itself import program
from tallystick.cli.pages.state import in_units
from tallystick.cli.pages.values import near, show_pairs, typed, utc
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Cell, Column, show_table
from tallystick.kernel.texts import Text
from tallystick.ledger.tiles import TILE_WIDTH

_BAR_CELLS = 24

# -- backups --------------------------------------------------------------------------------------

_DONE = Text("备份完成：第 {snapshot} 号快照", "Backed up: snapshot {snapshot}")
_AS_BEFORE = Text(
    "自第 {snapshot} 号快照以来没有变化；已重读核对",
    "Nothing changed since snapshot {snapshot}; it was read again and is intact",
)
_FOLDER = Text("备份", "Backup")
_KEYS = Text("密钥", "Keys")
_RECORDS = Text("记录", "Records")
_COPIED = Text("本次写入", "Written now")
_WHOLE = Text("快照大小", "Size of the snapshot")
_NEW = Text("{records}，其中新增 {new}", "{records}, {new} of them new")
_BESIDE = Text(
    "密钥就在备份里：谁拿到一份副本连同口令，就能读全部内容，包括此后销毁的。请用 --keys 另放，并为"
    "快照定一个保留期限。",
    "The keys lie within the backup: who gets a copy of it with the passphrase reads everything, "
    "also what is erased later. Put them elsewhere with --keys, and decide how long snapshots are "
    "kept.",
)
_APART = Text(
    "密钥连同口令能打开全部内容：请继续与备份分开保管，并为快照定一个保留期限。",
    "Keys and passphrase open everything: see that the keys are kept apart from the backup, and "
    "decide how long snapshots are kept.",
)
_NONE = Text("还没有完整的快照。", "There is no complete snapshot yet.")
_NUMBER = Text("快照", "Snapshot")
_TAKEN = Text("时间", "Taken")
_ENTRIES = Text("条目", "Entries")
_SIZE = Text("大小", "Size")
_THERE = Text("在", "there")
_AWAY = Text("另放", "elsewhere")
_LEFT = Text(
    "另有 {n} 份中断的备份，下次备份时清除。",
    "{n} interrupted {n:backup|backups} besides, removed by the next one.",
)
_CHECKED = Text(
    "全部快照已重读：摘要、树根、签名都对。",
    "All snapshots were read again: digests, roots and signatures hold.",
)


def show_backup(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show what a backup did."""
    said = _DONE if document["changed"] else _AS_BEFORE
    screen.line(said.fill(snapshot=document["snapshot"]), "bold", "green")
    new = document["records"] - document["records_before"]
    show_pairs(
        screen,
        [
            (_FOLDER, near(document["folder"])),
            (_KEYS, near(document["keys"])),
            (_RECORDS, screen.tell(_NEW.fill(records=document["records"], new=new))),
            (_COPIED, in_units(document["bytes_copied"])),
            (_WHOLE, in_units(document["bytes"])),
        ],
    )
    if document["changed"]:
        beside = Path(document["keys"]).is_relative_to(document["folder"])
        screen.paragraph(_BESIDE if beside else _APART)


def show_backups(screen: Screen, document: Mapping[str, Any], *, checked: bool = False) -> None:
    """Show the snapshots of a repository; checked: all of them were read again."""
    screen.line(f"{document['origin'] or near(document['folder'])}", "bold")
    rows = [
        [
            str(one["number"]),
            utc(one["taken_at"]),
            str(one["size"]),
            str(one["records"]),
            in_units(one["bytes"]),
            screen.tell(_THERE if one["keys"] else _AWAY),
        ]
        for one in document["snapshots"]
    ]
    columns = [
        Column(screen.tell(_NUMBER), right=True),
        Column(screen.tell(_TAKEN)),
        Column(screen.tell(_ENTRIES), right=True),
        Column(screen.tell(_RECORDS), right=True),
        Column(screen.tell(_SIZE), right=True),
        Column(screen.tell(_KEYS)),
    ]
    show_table(screen, columns, rows, 2)
    if not rows:
        screen.line(_NONE)
    if document["incomplete"]:
        screen.paragraph(_LEFT.fill(n=document["incomplete"]))
    if checked and rows:
        screen.line(_CHECKED, "green")


# -- a restored workspace -------------------------------------------------------------------------

_RESTORED = Text(
    "已由第 {snapshot} 号快照恢复：{records} 条记录",
    "Restored from snapshot {snapshot}: {records} {records:record|records}",
)
_LOST = Text(
    "账本已知有过 {known} 条记录，本快照有 {records} 条：丢失 {lost} 条。",
    "The ledger is known to have had {known} records; this snapshot has {records}: {lost} "
    "{lost:is|are} lost.",
)
_FORK = Text(
    "恢复的账本若继续写，就与丢失的那一段分了叉：那一段的回执不再与它相符，见证会拒绝联署。",
    "If the restored ledger is written to, it departs from the part that was lost: receipts of "
    "that part do not fit it any more, and witnesses will refuse to cosign it.",
)
_NOT_LOST = Text(
    "就所知而言，此后没有封存过别的记录。", "As far as is known, nothing was sealed since."
)
_ERASED = Text(
    "此后销毁的 {n} 条记录已重新销毁，并已写入恢复的账本。",
    "{n} {n:record|records} erased since {n:was|were} erased again, and the restored ledger states "
    "it.",
)
_LOST_UNKNOWN = Text(
    "此后还封存过多少条记录，不得而知。", "How many records were sealed since is not known."
)
_NO_ERASURES = Text("此后没有销毁过记录。", "No record was erased since.")
_UNKNOWN = Text(
    "快照之后封存的销毁不得而知（--as-of-backup）。若有，请立即重新执行。",
    "Erasures sealed after the snapshot are not known (--as-of-backup). If there were any, carry "
    "them out again at once.",
)
_AS_OF = Text(
    "由 {by} 得知的销毁截至 {when}；其后的不得而知。",
    "Erasures are known from {by} up to {when}; later ones are not.",
)
_SOUND = Text("恢复后的核查：一切相符。", "The audit of the result: everything agrees.")
_FAULTS = Text(
    "恢复后的核查发现 {n} 处问题；请执行 {command}",
    "The audit of the result found {n} {n:fault|faults}; run {command}",
)


def show_restored(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show what was restored, what was erased again, what is lost, what the audit found."""
    screen.line(_RESTORED.fill(**document), "bold", "green" if document["ok"] else "red")
    screen.line(f"  {near(document['workspace'])}")
    known = [one["path"] for one in document["later"]]
    if not known:
        screen.paragraph(_UNKNOWN, 0, "yellow")
    else:
        erased = len(document["erased"])
        screen.paragraph(_ERASED.fill(n=erased) if erased else _NO_ERASURES)
        told_by = [near(one) for one in known]
        by = Text("、".join(told_by), ", ".join(told_by))
        screen.paragraph(_AS_OF.fill(by=by, when=utc(document["erasures_known_as_of"])))
    lost = document["lost_records"]
    if lost is None:
        screen.paragraph(_LOST_UNKNOWN)
    elif lost or document["known_size"] > document["size"]:
        told = {"known": document["known_records"], "records": document["records"], "lost": lost}
        screen.paragraph(_LOST.fill(**told), 0, "yellow")
        screen.paragraph(_FORK)
    elif known:
        screen.paragraph(_NOT_LOST)
    if document["ok"]:
        screen.line(_SOUND, "green")
        return
    command = f"{program()} audit --workspace {typed(document['workspace'])}"
    screen.paragraph(_FAULTS.fill(n=len(document["audit"]["faults"]), command=command), 0, "red")


# -- the disk -------------------------------------------------------------------------------------

_PARTS = {
    "evidence/entries": Text("证据：条目", "evidence: entries"),
    "evidence/commitments": Text("证据：承诺值", "evidence: commitments"),
    "evidence/status": Text("证据：状态日志", "evidence: journal of status"),
    "evidence/checkpoint": Text("证据：检查点", "evidence: checkpoints"),
    "evidence/tiles": Text("证据：哈希（可重建）", "evidence: hashes (derived)"),
    "evidence/groups": Text("证据：批次分组（可重建）", "evidence: groups (derived)"),
    "bodies": Text("内容（加密）", "bodies (encrypted)"),
    "keys/records": Text("记录的密钥", "keys of records"),
    "keys/others": Text("其余密钥", "other keys"),
    "caches": Text("缓存（可重建）", "caches (derived)"),
    "output/receipts": Text("输出：回执", "outputs: receipts"),
    "output/reports": Text("输出：报告", "outputs: reports"),
    "output/imports": Text("输出：导入", "outputs: imports"),
    "output/exports": Text("输出：导出", "outputs: exports"),
    "output/others": Text("其他文件", "other files"),
}
_USE = Text("用途", "Use")
_BYTES = Text("大小", "Size")
_A_RECORD = Text("每条记录", "A record")
_SHARE = Text("所占", "Share")
_TOTAL = Text("合计", "Total")
_EVERY = Text(
    "每条记录 {a_record} 字节，每个批次 {a_batch}（不含输出）",
    "{a_record} bytes a record, {a_batch} a batch, outputs left out",
)
_LEDGER = Text("账本", "Ledger")
_COUNTS = Text(
    "{entries} 个条目，{batches} 个批次，{records} 条记录",
    "{entries} {entries:entry|entries}, {batches} {batches:batch|batches}, {records} "
    "{records:record|records}",
)
_GROWTH = Text("增长", "Growth")
_GREW = Text(
    "最近 {days} 天 {records} 条；照此一年 {a_year}",
    "{records} {records:record|records} in the last {days} {days:day|days}; at that pace "
    "{a_year} a year",
)
_YOUNG = Text(
    "最近 {days} 天 {records} 条；时间太短，推不出一年",
    "{records} {records:record|records} in the last {days} {days:day|days}, too short a time to "
    "tell of a year",
)
_ARCHIVED = Text("已归档", "Archived")
_CUT = Text("{records} 条的承诺值", "the commitments of {records} {records:record|records}")
_ARCHIVABLE = Text("可归档", "Could be archived")
_MOVABLE = Text(
    "{records} 条的承诺值，{bytes}（tally ledger archive）",
    "commitments of {records} {records:record|records}, {bytes} (tally ledger archive)",
)
_FREE = Text("磁盘剩余", "Free on the disk")
_YEARS = Text("{free}，照此够用 {years} 年", "{free}, enough for {years} years at that pace")


def show_disk_use(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show what uses the disk, as a table with bars."""
    whole = max(document["bytes"], 1)
    columns = [
        Column(screen.tell(_USE)),
        Column(screen.tell(_BYTES), right=True),
        Column(screen.tell(_A_RECORD), right=True),
        Column(screen.tell(_SHARE)),
    ]
    parts = [one for one in document["parts"] if one["files"]]
    rows: list[list[Cell | str]] = [
        [
            screen.tell(_PARTS[one["name"]]),
            in_units(one["bytes"]),
            f"{one['bytes_a_record']:.1f} B",
            Cell(_bar(one["bytes"], whole), "dim" if one["derived"] else "cyan"),
        ]
        for one in parts
    ]
    rows.append([screen.tell(_TOTAL), in_units(document["bytes"]), "", ""])
    show_table(screen, columns, rows)
    screen.line()
    counts = {name: document[name] for name in ("entries", "batches", "records")}
    pairs: list[tuple[Text | str, str]] = [
        (_LEDGER, screen.tell(_COUNTS.fill(**counts))),
        (
            "",
            screen.tell(
                _EVERY.fill(
                    a_record=str(document["bytes_a_record"]),
                    a_batch=in_units(round(document["bytes_a_batch"])),
                )
            ),
        ),
        (_GROWTH, screen.tell(_growth(document["growth"]))),
    ]
    if document["archived_records"]:
        pairs.append((_ARCHIVED, screen.tell(_CUT.fill(records=document["archived_records"]))))
    movable = document["archivable"]
    told = _MOVABLE.fill(records=movable["records"], bytes=in_units(movable["bytes"]))
    pairs.append((_ARCHIVABLE, screen.tell(told) if movable["records"] else "-"))
    free, years = in_units(document["free_bytes"]), document["years_left"]
    enough = screen.tell(_YEARS.fill(free=free, years=str(years)))
    pairs.append((_FREE, enough if years is not None else free))
    show_pairs(screen, pairs)


def _growth(growth: Mapping[str, Any]) -> Text:
    known = {"days": growth["days"], "records": growth["records"]}
    if growth["bytes_a_year"] is None:
        return _YOUNG.fill(**known)
    return _GREW.fill(**known, a_year=in_units(growth["bytes_a_year"]))


def _bar(part: int, whole: int) -> str:
    """Return a bar and a share in hundredths; what is there at all has a sign of it."""
    cells = round(part * _BAR_CELLS / whole)
    drawn = "█" * cells if cells else "▏" if part else ""
    return f"{drawn} {part * 100 / whole:.0f}%"


# -- the archive ----------------------------------------------------------------------------------

_MOVED = Text(
    "已把 {n} 条记录的承诺值（{bytes}）移入归档",
    "Moved the commitments of {n} {n:record|records} ({bytes}) into the archive",
)
_FEW = Text(
    "没有可移走的：账本有 {records} 条记录，最新的 {keep} 条留在工作区（--keep-records）",
    "Nothing to move: the ledger has {records} {records:record|records}, and the newest {keep} "
    "stay (--keep-records)",
)
_NO_BUNDLE = Text(
    "没有可移走的：只整包移走，一包为 {bundle} 个条目；早于最新 {keep} 条记录的，还不满一包",
    "Nothing to move: only whole bundles of {bundle} entries go, and what is older than the newest "
    "{keep} {keep:record|records} does not fill another one yet",
)
_HOLDS = Text(
    "归档有 {records} 条记录的承诺值",
    "The archive has the commitments of {records} {records:record|records}",
)
_NO_BACK = Text("没有归档过，无可放回", "Nothing was archived, and nothing put back")
_BACK = Text(
    "{n} 条记录的承诺值已放回工作区",
    "The commitments of {n} {n:record|records} are back in the workspace",
)
_NEEDED = Text(
    "打开工作区时归档必须在手边；请也备份归档。",
    "The archive must be at hand whenever the workspace is opened; back it up too.",
)


def show_archive(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show what went into the archive, or came back."""
    if "brought_back" in document:
        back = document["brought_back"]
        screen.line(_BACK.fill(n=back) if back else _NO_BACK, "green")
        return
    moved, archived = document["records_moved"], document["records_archived"]
    if moved:
        told = _MOVED.fill(n=moved, bytes=in_units(document["bytes_moved"]))
        screen.line(told, "bold")
    elif "records_to_keep" in document:
        screen.paragraph(_why_nothing(document), 0, "bold")
    if archived:
        screen.line(_HOLDS.fill(records=archived))
        screen.line(f"  {near(document['folder'])}")
        screen.paragraph(_NEEDED)


def _why_nothing(document: Mapping[str, Any]) -> Text:
    records, keep = document["records"], document["records_to_keep"]
    if records <= keep:
        return _FEW.fill(records=records, keep=keep)
    return _NO_BUNDLE.fill(bundle=TILE_WIDTH, keep=keep)
