"""Commands of a ledger that several institutions run together."""

from __future__ import annotations

from tallystick.cli.syntax import (
    DIR,
    FILE,
    NAME,
    NUMBER,
    TEXT,
    URL,
    Command,
    Example,
    Option,
    argument,
    flag,
    from_zero,
    option,
    path,
    port,
    whole,
)
from tallystick.kernel.texts import Text

HOST = Text("主机", "HOST")
NETWORK = option(
    "--network",
    DIR,
    Text(
        "节点的文件夹，或本机网络的文件夹；默认为环境变量 TALLY_NETWORK 所指，"
        "否则为 ./tally-network",
        "the folder of a node, or of a local network; by default the one TALLY_NETWORK names, "
        "otherwise ./tally-network",
    ),
    convert=path,
)
ENGINE = option(
    "--engine",
    NAME,
    Text(
        "账本由谁保管：embedded 为本工作区自己，cometbft 为联盟各成员",
        "who keeps the ledger: embedded, this workspace; cometbft, the members of a consortium",
    ),
    choices=("embedded", "cometbft"),
)


SUITE = option(
    "--suite",
    NAME,
    Text(
        "签名套件：ed25519（默认），或 sm2-sm3（商用密码，须另装）",
        "the signature suite: ed25519, the default, or sm2-sm3 (to be installed besides)",
    ),
    choices=("ed25519", "sm2-sm3"),
)


def _node(told: Text) -> Option:
    return argument("folder", DIR, told, convert=path)


_FOLDER = argument(
    "folder",
    DIR,
    Text("网络的文件夹，默认 tally-network", "folder of the network, by default tally-network"),
    needed=False,
    convert=path,
)

