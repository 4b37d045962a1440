"""Why a transaction, a vote or a block is refused. Codes are stable: other replicas compare them.

Owns the reasons of this room that travel between members, and their form on the wire.
"""

from __future__ import annotations

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

_SPEC = "docs/spec/consortium.md"

BAD_TRANSACTION = Reason(
    "bad_transaction",
    Text("交易写法不对：{what}", "this is not a transaction: {what}"),
    _SPEC,
    Text("请用同一版本的 tally 重新提交。", "Submit it anew with the same version of tally."),
)
UNKNOWN_ORIGIN = Reason(
    "unknown_origin",
    Text("联盟账本里没有账本 {origin}", "the consortium holds no log {origin}"),
    _SPEC,
    Text(
        "请先用 tally init --engine cometbft 登记。", "Open it with tally init --engine cometbft."
    ),
)
ORIGIN_TAKEN = Reason(
    "origin_taken",
    Text("账本名 {origin} 已有人登记", "the log {origin} was opened already"),
    _SPEC,
    Text("请用 --origin 另取一个。", "Choose another with --origin."),
)
STALE_BASE = Reason(
    "stale_base",
    Text(
        "账本 {origin} 已有 {size} 个条目，这笔交易接在第 {base} 个之后",
        "the log {origin} has {size} entries; this transaction goes on from {base}",
    ),
    _SPEC,
    Text(
        "若是重复提交则无害；若另有程序在写同一账本，请停掉其一。",
        "A repetition is harmless; if another program writes the same log, stop one of them.",
    ),
)
AHEAD = Reason(
    "ahead",
    Text(
        "账本 {origin} 才有 {size} 个条目，这笔交易要接在第 {base} 个之后",
        "the log {origin} has {size} entries yet; this transaction would go on from {base}",
    ),
    _SPEC,
    Text("请先提交缺少的交易。", "Submit what comes before it first."),
)
NOT_OF_THE_LOG = Reason(
    "not_of_the_log",
    Text(
        "交易没有账本 {origin} 的有效签名",
        "the transaction is not signed by the key of the log {origin}",
    ),
    _SPEC,
    Text(
        "请用登记账本的工作区提交；密钥更换后须先登记新公钥。",
        "Submit from the workspace that opened the log; a new key is announced first.",
    ),
)
NOT_A_PROVIDER = Reason(
    "not_a_provider",
    Text(
        "批次的签名人不是账本 {origin} 的提供方",
        "the signer of a batch is no provider of the log {origin}",
    ),
    _SPEC,
)
DATED_AHEAD_OF_CHAIN = Reason(
    "dated_ahead_of_chain",
    Text(
        "所称时间 {claimed} 晚于链上时间 {time} 超过 {apart} 秒",
        "the time claimed, {claimed}, is more than {apart} s ahead of the chain's {time}",
    ),
    _SPEC,
    Text("请校准本机时钟再提交。", "Set the clock of this machine, then submit again."),
)
NO_SUCH_RECORD_THERE = Reason(
    "no_such_record_there",
    Text(
        "状态变更所指的记录 {record} 不存在",
        "a change of status names a record there is not: {record}",
    ),
    _SPEC,
)
NOT_A_MEMBER = Reason(
    "no_such_member",
    Text("{name} 不是成员，或签名不成立", "{name} is no member, or its signature does not hold"),
    _SPEC,
    Text("请核对成员名单：tally network status。", "See who is a member: tally network status."),
)
STALE_VOTE = Reason(
    "stale_vote",
    Text(
        "成员名单已是第 {version} 版，这一票针对第 {voted} 版",
        "the members are at version {version}; this vote is about version {voted}",
    ),
    _SPEC,
    Text("请对现在的名单重新表决。", "Vote again, on the members as they are now."),
)
BAD_CHANGE = Reason(
    "bad_change",
    Text("成员变更不成立：{what}", "the members cannot be changed so: {what}"),
    _SPEC,
)
POWER_AT_RISK = Reason(
    "power_at_risk",
    Text(
        "变更后在线票权为 {live}/{total}，不超过三分之二：账本会停住，因此不予执行",
        "after the change the live power would be {live} of {total}, not more than two thirds: the "
        "ledger would halt, so it is refused",
    ),
    _SPEC,
    Text(
        "请先让缺席的成员恢复，或先移出缺席的成员。",
        "Bring missing members back first, or remove them first.",
    ),
)
TOO_MANY = Reason(
    "too_many",
    Text("超过上限：{what}", "over the limit: {what}"),
    _SPEC,
)
ALREADY_VOTED = Reason(
    "already_voted",
    Text("{name} 已对此投过票", "{name} has voted for this already"),
    _SPEC,
)
BAD_SNAPSHOT = Reason(
    "bad_snapshot",
    Text("快照不成立：{what}", "the snapshot does not hold: {what}"),
    _SPEC,
    Text("请向其他成员取快照。", "Take one from another member."),
)
ANOTHER_SUITE = Reason(
    "another_suite",
    Text(
        "本链没有约定签名套件 {suite}",
        "the members did not agree on the signature suite {suite}",
    ),
    _SPEC,
    Text("请用约定的套件的密钥。", "Use a key of a suite they agreed on."),
)
NOT_THIS_CHECKPOINT = Reason(
    "not_this_checkpoint",
    Text(
        "终局证明与检查点不符：{what}",
        "the proof of finality is not of this checkpoint: {what}",
    ),
    _SPEC,
    Text(
        "请重新索取：tally network prove 回执。",
        "Ask for it anew: tally network prove RECEIPT.",
    ),
)
