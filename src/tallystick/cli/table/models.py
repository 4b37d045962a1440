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
    Option,
    argument,
    flag,
    from_zero,
    option,
    path,
    whole,
)
from tallystick.kernel.texts import Text

COLUMN = Text("列", "COLUMN")
ROUTES = ("expert", "ahp", "linear", "logistic", "additive", "boosted")
ENGINES = ("polars", "duckdb")
BASELINES = ("mean", "best")

_CARD = argument("card", FILE, Text("评分卡（JSON）", "the scorecard (JSON)"), convert=path)
_DATA = argument(
    "file",
    FILE,
    Text("组织的表：.parquet 或 .csv", "a table of organisations: .parquet or .csv"),
    convert=path,
)
_TARGET = option(
    "--target",
    COLUMN,
    Text(
        "结果所在的列：1 为坏、0 为好；线性路线可为任何数，大者为好",
        "the column of outcomes: 1 is bad, 0 good; for the linear route any number, more is better",
    ),
)
_BAD = option(
    "--bad",
    Text("值", "VALUE"),
    Text(
        "结果列中表示坏的值，如 default；不给则须为 0 和 1",
        "the value that means bad, such as default; without it outcomes are 0 and 1",
    ),
)
_COLUMNS = option(
    "--columns",
    FILE,
    Text(
        "各列的说明表（tally model columns 给出空表）：形状、特殊码、切点、名称、可否改善等",
        "a sheet that states each column (tally model columns gives an empty one): shape, special "
        "codes, cuts, labels, what an organisation can change",
    ),
    convert=path,
)
_ORGANISATION = option(
    "--organisation",
    COLUMN,
    Text(
        "组织代码所在的列；同一组织的行不会分在两边",
        "the column of the organisation's code; rows of one are never on both sides of a split",
    ),
)
_WEIGHT = option("--weight", COLUMN, Text("样本权重所在的列", "the column of sample weights"))


def _out(told: Text, *, needed: bool = False) -> Option:
    return option("-o --out --output", FILE, told, needed=needed, convert=path)


_FIT = Command(
    "fit",
    Text("由一张表得出模型和它的验证", "fit a model to a table, and validate it"),
    Text(
        "路线由数据决定：没有结果，按专家说明（expert）；结果太少，层次分析法（ahp）；万条级，"
        "线性（linear，排序）或逻辑回归（logistic，好坏）；更多，可加表（additive），再多，"
        "提升树（boosted）。可用 --route 另选，并用 --because 写明理由，二者都记入模型。"
        "先按拒收清单检查列名：关于个人的数据一律不建模。验证默认诚实：有时间列按时间切分；"
        "否则按组织和完全相同的行分组，重复分层交叉验证，测试行不参与任何选择。",
        "The data choose the route: no outcomes, what experts state (expert); too few, AHP (ahp); "
        "of the order of ten thousand rows, linear to rank or logistic to tell good from bad; "
        "more, boosted additive tables (additive); far more, boosted trees (boosted). --route "
        "chooses otherwise and --because says why; both stand in the model record. Columns are "
        "first compared with the list of refusals: data about people are never modelled. "
        "Validation is honest by default: by time where there is a time column, otherwise "
        "repeated stratified folds grouped by organisation and by identical rows; nothing is "
        "chosen on the rows it is tested on.",
    ),
    (
        _DATA,
        _TARGET,
        _BAD,
        option("--route", NAME, Text("指定路线", "choose the route"), choices=ROUTES),
        option("--because", TEXT, Text("为何这样选", "why it is chosen")),
        option(
            "--cv",
            Text("次x折", "RxK"),
            Text(
                "交叉验证的重复次数和折数，如 5x5；none 为不验证",
                "repeats and folds of cross-validation, such as 5x5; none for no validation",
            ),
        ),
        _COLUMNS,
        option(
            "--answers",
            FILE,
            Text("专家问卷（可多次）", "experts' questionnaires (may be repeated)"),
            many=True,
            convert=path,
        ),
        _ORGANISATION,
        option(
            "--time",
            COLUMN,
            Text("观察日期所在的列：按时间切分", "the column of observation dates: split by time"),
        ),
        _WEIGHT,
        option(
            "--leave-out",
            COLUMN,
            Text("不用的列（可多次）", "a column not to use (may be repeated)"),
            many=True,
        ),
        option(
            "--accept-leakage",
            TEXT,
            Text(
                "明知有泄漏警报仍建模的书面理由",
                "a written reason to fit in spite of an alarm of leakage",
            ),
        ),
        option("--name", NAME, Text("模型名", "name of the model")),
        option(
            "--seed", NUMBER, Text("随机种子，默认 0", "the seed, by default 0"), convert=from_zero
        ),
        _out(Text("评分卡写到哪里", "where the card is written"), needed=True),
    ),
    run="models.fit",
    examples=(
        Example(
            "tally model fit polish1.parquet --target y --cv 5x5 --out card.json",
            Text("建模并做五次五折验证", "fit, with five times five folds"),
        ),
        Example(
            "tally model fit members.csv --columns columns.csv --out card.json",
            Text("没有结果，按专家说明", "no outcomes: what experts state"),
        ),
    ),
)

_PARTS = (
    Command(
        "columns",
        Text("给出各列的说明表，供专家填写", "a sheet of the columns for an expert to fill in"),
        Text("", ""),
        (_DATA, _TARGET, _out(Text("写到哪里：.csv", "where to: .csv"), needed=True)),
        run="models.columns",
        examples=(
            Example(
                "tally model columns members.csv -o columns.csv",
                Text("得到空表", "get the empty sheet"),
            ),
        ),
    ),
    _FIT,
    Command(
        "validate",
        Text("用有结果的表检验评分卡", "check a card against a table with outcomes"),
        Text(
            "若表就是建模所用的那份，给出建模时交叉验证的数字，并另列样本内的数字。",
            "If the table is the one it was fitted on, the cross-validated figures of the fit are "
            "given, and those within the sample beside them.",
        ),
        (
            _CARD,
            _DATA,
            _TARGET,
            _BAD,
            _WEIGHT,
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
            _CARD,
            _DATA,
            _out(Text("写到哪里：.parquet", "where to: .parquet"), needed=True),
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
                "tally model score card.json polish1.parquet -o scores.parquet",
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
            _CARD,
            _DATA,
            option("--row", NUMBER, Text("第几行，从 1 起", "which row, from 1"), convert=whole),
            _ORGANISATION,
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
            _DATA,
            _TARGET,
            _BAD,
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
            _CARD,
            option("--to", NAME, Text("引擎", "the engine"), choices=ENGINES, needed=True),
            _out(Text("写到哪里", "where to"), needed=True),
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
            _CARD,
            _out(
                Text(
                    "写到哪里：.html 或 .pdf；不给则显示在屏幕上",
                    "where to: .html or .pdf; onto the screen if not given",
                )
            ),
        ),
        run="models.show",
        examples=(Example("tally model show card.json -o card.html", Text("网页", "a web page")),),
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
