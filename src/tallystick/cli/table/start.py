"""Commands to begin with: the demo, a new workspace, how things stand, what is amiss."""

from __future__ import annotations

from tallystick.cli.syntax import (
    DATE,
    DIR,
    FILE,
    NAME,
    NUMBER,
    USCC,
    Command,
    Example,
    argument,
    date,
    flag,
    option,
    path,
    whole,
)
from tallystick.cli.table.network import ENGINE, NETWORK, SUITE
from tallystick.kernel.texts import Text

COMMANDS = (
    Command(
        "demo",
        Text("用虚构会员走完一遍", "walk through everything with a fictional membership"),
        Text(
            "生成一个约四十家虚构会员的协会，导入全部来源，评价、认定并出具回执。默认写入 "
            "./tally-demo；演示中的认定人是脚本，处处注明。请勿把真实数据放进演示工作区。",
            "Makes an association of some forty fictional members, imports all sources, evaluates, "
            "decides and writes receipts. By default into ./tally-demo. The officer of the demo is "
            "a script and shown as such. Do not keep real data in a workspace of the demo.",
        ),
        (ENGINE, NETWORK),
        run="start.demo",
        examples=(
            Example(
                "tally demo --workspace tally-demo", Text("几分钟看到全貌", "see all of it at work")
            ),
        ),
    ),
    Command(
        "init",
        Text("新建工作区", "make a workspace"),
        Text(
            "工作区是一个文件夹，装着一套数据的全部。口令取自 --passphrase-file、环境变量或您的"
            "输入；没有终端可问时自动生成，存到工作区旁的 DIR.passphrase（0600）。丢了口令，"
            "谁也打不开内容。文件夹里的 trust.policy 是信任文件：请经另一途径交给核验人。",
            "A workspace is a folder that holds everything of one installation. The passphrase "
            "comes from --passphrase-file, the environment or your keyboard; where nobody can be "
            "asked, one is made and put into DIR.passphrase (0600), beside the workspace. Lose it, "
            "and nobody can open the bodies. trust.policy in the folder is the trust file: hand it "
            "to verifiers by another way than receipts.",
        ),
        (
            argument("folder", DIR, Text("新文件夹", "the new folder"), convert=path),
            flag(
                "--sample",
                Text(
                    "样例工作区：写明其中没有真实数据，旁边放一套虚构的样例文件",
                    "a sample workspace: it says that it holds no real data, and gets a set of "
                    "fictional files beside it",
                ),
            ),
            option(
                "--operator",
                NAME,
                Text(
                    "运营方的名称；默认为文件夹名",
                    "who runs it; by default the name of the folder",
                ),
            ),
            option(
                "--code",
                USCC,
                Text("运营方的统一社会信用代码", "the unified social credit code of the operator"),
            ),
            option(
                "--origin",
                Text("账本名", "ORIGIN"),
                Text(
                    "账本的唯一名字，如 example.org/credit；默认自动生成",
                    "the unique name of the ledger, such as example.org/credit; made by default",
                ),
            ),
            ENGINE,
            NETWORK,
            SUITE,
        ),
        run="start.init",
        examples=(
            Example(
                'tally init members --operator "Example Association"',
                Text("新建工作区 members", "make the workspace `members`"),
            ),
        ),
    ),
    Command(
        "sample",
        Text("写出随附的公开数据", "write the public data that ships"),
        Text(
            "polish1：UCI 数据集 365 第一年的 7,027 份真实而匿名的公司报表，64 项财务比率"
            "（X1 至 X64）和五年内是否破产（y，1 为是），CC BY 4.0。代码是虚构的（区划 999999），"
            "只有 --sample 工作区接收。旁边另写一份许可与来源。文件可直接作为来源 ratios 导入，"
            "也可作为 backtest 的结果文件。",
            "polish1: the 7,027 real, anonymous statements of the first year in UCI data set 365, "
            "with 64 ratios (X1 to X64) and whether the company went bankrupt within five years "
            "(y, 1 is yes), CC BY 4.0. The codes are made up (division 999999): only a workspace "
            "made with --sample takes them. Source and licence are written beside it. The file can "
            "be imported as the source ratios, and it is the outcomes of a back-test as well.",
        ),
        (
            argument("name", NAME, Text("数据集", "the set"), choices=("polish1",)),
            option(
                "-o --output",
                FILE,
                Text("写到哪里：.csv、.xlsx 或 .parquet", "where to: .csv, .xlsx or .parquet"),
                needed=True,
                convert=path,
            ),
            option(
                "--roster",
                FILE,
                Text(
                    "同时写会员名册（含虚构的授权），供来源 roster 导入",
                    "a roster of the companies too, with a fictional consent, as the source roster",
                ),
                convert=path,
            ),
            option(
                "--count",
                NUMBER,
                Text("只写这么多家，均匀抽取", "so many companies only, evenly spread"),
                convert=whole,
            ),
            option(
                "--as-of",
                DATE,
                Text(
                    "报告期末取这一天上一年的年末；默认为今天",
                    "the nominal end of the period is that of the year before this day; by default "
                    "today",
                ),
                convert=date,
            ),
        ),
        run="start.sample",
        examples=(
            Example(
                "tally sample polish1 -o polish1.parquet",
                Text("写成 Parquet", "as a Parquet file"),
            ),
            Example(
                "tally sample polish1 -o polish1.csv --roster roster.csv",
                Text("连同名册", "with a roster"),
            ),
        ),
    ),
    Command(
        "status",
        Text("有什么、缺什么、什么快到期", "what is loaded, missing or expiring"),
        run="start.status",
        examples=(
            Example(
                "tally status --workspace members",
                Text("看看工作区的情况", "see how the workspace stands"),
            ),
        ),
    ),
    Command(
        "doctor",
        Text("检查安装与工作区", "check the installation and the workspace"),
        Text(
            "检查 Python、程序库、磁盘、终端、密钥文件与工作区，不合格的都说明怎么办。"
            "不在工作区里也能用。",
            "Checks Python, the libraries, the disk, the terminal, key files and the workspace, "
            "and says of each fault what to do. Works outside a workspace too.",
        ),
        run="start.doctor",
        examples=(Example("tally doctor", Text("哪里不对", "what is amiss")),),
    ),
)
