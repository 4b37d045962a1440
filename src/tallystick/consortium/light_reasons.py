"""Why a header is not trusted: the reasons of the light client."""

from __future__ import annotations

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

_RULE = "CometBFT 0.38, light/verifier.go"
_ICS = "ICS-007"

FROZEN_TRUST = Reason(
    "chain_trust_frozen",
    Text(
        "对链 {chain} 的信任已冻结：高度 {height} 处有互相矛盾的区块头",
        "the trust in the chain {chain} is frozen: headers conflict at height {height}",
    ),
    _ICS,
    Text(
        "请把两个区块头交给各成员查明；之后从共同确认的区块头重新开始。",
        "Show both headers to the members; then start anew from a header they agree on.",
    ),
)
TRUST_EXPIRED = Reason(
    "chain_trust_expired",
    Text(
        "对高度 {height} 的信任已过期（{days} 天前的区块头）",
        "the trust in height {height} has expired (its header is {days} {days:day|days} old)",
    ),
    _RULE,
    Text(
        "请从成员处另行取得较新区块头的哈希，重新开始。",
        "Get the hash of a newer header from a member, and start anew.",
    ),
)
OTHER_CHAIN = Reason(
    "header_of_another_chain",
    Text(
        "区块头属于链 {chain}，所信任的是 {trusted}",
        "the header is of the chain {chain}; the one trusted is {trusted}",
    ),
    _RULE,
)
OTHER_HEADER = Reason(
    "not_the_header_trusted",
    Text(
        "高度 {height} 的区块头不是所信任的那个",
        "the header at height {height} is not the one trusted",
    ),
    _ICS,
    Text("请与交给你哈希的人核对。", "Ask whoever gave you the hash."),
)
NOT_HIGHER = Reason(
    "header_not_higher",
    Text(
        "区块头的高度 {height} 不高于已信任的 {trusted}",
        "the height {height} is not above the one trusted, {trusted}",
    ),
    _RULE,
)
NOT_LATER = Reason(
    "header_not_later",
    Text(
        "高度 {height} 的时间不晚于已信任的高度 {trusted}",
        "the time of height {height} is not after that of the trusted height {trusted}",
    ),
    _RULE,
)
FROM_FUTURE = Reason(
    "header_from_the_future",
    Text(
        "高度 {height} 的时间超前本机时钟 {drift} 秒或更多",
        "the time of height {height} is {drift} s or more ahead of the clock here",
    ),
    _RULE,
    Text("请先校准本机时钟。", "Set the clock of this machine first."),
)
NOT_NEXT_VALIDATORS = Reason(
    "not_the_next_validators",
    Text(
        "高度 {height} 的验证人不是前一区块头所指定的",
        "the validators of height {height} are not those the header before it names",
    ),
    _RULE,
)
CONFLICTING = Reason(
    "conflicting_header",
    Text(
        "验证人在高度 {height} 还签了另一个区块头",
        "the validators signed another header at height {height}",
    ),
    _ICS,
    Text(
        "请保留两个区块头作为证据，并冻结对该链的信任。",
        "Keep both headers as evidence, and freeze the trust in the chain.",
    ),
)
NO_CONFLICT = Reason(
    "no_conflict",
    Text("两个区块头并不矛盾", "the two headers do not conflict"),
    _ICS,
)
NOT_HEADER_AFTER = Reason(
    "not_the_header_after",
    Text(
        "高度 {height} 之后的状态写在其后一个区块头里，不在高度 {found} 的",
        "the state after height {height} stands in the next header, not in that of {found}",
    ),
    "CometBFT 0.38, types/block.go",
)
OTHER_STATE = Reason(
    "another_app_state",
    Text(
        "高度 {height} 之后的状态不是所出示的",
        "the state after height {height} is not the one shown",
    ),
    "CometBFT 0.38, types/block.go",
)
