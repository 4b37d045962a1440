"""Commands of the judgement: schemes, proposals, explanations, and the decisions of people."""

from __future__ import annotations

from tallystick.cli.syntax import (
    DATE,
    FILE,
    NAME,
    RECORD,
    SCHEME,
    TEXT,
    USCC,
    Command,
    Example,
    argument,
    date,
    flag,
    option,
    path,
)
from tallystick.cli.table.weights import AHP
from tallystick.kernel.texts import Text

OUTCOMES = ("confirm", "change", "decline")

_SCHEME_GIVEN = argument(
    "scheme",
    SCHEME,
    Text(
        "随软件提供的方案名，或方案文件", "the name of a scheme that comes along, or a scheme file"
    ),
)

_DAY = Text("以哪一天为准；默认为今天", "as things stood on this day; by default today")

_SCHEME = Command(
    "scheme",
    Text("起草、检查、查看、公布评价方案", "draft, check, show and publish schemes"),
    Text(
        "方案是一份 YAML 文档：维度、指标、权重、风险规则、矩阵与分级。公布时签名封存，先公布，"
        "后使用。",
        "A scheme is one YAML document: dimensions, indicators, weights, risk rules, matrix and "
        "bands. Publishing signs and seals it, before it is used.",
    ),
    parts=(
        Command(
            "new",
            Text("写一份可改的方案草稿", "write a draft to start from"),
            options=(
                argument("name", NAME, Text("新方案的代号", "the name of the new scheme")),
                option(
                    "-o --output",
                    FILE,
                    Text("写入文件；默认写到屏幕", "into this file; by default onto the screen"),
                    convert=path,
                ),
            ),
            run="judgement.scheme_new",
            examples=(
                Example(
                    "tally scheme new our-scheme -o our-scheme.yaml",
                    Text("起草", "begin a draft"),
                ),
            ),
        ),
        Command(
            "lint",
            Text("检查方案，逐行列出问题", "check a scheme and list its problems by line"),
            options=(argument("file", FILE, Text("方案文件", "the scheme file"), convert=path),),
            run="judgement.scheme_lint",
            examples=(
                Example("tally scheme lint our-scheme.yaml", Text("检查草稿", "check a draft")),
            ),
        ),
        Command(
            "show",
            Text("以表格查看方案", "show a scheme as tables"),
            options=(_SCHEME_GIVEN,),
            run="judgement.scheme_show",
            examples=(
                Example("tally scheme show association-2019", Text("看一份方案", "see a scheme")),
            ),
        ),
        Command(
            "publish",
            Text("签名并封存方案", "sign and seal a scheme"),
            options=(_SCHEME_GIVEN,),
            run="judgement.scheme_publish",
            examples=(
                Example(
                    "tally scheme publish association-2019",
                    Text("公布后即可使用", "published, it can be used"),
                ),
            ),
        ),
        Command(
            "sensitivity",
            Text("每个权重变动多少会改变会员的等级或排序", "how far each weight may move"),
            Text(
                "先按方案评价全部会员（每次查阅都留下使用记录，不封存预评），再逐个变动权重，"
                "其余按比例分担；给出最先使某个会员等级改变、或使两个会员先后互换的权重。",
                "Evaluates all members (each look leaves a use record, no proposal is sealed), "
                "then moves one weight at a time, the others in proportion, and names the nearest "
                "weight at which the band of a member changes, or two members change places.",
            ),
            (
                _SCHEME_GIVEN,
                option(
                    "--as-of",
                    DATE,
                    _DAY,
                    convert=date,
                ),
            ),
            run="weights.sensitivity",
            examples=(
                Example(
                    "tally scheme sensitivity association-2019",
                    Text("看哪些权重最要紧", "see which weights matter most"),
                ),
            ),
        ),
    ),
)

