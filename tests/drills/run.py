"""All drills, one after the other, with what they found written down.

    python -m tests.drills.run --output drills.json

Each drill is a process of its own; its last line is its result. The results of all go into one JSON
document, with the machine and the time. Exit status 1 when any of them found a broken promise.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tallystick import __version__
from tallystick.testing.benching import machine, versions


def plan(given: argparse.Namespace) -> dict[str, list[str]]:
    """Return the command line of each drill."""
    kills = ["--count", str(given.kills)]
    bench = ["-m", "tallystick", "bench", "ledger"]
    return {
        "kill_import": ["-m", "tests.drills.kill_import", *kills],
        "kill_erasure": ["-m", "tests.drills.kill_erasure", *kills],
        "kill_backup": ["-m", "tests.drills.kill_backup", *kills],
        "soak": ["-m", "tests.drills.soak", "--records", str(given.records)],
        "network": ["-m", "tallystick", "network", "drill", "all", "--json"],
        "ledger": [*bench, "--json", "--records", str(given.ledger_records)],
    }


def run(name: str, command: list[str]) -> dict[str, Any]:
    """Run one drill, showing its lines; return its result."""
    sys.stdout.write(f"== {name}\n")
    began, said = time.monotonic(), []
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            said.append(line)
    try:
        last = json.loads("".join(said) if name in {"ledger", "network"} else said[-1])
    except (ValueError, IndexError):
        last = {}
    seconds = round(time.monotonic() - began)
    return {"passed": process.returncode == 0, "seconds": seconds, "result": last}


def main() -> int:
    """Run them all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="of each drill that kills")
    parser.add_argument("--records", type=int, default=1_000_000, help="of the soak")
    parser.add_argument(
        "--ledger-records", type=int, default=10_000_000, help="of the bench of the ledger"
    )
    parser.add_argument("--only", action="append", default=[], help="the name of a drill")
    parser.add_argument("-o", "--output", type=Path, default=Path("drills.json"))
    given = parser.parse_args()
    chosen = {n: c for n, c in plan(given).items() if not given.only or n in given.only}
    results = {name: run(name, command) for name, command in chosen.items()}
    document = {
        "tallystick": __version__,
        "finished": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "drills": results,
    }
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    given.output.write_text(text, encoding="utf-8")
    for name, one in results.items():
        said = "kept every promise" if one["passed"] else "BROKE A PROMISE"
        sys.stdout.write(f"{name:<13} {one['seconds']:>5} s  {said}\n")
    sys.stdout.write(f"{given.output}\n")
    return 0 if all(one["passed"] for one in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
