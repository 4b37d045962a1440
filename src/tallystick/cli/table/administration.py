"""Commands that need two keys: erasing, ending and following keys, naming witnesses."""

from __future__ import annotations

from tallystick.cli.syntax import (
    KEY,
    NAME,
    NUMBER,
    RECORD,
    TEXT,
    URL,
    Command,
    Example,
    argument,
    flag,
    from_zero,
    option,
    whole,
)
from tallystick.kernel.texts import Text

WITH = option(
    "--with",
    NAME,
    Text(
        "共同签署的认定人：姓名或密钥文件（口令可设 TALLY_WITH_PASSPHRASE）",
        "the officer who signs too: a name or a key file (TALLY_WITH_PASSPHRASE may hold the "
        "passphrase)",
    ),
    needed=True,
)
_COMPROMISED = flag(
    "--compromised",
    Text("别人可能也有这把密钥", "somebody else may hold the key"),
)

COMMANDS = (
    Command(
        "erase",
        Text("销毁记录的内容", "erase the content of records"),
        Text(
            "销毁记录的密钥，其内容从此无人能读；同一事项的旧版本、引用它的预评及其报告一并销毁。"
            "账本仍可证明它存在过，以及何人依据什么销毁了它。工作区里的副本会删去；已经给出去的副本"
            "收不回来，命令会列出已知的几份。须由运营方和一位认定人共同签署。",
            "Destroys the keys of the records, so that nobody reads them any more; older versions, "
            "proposals that cite them and reports of those go too. The ledger still proves that "
            "they were there, and who erased them on what basis. Copies in the workspace are "
            "removed; what was given out cannot be called back, and what is known of it is listed. "
            "Signed by the operator and an officer.",
        ),
        (
            argument("records", RECORD, Text("记录的编号", "ids of records"), many=True),
            option("--basis", TEXT, Text("依据", "the rule or demand"), needed=True),
            option("--reason", TEXT, Text("理由", "why"), needed=True),
            WITH,
            flag("--dry-run", Text("只列出会销毁什么", "only list what would go")),
        ),
        run="administration.erase",
        examples=(
            Example(
                'tally erase 1a2b3c4d --basis "Order 12" --reason "by a court" '
                '--with "Officer One" --dry-run',
                Text("先看会销毁什么", "see first what would go"),
            ),
        ),
    ),
    Command(
        "key",
        Text("密钥：查看、更换、终止", "keys: list them, let one follow another, end one"),
        Text(
            "旧密钥此前签过的一直有效；此后签的一概不算，无论它自称何时签的。更换后请重新分发 "
            "trust.policy。",
            "What an old key signed before stays valid; what it signs after counts for nothing, "
            "whatever time it claims. Hand trust.policy out again after a change.",
        ),
        parts=(
            Command(
                "list",
                Text("列出全部密钥", "list all keys"),
                run="administration.key_list",
                examples=(Example("tally key list", Text("列出", "list them")),),
            ),
            Command(
                "rotate",
                Text("更换运营方的密钥", "replace a key of the operator"),
                Text(
                    "log 签署检查点，provider 签署批次，verifier 签署核验。标为 --compromised 的旧 "
                    "log 密钥，其检查点此后只有经见证联署才算。",
                    "`log` signs checkpoints, `provider` batches, `verifier` verifications. "
                    "Checkpoints of an old log key marked --compromised count only with the "
                    "cosignatures of witnesses.",
                ),
                (
                    argument(
                        "role",
                        NAME,
                        Text("哪一把", "which"),
                        choices=("log", "provider", "verifier"),
                    ),
                    WITH,
                    _COMPROMISED,
                ),
                run="administration.key_rotate",
                examples=(
                    Example(
                        'tally key rotate provider --with "Officer One"',
                        Text("更换提供方密钥", "replace the provider's key"),
                    ),
                ),
            ),
            Command(
                "end",
                Text("终止认定人的密钥", "end the key of an officer"),
                Text(
                    "须由另一位认定人共同签署。他此前的认定不受影响。",
                    "Another officer signs too. What the officer decided before stands.",
                ),
                (
                    argument("role", NAME, Text("身份", "the role"), choices=("officer",)),
                    argument("name", NAME, Text("姓名", "the name")),
                    WITH,
                    _COMPROMISED,
                ),
                run="administration.key_end",
                examples=(
                    Example(
                        'tally key end officer "Officer One" --with "Officer Two"',
                        Text("终止一位认定人的密钥", "end the key of an officer"),
                    ),
                ),
            ),
        ),
    ),
)

_SEALED = Text(
    "由运营方和一位认定人共同签署，写入账本和 trust.policy；请重新分发 trust.policy。",
    "Signed by the operator and an officer, sealed in the ledger and written to trust.policy: "
    "hand it out again.",
)
_ADD = Command(
    "add",
    Text("在信任文件里加上见证", "name a witness in the trust file"),
    _SEALED,
    (
        argument("name", NAME, Text("见证的名称", "the name of the witness")),
        argument("key", KEY, Text("见证的公钥", "its public key")),
        option("--url", URL, Text("它接受检查点的地址", "where it takes checkpoints")),
        option(
            "--quorum",
            NUMBER,
            Text("全部见证中须有几个联署", "how many of all witnesses must cosign"),
            convert=whole,
        ),
        WITH,
    ),
    run="administration.witness_add",
    examples=(
        Example(
            "tally witness add w1 witness.example/w1+1a2b3c4d+BA... "
            '--url https://witness.example --quorum 1 --with "Officer One"',
            Text("加上见证", "add it"),
        ),
    ),
)

_REMOVE = Command(
    "remove",
    Text("从信任文件里去掉见证", "take a witness out of the trust file"),
    Text(
        "它联署过的仍然留存，但不再算数。由运营方和一位认定人共同签署，写入账本和 trust.policy；"
        "请重新分发 trust.policy。",
        "What it cosigned is kept and counts no more. Signed by the operator and an officer, "
        "sealed in the ledger and written to trust.policy: hand it out again.",
    ),
    (
        argument("name", NAME, Text("见证的名称", "the name of the witness")),
        option(
            "--quorum",
            NUMBER,
            Text(
                "其余见证中须有几个联署；0 为不要求",
                "how many of the other witnesses must cosign; 0 asks for none",
            ),
            convert=from_zero,
        ),
        WITH,
    ),
    run="administration.witness_remove",
    examples=(
        Example(
            'tally witness remove w1 --quorum 1 --with "Officer One"',
            Text("去掉见证", "take it out"),
        ),
    ),
)

_QUORUM = Command(
    "quorum",
    Text("改变须有几个见证联署", "change how many witnesses must cosign"),
    _SEALED,
    (
        argument(
            "quorum",
            NUMBER,
            Text(
                "全部见证中须有几个联署；0 为不要求",
                "how many of all witnesses must cosign; 0 asks for none",
            ),
            convert=from_zero,
        ),
        WITH,
    ),
    run="administration.witness_quorum",
    examples=(
        Example(
            'tally witness quorum 2 --with "Officer One"',
            Text("须有两个联署", "two must cosign"),
        ),
    ),
)

WITNESS_PARTS = (_ADD, _REMOVE, _QUORUM)
