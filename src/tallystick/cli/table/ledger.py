"""Commands of the ledger and of witnesses: what strangers read, and who vouches for it."""

from __future__ import annotations

from tallystick.cli.syntax import (
    DIR,
    KEY,
    NAME,
    NUMBER,
    Command,
    Example,
    argument,
    flag,
    option,
    path,
    port,
)
from tallystick.cli.table import keeping
from tallystick.cli.table.administration import WITNESS_PARTS
from tallystick.kernel.texts import Text

_HOST = option(
    "--host",
    Text("地址", "HOST"),
    Text("在哪个地址上；默认 127.0.0.1，只有本机可达", "on which address; 127.0.0.1 by default"),
)
_PORT = option(
    "--port",
    NUMBER,
    Text("端口；默认任取一个空闲的", "the port; any that is free by default"),
    convert=port,
)

COMMANDS = (
    Command(
        "ledger",
        Text("给别人的工具使用的账本", "the ledger for tools that are not ours"),
        Text(
            "账本按公开规范（C2SP tlog-tiles）写成静态文件，别人写的工具可直接核验。",
            "The ledger as static files of a public specification (C2SP tlog-tiles), which tools "
            "written by others check as they are.",
        ),
        parts=(
            Command(
                "diff",
                Text("两份副本从哪里起不同", "where two replicas part"),
                Text(
                    "联盟账本的两份副本应当处处相同；不同时，说出是哪一块、哪一个值。正在运行的节点请"
                    "先停下或复制一份。",
                    "Two replicas of a ledger kept with others must be the same; where they are "
                    "not, this names the block and the value. Stop a node that runs, or copy it "
                    "first.",
                ),
                (
                    argument(
                        "first",
                        DIR,
                        Text("节点或副本的文件夹", "a node or a replica"),
                        convert=path,
                    ),
                    argument("second", DIR, Text("另一个", "another"), convert=path),
                ),
                run="network.diff",
                examples=(
                    Example(
                        "tally ledger diff tally-network/A tally-network/D",
                        Text("比较 A 与 D", "compare A and D"),
                    ),
                ),
            ),
            Command(
                "export",
                Text("写成静态文件", "write it as static files"),
                Text(
                    "写出检查点、哈希瓦片和条目包，任何网页服务器都能原样提供；只含承诺值的批次头，"
                    "没有名称、代码或数值。文件夹里若是同一账本的旧状态，则只补写新的部分。",
                    "Writes checkpoint, hash tiles and entry bundles, which any web server can "
                    "serve as they are. They hold headers of batches only, no name, code or value. "
                    "A folder with an older state of the same ledger is continued.",
                ),
                (
                    option(
                        "-o --output", DIR, Text("文件夹", "the folder"), needed=True, convert=path
                    ),
                ),
                run="ledger.export",
                examples=(
                    Example(
                        "tally ledger export -o public", Text("写出或续写", "write or continue")
                    ),
                ),
            ),
            Command(
                "serve",
                Text("在网络上提供静态文件", "serve the static files"),
                Text(
                    "只提供检查点、哈希瓦片和条目包，工作区里的其他文件一概不给；不需要口令。按 "
                    "Ctrl-C 结束。对外公开时请放在网页服务器之后。",
                    "Serves checkpoint, hash tiles and entry bundles, and nothing else of the "
                    "workspace; needs no passphrase. Ctrl-C ends it. Where the public reaches it, "
                    "put a web server in front.",
                ),
                (
                    _HOST,
                    _PORT,
                    option(
                        "--exported",
                        DIR,
                        Text(
                            "提供 tally ledger export 写出的文件夹，而不是工作区",
                            "serve a folder that tally ledger export wrote, not the workspace",
                        ),
                        convert=path,
                    ),
                    flag(
                        "--receipts",
                        Text(
                            "知道记录编号的人，可取得不含内容的新回执",
                            "whoever knows the id of a record may get a new receipt without "
                            "content",
                        ),
                    ),
                ),
                run="ledger.serve",
                examples=(
                    Example("tally ledger serve --port 8410", Text("提供账本", "serve the ledger")),
                ),
            ),
            Command(
                "cosign",
                Text("请见证联署检查点", "ask the witnesses to cosign the checkpoint"),
                Text(
                    "只联系信任文件里写明地址的见证。见证不足法定数时说明缺谁，状态为 1。",
                    "Calls only the witnesses whose address the trust file names. Where the quorum "
                    "is not met it says who is missing, with status 1.",
                ),
                run="ledger.cosign",
                examples=(Example("tally ledger cosign", Text("请求联署", "ask them")),),
            ),
            *keeping.LEDGER_PARTS,
        ),
    ),
    Command(
        "witness",
        Text("见证：联署别人账本的检查点", "a witness: cosign the checkpoints of other ledgers"),
        Text(
            "见证只在检查点延续它上次所见时才联署，从而运营方不能对人出示两套账。协议是 C2SP "
            "tlog-witness。",
            "A witness cosigns a checkpoint only if it goes on from what it saw before, so that an "
            "operator cannot show two ledgers. The protocol is C2SP tlog-witness.",
        ),
        parts=(
            Command(
                "init",
                Text("新建一个见证", "make a witness"),
                Text(
                    "文件夹里存有它的密钥（以口令包裹）和它见过的检查点。丢了它见过的，就可能为分叉联"
                    "署：请备份，但不要用旧备份恢复。",
                    "The folder holds its key, wrapped by a passphrase, and the checkpoints it saw "
                    "last. One that forgets what it saw might cosign a fork: never restore an old "
                    "copy.",
                ),
                (
                    argument("folder", DIR, Text("新文件夹", "a new folder"), convert=path),
                    option(
                        "--name",
                        NAME,
                        Text(
                            "见证的名称，如 witness.example/w1",
                            "its name, such as witness.example/w1",
                        ),
                        needed=True,
                    ),
                    flag(
                        "--ml-dsa",
                        Text(
                            "用 ML-DSA-44（抗量子）代替 Ed25519",
                            "sign by ML-DSA-44, safe from quantum computers, not Ed25519",
                        ),
                    ),
                ),
                run="ledger.witness_init",
                examples=(
                    Example(
                        "tally witness init w1 --name witness.example/w1",
                        Text("新建见证", "make one"),
                    ),
                ),
            ),
            *WITNESS_PARTS,
            Command(
                "follow",
                Text("跟踪一个账本", "follow a ledger"),
                Text(
                    "公钥在该账本信任文件的 log 一行。",
                    "The key stands in the line `log` of that ledger's trust file.",
                ),
                (
                    argument("folder", DIR, Text("见证的文件夹", "of the witness"), convert=path),
                    argument("key", KEY, Text("账本的公钥", "the public key of the ledger")),
                ),
                run="ledger.witness_follow",
                examples=(
                    Example(
                        "tally witness follow w1 example.org/ledger+1a2b3c4d+AR...",
                        Text("跟踪账本", "follow it"),
                    ),
                ),
            ),
            Command(
                "unfollow",
                Text("不再跟踪账本的一把公钥", "follow a key of a ledger no more"),
                Text(
                    "账本换了公钥之后，旧公钥若已失密，须停止跟踪，否则持有它的人可让见证联署分叉。",
                    "After a ledger replaced a key that fell into other hands, who holds the old "
                    "one could have a fork cosigned.",
                ),
                (
                    argument("folder", DIR, Text("见证的文件夹", "of the witness"), convert=path),
                    argument("key", KEY, Text("账本的旧公钥", "the old key of the ledger")),
                ),
                run="ledger.witness_unfollow",
                examples=(
                    Example(
                        "tally witness unfollow w1 example.org/l+1a2b3c4d+AR...",
                        Text("停止跟踪", "follow it no more"),
                    ),
                ),
            ),
            Command(
                "serve",
                Text("接受并联署检查点", "take checkpoints and cosign them"),
                Text(
                    "接受 POST /add-checkpoint；按 Ctrl-C 结束。",
                    "Takes POST /add-checkpoint; Ctrl-C ends it.",
                ),
                (
                    argument("folder", DIR, Text("见证的文件夹", "of the witness"), convert=path),
                    _HOST,
                    _PORT,
                ),
                run="ledger.witness_serve",
                examples=(
                    Example("tally witness serve w1 --port 8411", Text("开始见证", "start")),
                ),
            ),
            Command(
                "status",
                Text("它见过什么", "what it saw"),
                Text(
                    "列出所跟踪的账本、最近联署的大小与时间，以及别人向它出示过的分叉。",
                    "Lists the ledgers it follows, the newest size and time it cosigned, and the "
                    "forks it was shown.",
                ),
                (argument("folder", DIR, Text("见证的文件夹", "of the witness"), convert=path),),
                run="ledger.witness_status",
                examples=(Example("tally witness status w1", Text("查看", "look")),),
            ),
        ),
    ),
)
