"""The index on disk: one AES-GCM message as the specification says, whatever way it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tallystick.app.index_file import decrypt_index, encrypt_index
from tallystick.kernel.errors import TallyError
from tallystick.views import Index, Row

if TYPE_CHECKING:
    from pathlib import Path

KEY, SECRET, ROOT = bytes(range(32)), bytes(32), bytes([7]) * 32


def index_of(records: int) -> Index:
    index = Index(SECRET)
    index.add_rows([Row(4, "tax.rating", f"S{n % 7}", "a", n + 1, n + 2) for n in range(records)])
    return index


def test_it_is_one_message_under_the_key_and_a_nonce_of_its_content(tmp_path: Path) -> None:
    index = index_of(3)
    data = encrypt_index(index, ROOT, KEY)
    assert AESGCM(KEY).decrypt(data[:12], data[12:], None) == b"".join(index.parts(ROOT))
    assert encrypt_index(index_of(3), ROOT, KEY) == data
    assert encrypt_index(index_of(4), ROOT, KEY)[:12] != data[:12]
    file = tmp_path / "index"
    file.write_bytes(data)
    again, root = decrypt_index(file, KEY, SECRET)
    assert (again.columns(), root) == (index.columns(), ROOT)


def test_columns_longer_than_what_is_read_at_once_come_back_whole(tmp_path: Path) -> None:
    index = index_of(140_001)  # more than a mebibyte of 8-byte numbers
    file = tmp_path / "index"
    file.write_bytes(encrypt_index(index, ROOT, KEY))
    assert decrypt_index(file, KEY, SECRET)[0].columns() == index.columns()


def test_what_was_cut_changed_or_is_of_another_key_is_no_index(tmp_path: Path) -> None:
    data = encrypt_index(index_of(3), ROOT, KEY)
    file = tmp_path / "index"
    spoiled = [data[:size] for size in (0, 5, 12, 27, 28, len(data) // 2, len(data) - 1)]
    spoiled += [data + b"\0"]
    spoiled += [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(len(data))]
    for one in spoiled:
        file.write_bytes(one)
        with pytest.raises((InvalidTag, ValueError, TallyError)):
            decrypt_index(file, KEY, SECRET)
    file.write_bytes(data)
    with pytest.raises((InvalidTag, TallyError)):
        decrypt_index(file, bytes(32), SECRET)
