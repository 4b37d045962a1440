"""Which drills there are, and running them one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from tallystick.app.network.engine import find_engine
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.testing.drills import changes, lies, losses
from tallystick.testing.drills.field import Broken, Say

DRILLS: dict[str, Callable[[Say], None]] = {
    "kill-one": losses.kill_one,
    "kill-two": losses.kill_two,
    "partition": losses.partition,
    "wrong-hash": lies.wrong_hash,
    "equivocation": lies.equivocation,
    "rebuild": losses.rebuild,
    "members": changes.members,
    "replay": losses.replay,
    "supervisor": changes.supervisor,
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
    said: list[str] = []

    def told(text: str) -> None:
        said.append(text)
        say(f"  {text}")

    say(f"{name}: {(DRILLS[name].__doc__ or '').splitlines()[0]}")
    started, broken = time.monotonic(), ""
    try:
        DRILLS[name](told)
    except (Broken, TallyError, OSError) as fault:
        broken = str(fault) or repr(fault)
        say(f"  BROKEN: {broken}")
    seconds = round(time.monotonic() - started, 1)
    return {"name": name, "held": not broken, "broken": broken, "seconds": seconds, "said": said}
