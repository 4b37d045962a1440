"""What an audit finds amiss at one place of a file.

Owns the words of the audit for damaged bytes; `ledger` says at which file and byte they are.
"""

from __future__ import annotations

from typing import Final

from tallystick.kernel.texts import Text

ORIGIN: Final = Text("账本名", "origin")
SIGNATURES: Final = Text("签名的数目", "signatures")
CHAIN: Final = Text("所属的链", "the chain it belongs to")
BEYOND: Final = Text("检查点之外的字节", "bytes beyond the checkpoint")
ENTRIES_ROOT: Final = Text("条目的树根", "the root of the entries")
TOO_SHORT: Final = Text("过短", "too short")
COMMITMENT: Final = Text("承诺值", "commitment")
KIND: Final = Text("不合其种类的形式", "not of its kind")
BATCH_ROOT: Final = Text("批次的树根", "batch root")
DELIVERER: Final = Text("交付人", "deliverer")
PARTIES: Final = Text("与账本上登记的签名人不同", "differs from the parties on the ledger")
SIZE: Final = Text("有 {found} 字节，应为 {size}", "{found} bytes, not {size}")
STATUS_ORDER: Final = Text("状态条目倒退", "a status entry that takes something back")
STATUS_ROOT: Final = Text("状态树的根", "the root of the status tree")
JOURNAL: Final = Text("状态日志的摘要", "the digest of the journal of status changes")
DERIVED: Final = Text(
    "与条目和承诺值不符（可用 tally rebuild 重新生成）",
    "not what entries and commitments give (tally rebuild makes it again)",
)
