"""The command that makes weights of experts' judgments."""

from __future__ import annotations

from tallystick.cli.syntax import (
    FILE,
    SCHEME,
    TEXT,
    Command,
    Example,
    argument,
    flag,
    option,
    path,
)
from tallystick.kernel.texts import Text

METHODS = ("eigenvector", "geometric-mean")
AGGREGATES = ("judgments", "priorities")
RI_TABLES = ("saaty-2005", "saaty-1980", "donegan-dodd-1991")

AHP = Command(
    "ahp",
    Text("由专家的两两比较得出权重（层次分析法）", "weights from experts' comparisons (AHP)"),
    Text(
        "读入专家问卷：方阵（首行首列为项目名）或两两比较表，CSV、Excel、YAML；可一人一份，"
        "也可多人一份，允许留空。给出权重、最大特征值、CI、CR、共识度、每个权重可变动的范围，"
        "以及最值得重新考虑的三处判断和改为多少才合理。CR 不小于 0.10 时退出状态为 1；"
        "要照用须由认定人签字说明理由。用 --scheme 时按方案的维度与指标读取，"
        "并可用 -o 写出带权重的方案；答卷随方案一同封存，专家只以编号出现。",
        "Reads experts' questionnaires: a square matrix (items in the first row and column) or a "
        "list of pairs, in CSV, Excel or YAML; one expert a file or several, blanks allowed. Gives "
        "the weights, the largest eigenvalue, CI, CR, how far experts agree, how far each weight "
        "may move, and the three judgments most worth reconsidering with the values that would "
        "mend them. With a CR of 0.10 or more the exit status is 1; to use such weights an officer "
        "signs a reason. With --scheme the files answer the dimensions and indicators of a scheme, "
        "and -o writes the scheme with its weights; the answers are sealed with it, experts as "
        "numbers only.",
    ),
    (
        argument("files", FILE, Text("问卷", "the questionnaires"), many=True, convert=path),
        option("--scheme", SCHEME, Text("问卷所答的方案", "the scheme they answer")),
        option(
            "-o --output",
            FILE,
            Text("把带权重的方案写到这里", "write the scheme with its weights here"),
            convert=path,
        ),
        option(
            "--method",
            Text("方法", "METHOD"),
            Text("特征向量（默认）或几何平均", "eigenvector (the default) or geometric mean"),
            choices=METHODS,
        ),
        option(
            "--aggregate",
            Text("合并", "WHAT"),
            Text(
                "合并各专家的判断（默认）或各自的权重",
                "join the experts' judgments (the default) or their priorities",
            ),
            choices=AGGREGATES,
        ),
        option(
            "--ri",
            Text("指标表", "TABLE"),
            Text(
                "平均随机一致性指标取自何处；默认 saaty-2005",
                "whose random index; by default saaty-2005",
            ),
            choices=RI_TABLES,
        ),
        flag(
            "--override",
            Text(
                "CR 不合格仍使用：由认定人签字并封存",
                "use them although CR is too high: an officer signs, and it is sealed",
            ),
        ),
        option(
            "--officer",
            Text("密钥文件", "KEY"),
            Text("签字的认定人：密钥文件或姓名", "the officer who signs: key file or name"),
        ),
        option("--reason", TEXT, Text("破例的理由", "why they are used all the same")),
    ),
    run="weights.ahp",
    examples=(
        Example("tally ahp drinks.csv", Text("一个判断矩阵", "one matrix")),
        Example(
            "tally ahp expert1.xlsx expert2.xlsx --scheme association-2019 -o weighed.yaml",
            Text("由问卷得出方案的权重", "weigh a scheme by questionnaires"),
        ),
    ),
)
