"""Drills of nodes that die, of lines that are cut, of disks that are lost."""

from __future__ import annotations

import shutil
import time

from tallystick.app.network import node
from tallystick.app.network.reasons import NOT_FINAL_YET
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.testing.drills.field import Field, Say, Writer, promise, until

PATIENCE_S = 4.0  # of a writer who is to see that nothing becomes final
WRITTEN = 3


def _more(writer: Writer, count: int = WRITTEN) -> None:
    """Wait until a writer had so many more commits acknowledged."""
    goal = len(writer.acknowledged) + count
    until(lambda: len(writer.acknowledged) >= goal, f"{count} more commits")


def kill_one(say: Say) -> None:
    """Kill one of four while others write, and start it again."""
    with Field(say) as field:
        writer = field.writer("A")
        writer.start()
        _more(writer)
        field.kill("D")
        _more(writer, 2 * WRITTEN)
        status = field.status()
        promise(not status["halted"], "three of four go on")
        until(lambda: field.status()["missing"] == ["D"], "the status names D")
        [row] = [one for one in field.status()["members"] if one["name"] == "D"]
        promise(row["missing_since"], "it says since when")
        say(
            Text(
                "D 自第 {height} 块起缺席，A、B、C 照常",
                "D missing since block {height}; A, B and C went on",
            ).fill(**row["missing_since"])
        )
        field.start("D")
        field.caught_up("D")
        field.check()


def kill_two(say: Say) -> None:
    """Kill two of four: nothing becomes final, it says so, and goes on when one is back."""
    with Field(say) as field:
        writer = field.writer("A")
        writer.write()
        field.kill("C")
        field.kill("D")
        try:
            writer.write(final_s_max=PATIENCE_S)
            promise(held=False, what="nothing becomes final with two of four")
        except TallyError as fault:
            promise(fault.reason is NOT_FINAL_YET, f"it says so ({fault.code})")
        status = field.status()
        promise(set(status["missing"]) == {"C", "D"}, "the status names C and D")
        promise(status["halted"], "it says at once that the ledger halted")
        promise(writer.log.outgoing.exists(), "what was submitted is kept")
        say(
            Text(
                "C、D 失联，无法定案；需要 {count} 家中的 {needed} 家",
                "with C and D dead nothing is final; need {needed} of {count}",
            ).fill(**status)
        )
        started = time.monotonic()
        field.start("C")
        writer.log.final_s_max = 60.0
        writer.reopen()
        say(
            Text(
                "C 恢复：待定案的一笔 {s:.1f} 秒后定案",
                "C back: what was outgoing is final after {s:.1f} s",
            ).fill(s=time.monotonic() - started)
        )
        promise(not writer.log.outgoing.exists(), "nothing is outgoing any more")
        writer.write()
        field.start("D")
        field.caught_up("D")
        field.check()


def partition(say: Say) -> None:
    """Cut three from one, then two from two, and heal."""
    with Field(say, lines=True) as field:
        lines = field.lines
        if lines is None:
            raise AssertionError
        writer, other = field.writer("A"), field.writer("D")
        writer.write()
        lines.cut("ABC", "D")
        writer.write()
        behind = field.height("D")
        try:
            other.write(final_s_max=PATIENCE_S)
            promise(held=False, what="the one that is cut off makes nothing final")
        except TallyError as fault:
            promise(fault.reason is NOT_FINAL_YET, f"it says so ({fault.code})")
        writer.write()
        promise(field.height("D") == behind, "D stands still alone")
        say(
            Text(
                "A、B、C 没有 D 也照常，D 独自定不了案",
                "A, B and C went on without D, and D made nothing final alone",
            )
        )
        lines.mend()
        other.log.final_s_max = 60.0
        other.reopen()
        field.caught_up("D")
        lines.cut("AB", "CD")
        try:
            writer.write(final_s_max=PATIENCE_S)
            promise(held=False, what="half of the power makes nothing final")
        except TallyError as fault:
            promise(fault.reason is NOT_FINAL_YET, f"it says so ({fault.code})")
        say(Text("两家对两家：哪一半也定不了案", "two and two: neither half made anything final"))
        lines.mend()
        writer.log.final_s_max = 60.0
        writer.reopen()
        other.write()
        field.check()


def rebuild(say: Say) -> None:
    """Lose a node's disk, and take the ledger from the others by a snapshot."""
    with Field(say) as field:
        writer = field.writer("A")
        writer.start()
        goal = 25
        until(lambda: field.height("A") >= goal, f"block {goal}")
        field.kill("D")
        field.destroy("D")
        say(
            Text(
                "第 {height} 块时 D 的磁盘全毁，只剩密钥",
                "D lost everything but its keys at block {height}",
            ).fill(height=field.height("A"))
        )
        # As an operator would: not before the others are past what D may have signed.
        _more(writer)
        field.start("D", "--from-peers")
        field.caught_up("D")
        first = until(lambda: _earliest(field, "D"), "D has blocks of its own")
        promise(first > 1, f"D began from a snapshot, not from block 1 (from {first})")
        say(
            Text(
                "D 从第 {height} 块的快照重新开始",
                "D began from a snapshot at block {height}",
            ).fill(height=first - 1)
        )
        until(lambda: "D" not in field.status()["missing"], "D signs again")
        field.check()


def _earliest(field: Field, name: str) -> int:
    return int(field.asked(name).status()["sync_info"]["earliest_block_height"])


def replay(say: Say) -> None:
    """Replace a node's program and play all blocks again, to the same hash.

    TALLY_COMETBFT_BEFORE names the engine it runs first, where there is one to upgrade from.
    """
    import os  # noqa: PLC0415 - of one use

    before = os.environ.get("TALLY_COMETBFT_BEFORE", "")
    with Field(say) as field:
        writer = field.writer("A")
        if before:
            field.stop("D")
            now, os.environ["TALLY_COMETBFT"] = os.environ.get("TALLY_COMETBFT"), before
            field.start("D")
            if now is None:
                del os.environ["TALLY_COMETBFT"]
            else:
                os.environ["TALLY_COMETBFT"] = now
            field.caught_up("D")
            version = field.asked("D").status()["node_info"]["version"]
            say(Text("D 先用 {version}", "D ran {version}").fill(version=version))
        writer.start()
        _more(writer, 2 * WRITTEN)
        field.stop("D")
        shutil.rmtree(field.nodes["D"].replica)
        promise(not node.process_of(field.nodes["D"]), "D ended")
        _more(writer)
        field.start("D")
        field.caught_up("D")
        version = field.asked("D").status()["node_info"]["version"]
        say(
            Text(
                "D 现用 {version}，重放了全部区块",
                "D runs {version} and played all blocks again",
            ).fill(version=version)
        )
        field.check()
