from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"

SKIPPED = "import pytest\n@pytest.mark.skip(reason='later')\ndef test_promise(): pass\n"
SKIPPED_FILE = "import pytest\npytest.skip('later', allow_module_level=True)\n"
EXPECTED_TO_FAIL = "import pytest\n@pytest.mark.xfail\ndef test_promise(): raise ValueError\n"
KEPT = "def test_promise(): pass\n"


def run_pytest(folder: Path, text: str, ci: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(CONFTEST, folder)
    (folder / "test_planted.py").write_text(text + "def test_beside(): pass\n", encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", folder],
        cwd=folder,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("text", [SKIPPED, SKIPPED_FILE, EXPECTED_TO_FAIL])
def test_a_test_that_does_not_run_fails_where_it_counts(tmp_path: Path, text: str) -> None:
    done = run_pytest(tmp_path, text, ci="true")
    assert done.returncode != 0
    assert "proves nothing" in done.stdout


def test_a_skip_passes_on_a_developers_machine(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, SKIPPED, ci="").returncode == 0


def test_tests_that_run_are_left_alone(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, KEPT, ci="true").returncode == 0