_LOCAL = (
    Command(
        "up",
        Text("启动本机网络，没有就新建", "start a network on this machine, made if need be"),
        Text(
            "每个成员一个节点，地址都在本机（127.0.0.1）。再次执行只启动没有在运行的节点。",
            "One node a member, all on this machine (127.0.0.1). Run again, it starts the nodes "
            "that are not running.",
        ),
        (
            _FOLDER,
            option(
                "--validators",
                NUMBER,
                Text("成员数，默认 4", "how many members, by default 4"),
                convert=whole,
            ),
            SUITE,
            option(
                "--base-port",
                NUMBER,
                Text("第一个端口，默认 26600", "the first port, by default 26600"),
                convert=port,
            ),
        ),
        run="network.up",
        examples=(
            Example(
                "tally network up --validators 4",
                Text("四个成员的网络", "a network of four members"),
            ),
        ),
    ),
    Command(
        "down",
        Text("停止节点", "stop nodes"),
        Text("数据都保留。", "What they hold stays."),
        (
            _FOLDER,
            option("--node", NAME, Text("只停这些成员", "these members only"), many=True),
        ),
        run="network.down",
        examples=(Example("tally network down", Text("停止全部", "stop them all")),),
    ),
)
_NODES = (
    Command(
        "init",
        Text("为本机构新建节点", "make the node of your institution"),
        Text(
            "生成密钥和一个 .member 文件：把它交给其他成员，并经另一途径核对指纹。密钥只在本机。",
            "Makes keys and a .member file: hand it to the other members, and compare the "
            "fingerprint over another way. The keys stay on this machine.",
        ),
        (
            _node(Text("新文件夹", "the new folder")),
            option("--name", NAME, Text("成员名称，不含空格", "your name, no spaces"), needed=True),
            option(
                "--host", HOST, Text("其他成员连得到的地址", "where others reach it"), needed=True
            ),
            option(
                "--p2p-port",
                NUMBER,
                Text("节点间端口，默认 26656", "between nodes, by default 26656"),
                convert=port,
            ),
            option(
                "--rpc-port",
                NUMBER,
                Text("查询端口，默认 26657", "for questions, by default 26657"),
                convert=port,
            ),
            option(
                "--url",
                URL,
                Text(
                    "查询地址，如经反向代理的 https 地址；默认由主机和端口得出",
                    "where questions go, such as the https address of a proxy; by default host and "
                    "port",
                ),
            ),
            option(
                "--power",
                NUMBER,
                Text(
                    "票权，默认 10；0 为只保管、联署而不表决（监管方）",
                    "its vote, by default 10; 0 keeps and cosigns without a vote (a supervisor)",
                ),
                convert=from_zero,
            ),
        ),
        run="network.init",
        examples=(
            Example(
                "tally network init node --name bank-a --host 10.0.0.7",
                Text("新建节点", "make the node"),
            ),
        ),
    ),
    Command(
        "accept",
        Text("接纳成员", "accept members"),
        Text(
            "尚无网络时：给出所有创始成员的 .member 文件，各方得到同一个创世文件，请核对指纹。"
            "网络已在运行时：为一个 .member 文件投票，超过三分之二票权即生效。",
            "Where there is no network yet: give the .member files of all founders; everybody gets "
            "the same genesis, so compare its fingerprint. Where one runs: votes for one .member "
            "file; it counts with more than two thirds of the power.",
        ),
        (
            argument("files", FILE, Text("成员文件", "member files"), many=True, convert=path),
            NETWORK,
            option(
                "--chain",
                NAME,
                Text("新链的名称，默认 tally", "name of a new chain, by default tally"),
            ),
            SUITE,
        ),
        run="network.accept",
        examples=(
            Example(
                "tally network accept b.member c.member d.member --network node",
                Text("确定创始成员", "settle the founders"),
            ),
        ),
    ),
    Command(
        "join",
        Text("加入已在运行的网络", "join a network that runs"),
        Text(
            "读入一位成员交来的网络文件；随后把本机构的 .member 文件交给各成员表决，并启动节点。",
            "Takes the network file a member gave you; then hand your .member file to the members "
            "for their votes, and run the node.",
        ),
        (argument("file", FILE, Text("网络文件", "network file"), convert=path), NETWORK),
        run="network.join",
        examples=(
            Example("tally network join consortium.network --network node", Text("加入", "join")),
        ),
    ),
    Command(
        "export",
        Text("写出网络文件", "write the network file"),
        options=(
            NETWORK,
            option("-o --output", FILE, Text("写到哪里", "where to"), needed=True, convert=path),
        ),
        run="network.export",
        examples=(
            Example(
                "tally network export -o consortium.network",
                Text("交给要加入的机构", "for an institution that joins"),
            ),
        ),
    ),
    Command(
        "node",
        Text("运行节点，直到停止", "run a node until it is stopped"),
        Text(
            "同时运行副本和 CometBFT；引擎退出会重新启动。--from-peers 让空的副本从其他成员取快照，"
            "而不重放全部区块。",
            "Runs the replica and CometBFT; an engine that ends is started again. With "
            "--from-peers an empty replica takes a snapshot from the other members instead of "
            "playing all blocks.",
        ),
        (
            _node(Text("节点文件夹", "its folder")),
            flag("--from-peers", Text("从其他成员取快照", "take a snapshot from the members")),
        ),
        run="network.run_node",
        examples=(Example("tally network node node", Text("运行", "run it")),),
    ),
    Command(
        "status",
        Text("谁在、谁落后、能否继续", "who is there, who is behind, whether it can go on"),
        options=(_FOLDER,),
        run="network.status",
        examples=(Example("tally network status", Text("查看", "see it")),),
    ),
    Command(
        "remove",
        Text("投票移出成员", "vote a member out"),
        Text(
            "超过三分之二票权即生效；若移出后在线票权不超过三分之二，则不予执行。",
            "Counts with more than two thirds of the power; refused where the power that is there "
            "would then not be more than two thirds.",
        ),
        (
            argument("name", NAME, Text("成员", "the member")),
            option("--why", TEXT, Text("理由", "why"), needed=True),
            NETWORK,
        ),
        run="network.remove",
        examples=(
            Example(
                'tally network remove D --why "signed two blocks of one height"',
                Text("投票", "vote"),
            ),
        ),
    ),
    Command(
        "rotate",
        Text("更换本节点的共识密钥", "replace the consensus key of your node"),
        Text(
            "生成新密钥、写出新的 .member 文件并投票；其他成员 accept 之后重新启动节点，"
            "新密钥才用上。",
            "Makes a new key, writes the .member file anew and votes; once others accepted it, "
            "restart the node to sign by it.",
        ),
        (NETWORK,),
        run="network.rotate",
        examples=(Example("tally network rotate --network node", Text("更换", "replace it")),),
    ),
    Command(
        "attach",
        Text("让工作区改向另一节点提交", "let a workspace write through another node"),
        options=(NETWORK,),
        run="network.attach",
        examples=(
            Example(
                "tally network attach --network node --workspace members",
                Text("重写 network.json", "write network.json anew"),
            ),
        ),
    ),
)

