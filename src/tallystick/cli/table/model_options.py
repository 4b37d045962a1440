"""What the commands of models share, and the longest of them: fitting."""

from __future__ import annotations

from tallystick.cli.syntax import (
    DATE,
    FILE,
    NAME,
    NUMBER,
    TEXT,
    Command,
    Example,
    Option,
    argument,
    date,
    from_zero,
    option,
    path,
)
from tallystick.kernel.texts import Text

COLUMN = Text("列", "COLUMN")
ROUTES = ("expert", "ahp", "linear", "logistic", "additive", "boosted")
ENGINES = ("polars", "duckdb")
BASELINES = ("mean", "best")

CARD = argument("card", FILE, Text("评分卡（JSON）", "the scorecard (JSON)"), convert=path)
DATA = argument(
    "file",
    FILE,
    Text("组织的表：.parquet 或 .csv", "a table of organisations: .parquet or .csv"),
    convert=path,
)
TARGET = option(
    "--target",
    COLUMN,
    Text(
        "结果所在的列：1 为坏、0 为好；线性路线可为任何数，大者为好",
        "the column of outcomes: 1 is bad, 0 good; for the linear route any number, more is better",
    ),
)
BAD = option(
    "--bad",
    Text("值", "VALUE"),
    Text(
        "结果列中表示坏的值，如 default；不给则须为 0 和 1",
        "the value that means bad, such as default; without it outcomes are 0 and 1",
    ),
)
COLUMNS = option(
    "--columns",
    FILE,
    Text(
        "各列的说明表（tally model columns 给出空表）：形状、特殊码、切点、名称、可否改善等",
        "a sheet that states each column (tally model columns gives an empty one): shape, special "
        "codes, cuts, labels, what an organisation can change",
    ),
    convert=path,
)
ORGANISATION = option(
    "--organisation",
    COLUMN,
    Text(
        "组织代码所在的列；同一组织的行不会分在两边",
        "the column of the organisation's code; rows of one are never on both sides of a split",
    ),
)
WEIGHT = option(
    "--weight",
    COLUMN,
    Text(
        "样本权重所在的列：一行代表多少个组织",
        "the column of sample weights: how many organisations a row stands for",
    ),
)

OFFICER = option(
    "--officer",
    Text("密钥文件", "KEY"),
    Text("签字的认定人：密钥文件或姓名", "the officer who signs: key file or name"),
    needed=True,
)
REASON = option("--reason", TEXT, Text("理由", "the reason"), needed=True)
FROM = option(
    "--from-day",
    DATE,
    Text("自哪天起；默认为今天", "from which day; by default today"),
    convert=date,
)


def out(told: Text, *, needed: bool = False) -> Option:
    """Return where something is written to."""
    return option("-o --out --output", FILE, told, needed=needed, convert=path)


FIT = Command(
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
        DATA,
        TARGET,
        BAD,
        option("--route", NAME, Text("指定路线", "choose the route"), choices=ROUTES),
        option(
            "--because",
            TEXT,
            Text(
                "为何这样选；与数据的选择不同时必写", "why; needed where the data choose otherwise"
            ),
        ),
        option(
            "--cv",
            Text("次x折", "RxK"),
            Text(
                "交叉验证的重复次数和折数，如 5x5；none 为不验证",
                "repeats and folds of cross-validation, such as 5x5; none for no validation",
            ),
        ),
        COLUMNS,
        option(
            "--answers",
            FILE,
            Text("专家问卷（可多次）", "experts' questionnaires (may be repeated)"),
            many=True,
            convert=path,
        ),
        ORGANISATION,
        option(
            "--time",
            COLUMN,
            Text("观察日期所在的列：按时间切分", "the column of observation dates: split by time"),
        ),
        WEIGHT,
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
                "明知有泄漏警报仍建模的书面理由：列=理由（可多次），或一个理由用于所有警报",
                "a written reason to fit in spite of an alarm of leakage: COLUMN=REASON (may be "
                "repeated), or one reason for every alarm",
            ),
            many=True,
        ),
        option("--name", NAME, Text("模型名", "name of the model")),
        option(
            "--seed", NUMBER, Text("随机种子，默认 0", "the seed, by default 0"), convert=from_zero
        ),
        out(Text("评分卡写到哪里", "where the card is written"), needed=True),
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
