"""Other people's programs, built once in a session.

Needs Go 1.24 or newer, and the module proxy or a module cache. Where they are missing the tests say
so and do not run; with CI=true that is a failure.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import VerifierKey
from tallystick.testing.peer_tessera import FSCK, PEER_FAILED, build

# Tessera's fsck says what it found and always exits with 0. A worker that finds a fault ends, and
# with too few of them the rest of the tiles would wait for ever.
WORKERS = 16
SECONDS = 120


@dataclass(frozen=True)
class Tools:
    """The programs and how they are asked. An answer: whether they accept, and what they say."""

    fsck_program: Path
    notecheck_program: Path

    def fsck(self, folder: Path, key: VerifierKey) -> tuple[bool, str]:
        """Let Tessera's fsck go through a log laid out as C2SP tlog-tiles says."""
        said = self._asked(
            self.fsck_program,
            f"-storage_url={folder.as_uri()}",
            f"-public_key={self._key_file(folder, key)}",
            f"-N={WORKERS}",
            "-ui=false",
        )
        accepted, refused = "Successfully fsck'd log" in said.stderr, "fsck failed" in said.stderr
        assert accepted is not refused, said.stderr
        return accepted, said.stderr

    def checkpoint(
        self, file: Path, key: VerifierKey, cosigner: VerifierKey | None = None
    ) -> tuple[bool, str]:
        """Let golang.org/x/mod/sumdb/note open a checkpoint that a witness cosigned too."""
        words = [f"-key={self._key_file(file.parent, key)}"]
        if cosigner is not None:
            words.append(f"-cosigner={self._key_file(file.parent, cosigner, 'cosigner.vkey')}")
        return self._noted(*words, file)

    def proof(self, file: Path, entry: Path, key: VerifierKey) -> tuple[bool, str]:
        """Let golang.org/x/mod/sumdb check a C2SP tlog-proof of the entry in a file."""
        return self._noted(f"-key={self._key_file(file.parent, key)}", f"-entry={entry}", file)

    def _noted(self, *words: str | Path) -> tuple[bool, str]:
        said = self._asked(self.notecheck_program, *words)
        accepted = said.returncode == 0
        assert said.stdout.startswith("ok ") is accepted
        assert said.stderr.startswith("refused: ") is not accepted
        return accepted, said.stdout + said.stderr

    def _asked(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            list(map(str, words)), capture_output=True, text=True, check=False, timeout=SECONDS
        )

    def _key_file(self, folder: Path, key: VerifierKey, name: str = "log.vkey") -> Path:
        file = folder.parent / name
        file.write_text(key.text(), encoding="utf-8")
        return file


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    try:
        fsck, notecheck = build(
            tmp_path_factory.mktemp("go") / "bin", [FSCK, "./notecheck"], download=True
        )
    except TallyError as fault:
        if fault.reason is PEER_FAILED:
            raise
        pytest.skip(f"{fault.text.en}; {fault.remedy.en}")
    return Tools(fsck, notecheck)