_PROOFS = (
    Command(
        "anchor",
        Text("写出链的锚", "write an anchor of the chain"),
        Text(
            "取本节点最新的一块，供他人离线核验终局证明；请经另一途径交给核验人，九天内有效。",
            "Takes the newest block of your node, for others to check proofs of finality by, "
            "offline. Hand it over by another way than the proofs; it serves for nine days.",
        ),
        (
            NETWORK,
            option("-o --output", FILE, Text("写到哪里", "where to"), needed=True, convert=path),
        ),
        run="network.anchor",
        examples=(Example("tally network anchor -o consortium.chain", Text("写出锚", "write it")),),
    ),
    Command(
        "prove",
        Text("证明回执的检查点已定案", "prove that the checkpoint of a receipt is final"),
        Text(
            "写出区块头、签名和状态证明，网络不在了也能核验："
            "tally verify 回执 --trust 信任文件 --chain 锚 --final 证明。",
            "Writes header, signatures and the proof of the state, which can be checked when the "
            "network is gone: tally verify RECEIPT --trust TRUST --chain ANCHOR --final PROOF.",
        ),
        (
            argument("receipt", FILE, Text("回执", "the receipt"), convert=path),
            NETWORK,
            option("-o --output", FILE, Text("写到哪里", "where to"), needed=True, convert=path),
        ),
        run="network.prove",
        examples=(Example("tally network prove r.tally -o r.final", Text("写出证明", "write it")),),
    ),
)

_DRILL = Command(
    "drill",
    Text("演练：让事故真的发生", "drills: make what may go wrong happen"),
    Text(
        "在另建的四节点网络里杀死节点、切断线路、毁掉磁盘、让一家说谎或双签、增减成员，并核对："
        "凡已确认的都在每份副本里，且只有一份。不动您的网络；每项十几秒。",
        "On a network of four nodes of its own: kills nodes, cuts lines, loses a disk, lets one "
        "lie or sign twice, adds and removes members; then checks that everything acknowledged is "
        "in every replica, once. Your own network is left alone; some ten to thirty seconds each.",
    ),
    (
        argument(
            "names",
            NAME,
            Text("哪几项，或 all", "which, or all"),
            many=True,
            choices=(
                *("kill-one", "kill-two", "partition", "wrong-hash", "equivocation"),
                *("rebuild", "members", "replay", "supervisor", "all"),
            ),
        ),
    ),
    run="network.drill",
    examples=(
        Example("tally network drill all", Text("全部演练", "all of them")),
        Example("tally network drill kill-one", Text("只杀一家", "one of them")),
    ),
)

COMMANDS = (
    Command(
        "network",
        Text("与其他机构共同保管账本", "keep the ledger together with other institutions"),
        Text(
            "几家机构各运行一个节点，超过三分之二票权同意才算写入；一家说谎或失灵，账本照常。"
            "上链的只有加盐的承诺值，内容留在各自的工作区。说明见 docs/operating/consortium.md。",
            "Each institution runs a node; what more than two thirds of the power agree on is "
            "written, and one that lies or dies changes nothing. Only salted commitments are "
            "shared; bodies stay in each workspace. See docs/operating/consortium.md.",
        ),
        parts=(*_LOCAL, *_NODES, *_PROOFS, _DRILL),
    ),
)
