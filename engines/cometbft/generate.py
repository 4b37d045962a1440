#!/usr/bin/env python3
"""Make the Python code of CometBFT's messages anew from its .proto files.

    python engines/cometbft/generate.py CHECKED_OUT_COMETBFT

Needs grpcio-tools, which nothing else here does. The options of gogoproto are cut out: they steer
the Go code and do not change the bytes. The files land in src/tallystick/consortium/protocol.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "src/tallystick/consortium/protocol"
WANTED = "tendermint/abci/types.proto"


def without_gogo(text: str) -> str:
    """Return a .proto file without the options of gogoproto."""
    text = text.replace('import "gogoproto/gogo.proto";\n', "")
    text = re.sub(r"(?m)^\s*option \(gogoproto\.[^;]*;\n", "", text)
    text = re.sub(r'\(gogoproto\.\w+\)\s*=\s*(?:"[^"]*"|\w+)\s*,?', "", text)
    text = re.sub(r"\[\s*,?\s*\]", "", text)
    return re.sub(r",\s*\]", "]", text)


def copy(proto: Path, name: str, into: Path, seen: set[str]) -> None:
    """Copy a .proto file and those it imports."""
    if name in seen:
        return
    seen.add(name)
    text = without_gogo((proto / name).read_text())
    # A stranger may ask for any path: bytes, which are the same on the wire, are read whatever
    # they are, while text that is not UTF-8 would make the message unreadable and end the node.
    text = text.replace("string path   = 2;", "bytes  path   = 2;")
    (into / name).parent.mkdir(parents=True, exist_ok=True)
    (into / name).write_text(text)
    for other in re.findall(r'import "(tendermint/[^"]+)"', text):
        copy(proto, other, into, seen)


def flat(text: str) -> str:
    """Return generated code that imports its neighbours from one folder."""
    return re.sub(
        r"from tendermint\.(\w+) import (\w+) as",
        r"from tallystick.consortium.protocol import \1_\2 as",
        text,
    )


def main(checkout: str) -> None:
    """Make the files."""
    for old in [*TARGET.glob("*_pb2.py"), *TARGET.glob("*_pb2.pyi")]:
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "proto", Path(folder) / "made"
        made.mkdir()
        seen: set[str] = set()
        copy(Path(checkout) / "proto", WANTED, source, seen)
        subprocess.run(  # noqa: S603 - a fixed program
            [
                *(sys.executable, "-m", "grpc_tools.protoc", f"-I{source}"),
                *(f"--python_out={made}", f"--pyi_out={made}", *sorted(seen)),
            ],
            check=True,
        )
        for file in made.rglob("*_pb2.py*"):
            place = TARGET / f"{file.parent.name}_{file.name}"
            shutil.copy(file, place)
            place.write_text(flat(place.read_text()))


if __name__ == "__main__":
    main(sys.argv[1])
