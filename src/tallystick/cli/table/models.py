"""Commands of models: from a table of organisations to a card that runs anywhere."""

from __future__ import annotations

from tallystick.cli.syntax import (
    CODE,
    FILE,
    NAME,
    NUMBER,
    TEXT,
    Command,
    Example,
    argument,
    flag,
    from_zero,
    option,
    path,
    whole,
)
from tallystick.cli.table.model_options import (
    BAD,
    BASELINES,
    CARD,
    COLUMN,
    DATA,
    ENGINES,
    FIT,
    FROM,
    OFFICER,
    ORGANISATION,
    REASON,
    TARGET,
    WEIGHT,
    out,
)
from tallystick.kernel.texts import Text

_PARTS = (
    Command(
        "columns",
        Text("给出各列的说明表，供专家填写", "a sheet of the columns for an expert to fill in"),
        Text("", ""),
        (DATA, TARGET, out(Text("写到哪里：.csv", "where to: .csv"), needed=True)),
        run="models.columns",
        examples=(
            Example(
                "tally model columns members.csv -o columns.csv",
                Text("得到空表", "get the empty sheet"),
            ),
        ),
    ),
    FIT,
    Command(
        "validate",
        Text("用有结果的表检验评分卡", "check a card against a table with outcomes"),
        Text(
            "若表就是建模所用的那份，给出建模时交叉验证的数字，并另列样本内的数字。",
            "If the table is the one it was fitted on, the cross-validated figures of the fit are "
            "given, and those within the sample beside them.",
        ),
        (
            CARD,
            DATA,
            TARGET,
            BAD,
            WEIGHT,
            option(
                "--by",
                COLUMN,
                Text(
                    "按此列分组比较，如地区、规模、行业（可多次）",
                    "compare by this column, such as region, size or industry (may be repeated)",
                ),
                many=True,
            ),
            option(
                "--rejected",
                FILE,
                Text(
                    "当初被拒、没有结果的组织：给出拒绝推断的敏感区间",
                    "organisations once rejected, without outcomes: a band of reject inference",
                ),
                convert=path,
            ),
            option(
                "--seed",
                NUMBER,
                Text("随机种子，默认 0", "the seed, by default 0"),
                convert=from_zero,
            ),
        ),
        run="models.validate",
        examples=(
            Example(
                "tally model validate card.json polish1.parquet --target y",
                Text("检验", "check it"),
            ),
        ),
    ),
    Command(
        "score",
        Text(
            "给一张表评分：分数、坏的概率、理由",
            "score a table: score, probability of bad, reasons",
        ),
        Text(
            "写出 score、pd、reasons 三列，并保留用 --keep 指名的列；抽一部分行与逐行的参考解释"
            "器比较，须分毫不差。",
            "Writes score, pd and reasons, and keeps the columns named by --keep; a part of the "
            "rows is compared with the reference interpreter and must be equal to the last point.",
        ),
        (
            CARD,
            DATA,
            out(Text("写到哪里：.parquet", "where to: .parquet"), needed=True),
            option(
                "--keep",
                COLUMN,
                Text("保留的列（可多次）", "a column to keep (may be repeated)"),
                many=True,
            ),
            flag("--no-reasons", Text("不写理由，更快", "no reasons, faster")),
        ),
        run="models.score",
        examples=(
            Example(
                "tally model score card.json members.csv -o scores.parquet",
                Text("评分", "score it"),
            ),
        ),
    ),
    Command(
        "explain",
        Text(
            "解释一个组织的得分，以及怎样合法地改善",
            "explain one score, and what would lawfully move it",
        ),
        Text("", ""),
        (
            CARD,
            DATA,
            option("--row", NUMBER, Text("第几行，从 1 起", "which row, from 1"), convert=whole),
            ORGANISATION,
            option("--code", CODE, Text("组织的代码", "the code of the organisation")),
            option(
                "--baseline",
                NAME,
                Text(
                    "与谁比：mean 为平均（默认），best 为最高",
                    "compared with what: mean, the average (the default), or best, the most",
                ),
                choices=BASELINES,
            ),
        ),
        run="models.explain",
        examples=(
            Example(
                "tally model explain card.json polish1.parquet --row 7",
                Text("第 7 行", "row 7"),
            ),
        ),
    ),
    Command(
        "compare",
        Text("在同一张表上比较两个模型", "compare two models on one table"),
        Text(
            "现用的为卫冕者，另一个为挑战者；给出成对的差及其区间、等级间的迁移。",
            "The first is the champion, the second the challenger; gives paired differences with "
            "intervals, and who moves between bands.",
        ),
        (
            argument("champion", FILE, Text("现用的评分卡", "the card in use"), convert=path),
            argument(
                "challenger", FILE, Text("挑战的评分卡", "the card that challenges"), convert=path
            ),
            DATA,
            TARGET,
            BAD,
            WEIGHT,
            option(
                "--seed",
                NUMBER,
                Text("随机种子，默认 0", "the seed, by default 0"),
                convert=from_zero,
            ),
        ),
        run="models.compare",
        examples=(
            Example(
                "tally model compare card.json new.json polish1.parquet --target y",
                Text("比较", "compare them"),
            ),
        ),
    ),
    Command(
        "export",
        Text(
            "编译成 Polars 或 DuckDB SQL，附相等证书",
            "compile to Polars or DuckDB SQL, with its certificate",
        ),
        Text(
            "编译结果与参考解释器逐点比较：缺失、特殊码、未见类别、极值、边界，逐行和成批；"
            "有一分不等即不写出。证书写在旁边的 .certificate.json。",
            "What is compiled is compared with the reference interpreter to the last point: "
            "missing, special, unseen, extreme and boundary values, row by row and in batch; where "
            "one point differs nothing is written. The certificate goes beside it, in "
            ".certificate.json.",
        ),
        (
            CARD,
            option("--to", NAME, Text("引擎", "the engine"), choices=ENGINES, needed=True),
            out(Text("写到哪里", "where to"), needed=True),
        ),
        run="models.export",
        examples=(
            Example(
                "tally model export card.json --to duckdb -o card.sql",
                Text("编译成 SQL", "compile to SQL"),
            ),
        ),
    ),
    Command(
        "show",
        Text(
            "给评审看的模型说明：屏幕、网页或 PDF",
            "the model for a committee: screen, web page or PDF",
        ),
        Text("", ""),
        (
            CARD,
            out(
                Text(
                    "写到哪里：.html 或 .pdf；不给则显示在屏幕上",
                    "where to: .html or .pdf; onto the screen if not given",
                )
            ),
        ),
        run="models.show",
        examples=(Example("tally model show card.json -o card.html", Text("网页", "a web page")),),
    ),
    Command(
        "seal",
        Text("由认定人签字，把模型封存为记录", "seal a model as a record, signed by an officer"),
        Text(
            "同名模型的下一版；评分卡全文随记录封存，方案可以引用。没有验证的模型不能封存，"
            "专家表和层次分析法除外。",
            "The next version of the model of its name; the whole card is sealed with the record, "
            "and schemes may refer to it. A model without validation is not sealed, but for expert "
            "tables and AHP.",
        ),
        (
            CARD,
            OFFICER,
            REASON,
            option(
                "--name", NAME, Text("模型名；默认为评分卡里的", "its name; by default the card's")
            ),
            option(
                "--version",
                TEXT,
                Text("版本；默认为下一个整数", "version; by default the next number"),
            ),
            FROM,
        ),
        run="models.seal",
        examples=(
            Example(
                'tally model seal card.json --officer "Officer One" --reason "Approved"',
                Text("封存", "seal it"),
            ),
        ),
    ),
    Command(
        "retire",
        Text(
            "由认定人签字，停用一个封存的模型",
            "take a sealed model out of use, signed by an officer",
        ),
        Text("", ""),
        (
            argument("name", NAME, Text("模型名", "the name of the model")),
            OFFICER,
            REASON,
            FROM,
        ),
        run="models.retire",
        examples=(
            Example(
                'tally model retire card --officer "Officer One" --reason "Superseded"',
                Text("停用", "retire it"),
            ),
        ),
    ),
)

COMMANDS = (
    Command(
        "model",
        Text("建立、验证、解释、导出评分模型", "fit, validate, explain and export scoring models"),
        Text(
            "模型是一份 JSON 文档：切点、整数分、缺失、特殊码、未见类别都写明，可印在纸上，"
            "也可编译后在别处运行，分数一致。",
            "A model is one JSON document: cuts, integer points, missing, special and unseen are "
            "all explicit; it prints on paper, and compiled it runs elsewhere with equal scores.",
        ),
        parts=_PARTS,
    ),
)
