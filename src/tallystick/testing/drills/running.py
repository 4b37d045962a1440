"""Which drills there are, and running them one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tallystick.app.network.engine import find_engine
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.testing.drills import changes, lies, losses
from tallystick.testing.drills.field import Broken, Say


class Drill(NamedTuple):
    """A drill and what it is, in a sentence."""

    what: Text
    hold: Callable[[Say], None]


DRILLS = {
    "kill-one": Drill(
        Text(
            "写入时杀死四家中的一家，再启动", "kill one of four while others write, start it again"
        ),
        losses.kill_one,
    ),
    "kill-two": Drill(
        Text(
            "杀死四家中的两家：停住并说明，恢复后继续",
            "kill two of four: it halts, says so, and goes on when one is back",
        ),
        losses.kill_two,
    ),
    "partition": Drill(
        Text("切断一家与三家，再切成两半，再复原", "cut one from three, then two from two; heal"),
        losses.partition,
    ),
    "wrong-hash": Drill(
        Text(
            "一家算出别的结果：只有它停下，ledger diff 指出何处",
            "one computes something else: it alone stops, and ledger diff says where",
        ),
        lies.wrong_hash,
    ),
    "equivocation": Drill(
        Text(
            "同一共识密钥在两处运行：记下证据，表决移出",
            "one consensus key in two places: it is recorded, and its owner voted out",
        ),
        lies.equivocation,
    ),
    "rebuild": Drill(
        Text(
            "一家磁盘全毁，从他人取快照", "a disk is lost, and taken from the others by a snapshot"
        ),
        losses.rebuild,
    ),
    "members": Drill(
        Text(
            "增加、移出成员，更换密钥；会停住账本的事先拒绝",
            "members come and go, a key is replaced; what would halt the ledger is refused before",
        ),
        changes.members,
    ),
    "replay": Drill(
        Text(
            "换程序并重放全部区块，哈希相同", "replace the program, play all blocks: the same hash"
        ),
        losses.replay,
    ),
    "supervisor": Drill(
        Text("监管方不表决，只保管、联署", "a supervisor without a vote keeps and cosigns"),
        changes.supervisor,
    ),
}
ALL = "all"

NO_SUCH_DRILL = Reason(
    "no_such_drill",
    Text("没有演练 {name}", "there is no drill {name}"),
    "docs/operating/consortium.md",
    Text("有这些：{known}。", "There are: {known}."),
)


def run_drills(names: Sequence[str], say: Say) -> dict[str, Any]:
    """Run drills by name; return what became of each. Raises: NO_SUCH_DRILL, NO_ENGINE."""
    find_engine()
    wanted = list(DRILLS) if ALL in names else list(names)
    for name in wanted:
        if name not in DRILLS:
            raise NO_SUCH_DRILL.error(name=name, known=", ".join((*DRILLS, ALL)))
    results = [_run(name, say) for name in wanted]
    return {"drills": results, "held": all(one["held"] for one in results)}


def _run(name: str, say: Say) -> dict[str, Any]:
    said: list[Text] = []

    def told(text: Text) -> None:
        said.append(text)
        say(Text("  {text}", "  {text}").fill(text=text))

    say(Text("{name}：{what}", "{name}: {what}").fill(name=name, what=DRILLS[name].what))
    started, broken = time.monotonic(), ""
    try:
        DRILLS[name].hold(told)
    except (Broken, TallyError, OSError) as fault:
        broken = str(fault) or repr(fault)
        say(Text("  未兑现：{broken}", "  BROKEN: {broken}").fill(broken=broken))
    seconds = round(time.monotonic() - started, 1)
    lines = {"zh": [text.zh for text in said], "en": [text.en for text in said]}
    return {"name": name, "held": not broken, "broken": broken, "seconds": seconds, "said": lines}