_EVALUATE = Command(
    "evaluate",
    Text("按方案评价，给出预评", "evaluate by a scheme; the result is a proposal"),
    Text(
        "结果是预评：软件的建议，不是等级。只有具名的人用 tally decide 认定后才算等级。每个数字"
        "都可由同样的事实、方案和日期算出同样的结果。",
        "The result is a PROPOSAL of the software, not a grade. Only the decision of a named "
        "person, by tally decide, makes a grade. The same facts, scheme and date give the same "
        "digits anywhere.",
    ),
    (
        _SCHEME_GIVEN,
        option(
            "--subject",
            USCC,
            Text(
                "只评价这一家（信用代码或 LEI）；默认为全部会员",
                "this one only (USCC or LEI); by default all members",
            ),
        ),
        option(
            "--as-of",
            DATE,
            _DAY,
            convert=date,
        ),
        flag(
            "--example",
            Text(
                "算方案自带的示例，不需要工作区",
                "the worked example of the scheme; needs no workspace",
            ),
        ),
        flag(
            "--dry-run",
            Text("只计算，不封存评价", "work it out without sealing evaluations"),
        ),
    ),
    run="judgement.evaluate",
    examples=(
        Example(
            "tally evaluate association-2019 --example",
            Text("看一个算例", "see the arithmetic"),
        ),
        Example(
            "tally evaluate association-2019 --as-of 2026-06-30",
            Text("评价全部会员", "evaluate all members"),
        ),
    ),
)

_EXPLAIN = Command(
    "explain",
    Text("一家组织的完整说明", "everything about one organisation"),
    Text(
        "得分怎么来的、命中哪些规则、依据哪些记录、哪些未读取、怎样合法地改善，以及谁看过。"
        "查阅本身也留下使用记录。",
        "Where the score comes from, which rules were hit and by which records, what was withheld, "
        "which lawful changes would move it, and who looked. The look leaves a use record too.",
    ),
    (
        argument(
            "subject", USCC, Text("要查看的主体：信用代码或 LEI", "the organisation: USCC or LEI")
        ),
    ),
    run="judgement.explain",
    examples=(Example("tally explain 91310110631568129R", Text("看一家", "see one of them")),),
)

_RECOMPUTE = Command(
    "recompute",
    Text("把一份已封存的预评重新算一遍", "work a sealed proposal out again"),
    Text(
        "用封存当时账本里的记录、当时的方案版本和评价日期重算，逐位比较；后来的更正、撤回不影响结果。"
        "授权已终止的事项不再读取。结果不同则退出状态为 1。查阅留下使用记录。",
        "From the records the ledger held then, by the version of the scheme it names and for its "
        "day, compared digit by digit: later corrections and retractions change nothing. What "
        "consent no longer covers is not read. Exit status 1 if it differs. Leaves a use record.",
    ),
    (argument("record", RECORD, Text("预评记录的编号", "the id of the proposal")),),
    run="judgement.recompute",
    examples=(
        Example(
            "tally recompute 3f7a31001ffe",
            Text("多年以后重算一份旧报告", "an old report, years later"),
        ),
    ),
)

_OFFICER = Command(
    "officer",
    Text("为认定人生成密钥并登记", "make and register the key of an officer"),
    Text(
        "认定须由具名的人签名。密钥文件只交给本人保管；公钥写入信任文件，请重新分发 trust.policy。"
        "密钥由认定人自己的口令保护，生成密钥和认定时都要输入（或设环境变量 "
        "TALLY_OFFICER_PASSPHRASE），不得与工作区的口令相同；只有样例工作区可以不设。"
        "中途断掉的登记，重来一次即可。",
        "Decisions are signed by a named person. The key file is for that person alone; the public "
        "key goes into the trust file: hand trust.policy out again. The key is wrapped by a "
        "passphrase of the officer's own, which is asked for when the key is made and when it "
        "signs (or TALLY_OFFICER_PASSPHRASE is set) and must not be the workspace's; only a "
        "sample may do without. A registration that broke off is completed by the same command.",
    ),
    (
        argument("name", NAME, Text("认定人", "the name of the officer")),
        option(
            "-o --output",
            FILE,
            Text(
                "密钥文件写到哪里；默认放在工作区",
                "where to write the key file; by default in the workspace",
            ),
            convert=path,
        ),
        option(
            "--with",
            NAME,
            Text(
                "已登记的认定人，共同签署；首位认定人不需要（口令可设 TALLY_WITH_PASSPHRASE）",
                "an officer who is there and signs too; not needed for the first "
                "(TALLY_WITH_PASSPHRASE may hold the passphrase)",
            ),
        ),
    ),
    run="judgement.officer",
    examples=(
        Example('tally officer "Officer One"', Text("登记认定人", "register an officer")),
        Example(
            'tally officer "Officer One" -o officer.key',
            Text("密钥文件不留在工作区", "the key file is not kept in the workspace"),
        ),
    ),
)

