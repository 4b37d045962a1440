"""What goes wrong with nodes and networks, in words that say what to do."""

from __future__ import annotations

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

_PAGE = "docs/operating/consortium.md"

NOT_A_NODE = Reason(
    "not_a_node",
    Text("{folder} 不是联盟节点的文件夹", "{folder} is no folder of a node of a consortium"),
    _PAGE,
    Text(
        "请用 tally network init 新建节点，或用 tally network up 建一个本机网络。",
        "Make one with tally network init, or a whole local network with tally network up.",
    ),
)
NODE_THERE = Reason(
    "node_there",
    Text("{folder} 已存在且不是空的", "{folder} is there already and not empty"),
    "",
    Text("请换一个文件夹。", "Choose another folder."),
)
NO_ENGINE = Reason(
    "no_engine",
    Text("没有找到 CometBFT 程序", "the program CometBFT was not found"),
    _PAGE,
    Text(
        "请在源码目录执行 make cometbft，或用 TALLY_COMETBFT 指明程序所在。",
        "Run make cometbft in the source folder, or name the program with TALLY_COMETBFT.",
    ),
)
ANOTHER_ENGINE = Reason(
    "another_engine",
    Text(
        "CometBFT 的版本是 {found}，所用协议为 {wanted} 系列",
        "CometBFT is of version {found}; the protocol spoken here is that of {wanted}",
    ),
    _PAGE,
    Text("请执行 make cometbft。", "Run make cometbft."),
)
NOT_ACCEPTED_YET = Reason(
    "not_accepted_yet",
    Text(
        "节点 {name} 还没有网络：创始成员尚未确定",
        "the node {name} has no network yet: its founders are not settled",
    ),
    _PAGE,
    Text(
        "请收齐各创始成员的 .member 文件，执行 tally network accept 文件……；"
        "加入已有网络则用 tally network join。",
        "Collect the .member files of all founders and run tally network accept FILE...; to join "
        "a network that runs, use tally network join.",
    ),
)
BAD_MEMBER_FILE = Reason(
    "bad_member_file",
    Text("成员文件 {file} 不成立：{what}", "the member file {file} does not hold: {what}"),
    _PAGE,
    Text(
        "请向该成员索取原件，并核对指纹。",
        "Ask that member for the original and compare fingerprints.",
    ),
)
BAD_NETWORK_FILE = Reason(
    "bad_network_file",
    Text("网络文件 {file} 不成立：{what}", "the network file {file} does not hold: {what}"),
    _PAGE,
    Text(
        "请向任一成员索取（tally network export）。",
        "Ask any member for it (tally network export).",
    ),
)
NODE_RUNS = Reason(
    "node_runs",
    Text("节点 {name} 已在运行", "the node {name} runs already"),
    "",
    Text("停止它：tally network down。", "Stop it with tally network down."),
)
NOBODY_ANSWERS = Reason(
    "nobody_answers",
    Text("联盟的节点都没有应答：{why}", "no node of the consortium answers: {why}"),
    _PAGE,
    Text(
        "请查看 tally network status；本机网络可用 tally network up 启动。"
        "已写下的不会丢失，恢复后继续。",
        "See tally network status; a local network is started by tally network up. Nothing written "
        "is lost: it goes on when they are back.",
    ),
)
NOT_FINAL_YET = Reason(
    "not_final_yet",
    Text(
        "已提交，但 {seconds} 秒内没有定案：需要 {needed} 家联署，得到 {have} 家（缺 {missing}）",
        "submitted, but not final within {seconds} s: {needed} cosignatures are needed, {have} are "
        "there (missing: {missing})",
    ),
    _PAGE,
    Text(
        "这一笔已写在本地（evidence/outgoing），不会丢失也不会重复；网络恢复后再次打开工作区即可"
        "完成。请查看 tally network status。",
        "It is kept here (evidence/outgoing), neither lost nor doubled: open the workspace again "
        "when the network is back. See tally network status.",
    ),
)
REFUSED_BY_NETWORK = Reason(
    "refused_by_network",
    Text("联盟账本拒绝了（{code}）：{text}", "the consortium refused it ({code}): {text}"),
    _PAGE,
    Text(
        "请按拒绝理由处理后再提交。{what}", "Deal with the reason given, then submit again. {what}"
    ),
)
PARTED = Reason(
    "parted",
    Text(
        "本地账本与联盟账本已不一致：{what}",
        "the log here and the one in the consortium differ: {what}",
    ),
    _PAGE,
    Text(
        "请不要再写。若工作区是从旧备份恢复的，请恢复最新的备份；否则请保留两份作为证据。",
        "Write no more. If this workspace was restored from an old backup, restore the newest; "
        "otherwise keep both as evidence.",
    ),
)
NO_MEMBER_KEY = Reason(
    "no_member_key",
    Text("{folder} 里没有成员密钥", "there is no member key in {folder}"),
    _PAGE,
    Text(
        "请用 --network 指明本机构节点的文件夹。",
        "Name the folder of your institution's node with --network.",
    ),
)
NO_NETWORK_FILE = Reason(
    "no_network_file",
    Text(
        "工作区属于联盟 {chain}，但缺少 network.json，不知道向谁提交",
        "this workspace belongs to the consortium {chain}, but network.json, which says whom to "
        "ask, is missing",
    ),
    _PAGE,
    Text(
        "请执行 tally network attach --network 节点文件夹。",
        "Run tally network attach --network NODE_FOLDER.",
    ),
)
ANOTHER_LIBRARY = Reason(
    "another_library",
    Text(
        "本链约定以 {wanted} 核验 Ed25519 签名，这里用的是 {found}",
        "this chain names {wanted} as the judge of Ed25519 signatures; here it is {found}",
    ),
    _PAGE,
    Text("请安装与各成员一致的版本。", "Install the version the members agreed on."),
)
NO_SUITE = Reason(
    "no_suite",
    Text(
        "本链约定了签名套件 {suite}，本机不支持：副本会与他人不一致，因此不启动",
        "this chain uses the signature suite {suite}, which is missing here: the replica would "
        "part from the others, so it is not started",
    ),
    _PAGE,
    Text(
        "请安装：pip install 'tallystick[{extra}]'。",
        "Install it: pip install 'tallystick[{extra}]'.",
    ),
)
NO_VOTE = Reason(
    "no_vote",
    Text("{folder} 的成员没有表决权", "the member whose node is in {folder} has no vote"),
    _PAGE,
    Text("请由有票权的成员表决。", "Let members with a vote do it."),
)
NOT_DECIDED = Reason(
    "not_decided",
    Text("{seconds} 秒内没有定案", "it was not decided within {seconds} s"),
    _PAGE,
    Text(
        "请查看 tally network status；这一票可以再投。",
        "See tally network status; the vote may be cast again.",
    ),
)
OTHER_CHAIN_THERE = Reason(
    "other_chain_there",
    Text(
        "{folder} 的节点已属于链 {chain}",
        "the node in {folder} is of the chain {chain} already",
    ),
    _PAGE,
    Text("请为另一条链另建节点。", "Make another node for another chain."),
)
OTHER_CHAINS = Reason(
    "other_chains",
    Text(
        "两份副本属于不同的链：{first} 与 {second}",
        "the replicas are of different chains: {first} and {second}",
    ),
    _PAGE,
    Text("请比较同一条链的副本。", "Compare replicas of one chain."),
)
