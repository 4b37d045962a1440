"""Why a trust file, or what it judges, is refused."""

from __future__ import annotations

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

BAD_TRUST_FILE = Reason(
    "bad_trust_file",
    Text("信任文件第 {line} 行写法不对：{what}", "line {line} of the trust file is wrong: {what}"),
    "C2SP tlog-policy; docs/spec/ledger.md",
    Text(
        "请核对是不是给错了文件，或向账本的运营方重新索取信任文件。",
        "Check whether it is the right file, or ask the operator of the ledger for it again.",
    ),
)
_RECEIPT = '{"batch'  # how a receipt begins, of one record or of several
_A_RECEIPT = Text("这是回执，不是信任文件", "this is a receipt and no trust file")
_NO_LINE = Text("信任文件里没有这样的行", "a trust file has no such line")
UNKNOWN_KEY = Reason(
    "unknown_key",
    Text("信任文件里没有这把公钥：{key}", "the trust file does not have this key: {key}"),
    "docs/spec/ledger.md",
    Text(
        "请核对信任文件是不是这个账本的，或向运营方索取最新的。",
        "Check that the trust file is the one of this ledger, or ask its operator for the newest.",
    ),
)


KEY_ENDED = Reason(
    "key_ended",
    Text(
        "公钥 {name} 已于第 {until} 个条目终止，不能签署第 {at} 个",
        "the key {name} ended at entry {until}; it cannot have signed entry {at}",
    ),
    "docs/spec/ledger.md",
    Text(
        "签名须用现行的密钥（tally key list）；查验时请向出具方询问。",
        "Sign with a key that is in force (tally key list); who checks should ask the issuer.",
    ),
)
LOG_KEY_ENDED = Reason(
    "log_key_ended",
    Text(
        "账本的公钥 {name} 已在大小 {until} 处终止，不能签署大小为 {at} 的检查点",
        "the log key {name} ended at size {until}; it cannot have signed a checkpoint of {at}",
    ),
    "docs/spec/ledger.md",
    Text("请向运营方索取新的回执。", "Ask the operator for a newer receipt."),
)
LOG_KEY_COMPROMISED = Reason(
    "log_key_compromised",
    Text(
        "账本的公钥 {name} 已失密，没有见证的检查点不可信",
        "the log key {name} was compromised: without witnesses its checkpoints are not trusted",
    ),
    "docs/spec/ledger.md",
    LOG_KEY_ENDED.remedy,
)
QUORUM_MISSING = Reason(
    "quorum_missing",
    Text(
        "检查点的见证不足（{quorum}）：已签 {signed}；缺 {missing}",
        "too few witnesses cosigned ({quorum}); signed: {signed}; missing: {missing}",
    ),
    "C2SP tlog-policy; docs/spec/ledger.md",
    Text(
        "请向出具方索取经见证的回执。",
        "Ask whoever issued it for a receipt that witnesses cosigned.",
    ),
)


def unknown_line(word: str) -> Text:
    """Return what is wrong with a line that begins with `word`.

    The line is not quoted: it may be of another file, given by mistake.
    """
    return _A_RECEIPT if word.startswith(_RECEIPT) else _NO_LINE