_DECIDE = Command(
    "decide",
    Text("由具名的人认定", "decide, as a named officer"),
    Text(
        "对最近一次预评作出认定：确认、更改或不予认定，写明理由并签名。只有认定才产生等级。",
        "Decides on the latest proposal: confirm it, change it or decline to decide, with a "
        "reason and a signature. Only a decision makes a grade.",
    ),
    (
        argument(
            "subject", USCC, Text("被认定的主体：信用代码或 LEI", "the organisation: USCC or LEI")
        ),
        option(
            "--officer",
            Text("密钥文件", "KEY"),
            Text("认定人的密钥文件，或姓名", "the key file of the officer, or the name"),
            needed=True,
        ),
        option("--reason", TEXT, Text("理由", "the reason"), needed=True),
        option(
            "--outcome",
            Text("结论", "OUTCOME"),
            Text(
                "确认（默认）、更改或不予认定",
                "confirm (the default), change or decline",
            ),
            choices=OUTCOMES,
        ),
        option(
            "--band",
            Text("等级", "BAND"),
            Text(
                "更改为哪一级，如 low（低风险）；灯随等级而定",
                "the band to change to, such as low; the light follows from it",
            ),
        ),
    ),
    run="judgement.decide",
    examples=(
        Example(
            'tally decide 91310110631568129R --officer officer.key --reason "as proposed"',
            Text("确认预评", "confirm the proposal"),
        ),
    ),
)

_BACKTEST = Command(
    "backtest",
    Text("用后来的结果检验方案", "hold a scheme against what happened afterwards"),
    Text(
        "把已封存的预评与结果文件（信用代码和一列 1/0，1 为坏）逐家对照，照实打印：AUC、KS、"
        "各等级与各分段的结果及区间、是否校准、与专家排序的一致性。只看文件里有结果的会员，"
        "每次查阅都有记录；不重新评价，结果不进账本。--sample 用随附的 7,027 家匿名公司从头走一遍，"
        "另建一个样例工作区。",
        "Compares the sealed proposals with a file of outcomes (a code and a column of 1 and 0; 1 "
        "is bad) and prints what comes out, good or bad: AUC, KS, outcomes by band and by part of "
        "the score with intervals, calibration, agreement with the order of experts. Only members "
        "with an outcome are looked at, and each look is recorded; nothing is evaluated anew, no "
        "outcome is sealed. With --sample it goes all the way with the 7,027 anonymous companies "
        "that ship, in a sample workspace of its own.",
    ),
    (
        _SCHEME_GIVEN._replace(needed=False),
        option(
            "--outcomes",
            FILE,
            Text(
                "结果文件：CSV、Excel、JSON 或 Parquet", "the outcomes: CSV, Excel, JSON or Parquet"
            ),
            convert=path,
        ),
        option(
            "--target",
            Text("列名", "COLUMN"),
            Text("结果所在的列；默认为 y", "the column of the outcome; by default y"),
        ),
        option(
            "--experts",
            FILE,
            Text(
                "专家文件：排序（expert, uscc, rank）或权重（expert, code, weight）；"
                "默认用随附方案自己的小组",
                "experts: orders (expert, uscc, rank) or weights (expert, code, weight); by "
                "default the panel of a shipped scheme",
            ),
            convert=path,
        ),
        flag(
            "--sample",
            Text(
                "用随附的公开数据从头走一遍，另建工作区",
                "go all the way with the public data that ships, in a workspace of its own",
            ),
        ),
    ),
    run="judgement.backtest",
    examples=(
        Example(
            "tally backtest --sample", Text("十来秒看到全程", "all of it, in some ten seconds")
        ),
        Example(
            "tally backtest our-scheme --outcomes outcomes.csv --target bankrupt",
            Text("检验自己的方案", "test a scheme of your own"),
        ),
    ),
)

COMMANDS = (_SCHEME, AHP, _EVALUATE, _EXPLAIN, _RECOMPUTE, _OFFICER, _DECIDE, _BACKTEST)
