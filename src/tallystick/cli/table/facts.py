"""Commands that bring facts and consent in, and take them back by new records."""

from __future__ import annotations

from tallystick.cli.syntax import (
    DATE,
    FILE,
    IMPORT,
    SCHEME,
    SOURCE,
    TEXT,
    USCC,
    Command,
    Example,
    argument,
    codes,
    date,
    flag,
    option,
    path,
)
from tallystick.kernel.texts import Text

SOURCES = (
    "roster",
    "self-declared",
    "penalties",
    "licences",
    "judgment-debtors",
    "abnormal-operations",
    "tax",
    "association",
    "honours",
    "site-visit",
    "ratios",
)

QUESTIONNAIRE = "questionnaire"  # no source of facts: experts weigh a scheme by it

_TEMPLATE = Command(
    "template",
    Text(
        "生成某个来源的 Excel 模板，或专家问卷", "write a template for a source, or a questionnaire"
    ),
    Text(
        "模板带下拉选项、示例行和单位说明。questionnaire 按方案生成专家问卷（xlsx、csv 或 yaml），"
        "须给出 --scheme。已存在的文件不会被覆盖。",
        "With drop-downs, an example row and units. questionnaire makes the experts' questionnaire "
        "of a scheme (xlsx, csv or yaml) and needs --scheme. A file that is there is not "
        "overwritten.",
    ),
    (
        argument(
            "source",
            SOURCE,
            Text("来源，或 questionnaire", "the source, or questionnaire"),
            choices=(*SOURCES, QUESTIONNAIRE),
        ),
        option("--scheme", SCHEME, Text("问卷所依据的方案", "the scheme a questionnaire is about")),
        option(
            "-o --output", FILE, Text("写到哪里", "where to write it"), needed=True, convert=path
        ),
    ),
    run="facts.template",
    examples=(
        Example("tally template roster -o roster.xlsx", Text("会员名册模板", "for the roster")),
        Example(
            "tally template questionnaire --scheme association-2019 -o q.xlsx",
            Text("专家问卷", "for the experts who weigh a scheme"),
        ),
    ),
)

_IMPORT = Command(
    "import",
    Text("导入文件，封存为记录", "import files and seal them as records"),
    Text(
        "接受 CSV（UTF-8、GB18030）、Excel、JSON 和 Parquet。合格的行封存为记录，其余逐行列为"
        "问题；问题只写文件、行、字段和原因，从不写单元格的内容。同一文件再导入一次不会增加任何"
        "记录；改正过的行取代旧行，两者都可追溯。列名对不上时自动推测，把对照表写到工作区的 "
        "imports 文件夹供核对，可改好后用 --map 交回。",
        "Takes CSV (UTF-8, GB18030), Excel, JSON and Parquet. Rows in order are sealed as records, "
        "every other row is listed as a problem: file, line, field and reason, never the content "
        "of a cell. The same file again adds nothing; a corrected row supersedes the old one and "
        "both stay traceable. Foreign headers are guessed; the mapping is written to the folder "
        "`imports` of the workspace for review, and can be given back with --map.",
    ),
    (
        argument("files", FILE, Text("要导入的文件", "the files"), many=True, convert=path),
        option(
            "--source",
            SOURCE,
            Text("文件来自哪个来源", "which source they are from"),
            needed=True,
            choices=SOURCES,
        ),
        flag(
            "--dry-run",
            Text("只查看会怎样，不封存任何东西", "say what would happen and seal nothing"),
        ),
        flag(
            "--complete",
            Text(
                "声明文件已列出该来源对全体会员的全部内容：没有对应行的会员即为“无”，而不是“未知”",
                "declare that the file says all its source has about every member: a member "
                "without a row has none, instead of unknown",
            ),
        ),
        option(
            "--map",
            FILE,
            Text("列名对照表（YAML）", "the mapping of columns (YAML)"),
            convert=path,
        ),
        option(
            "--save-map",
            FILE,
            Text("把所用的对照表另存一份", "write the mapping used here as well"),
            convert=path,
        ),
    ),
    run="facts.import_",
    examples=(
        Example(
            "tally import penalties.csv --source penalties --dry-run",
            Text("先看看", "look first"),
        ),
        Example(
            "tally import penalties.csv --source penalties",
            Text("再导入", "then import"),
        ),
    ),
)

_RETRACT = Command(
    "retract",
    Text("撤回一次导入", "take an import back"),
    Text(
        "以新记录撤回：旧记录仍在账本中，但不再计入。导入的名字见 tally status。",
        "By a new record: the old ones stay on the ledger and no longer count. tally status lists "
        "the imports.",
    ),
    (
        argument("name", IMPORT, Text("导入的名字", "the name of the import")),
        option("--reason", TEXT, Text("为什么", "why"), needed=True),
    ),
    run="facts.retract",
    examples=(
        Example(
            'tally retract penalties-0003 --reason "wrong file"',
            Text("撤回导错的文件", "a wrong file was imported"),
        ),
    ),
)

_GRANT = Command(
    "grant",
    Text("登记主体的授权", "enter the consent of an organisation"),
    Text(
        "授权写明范围、用途和期限，并以所签文件的摘要为据。没有授权的事项只标为“未读取”，"
        "降低覆盖率，不影响得分。",
        "A grant names categories, purpose and term, and rests on the digest of the signed "
        "document. What is not granted shows as withheld: it lowers coverage, never the score.",
    ),
    (
        argument(
            "subject",
            USCC,
            Text("授权的主体：信用代码或 LEI", "the organisation that consents: USCC or LEI"),
        ),
        option(
            "--categories",
            Text("目录项", "ITEMS"),
            Text(
                "目录项或其前缀，用逗号分隔，如 tax,honour",
                "catalogue items or their prefixes, with commas: tax,honour",
            ),
            needed=True,
            convert=codes,
        ),
        option(
            "--purpose",
            Text("用途", "PURPOSE"),
            Text(
                "用途，如 association_evaluation（会员信用评价）",
                "what for, such as association_evaluation",
            ),
            needed=True,
        ),
        option("--until", DATE, Text("截止日期", "the last day"), needed=True, convert=date),
        option(
            "--document",
            FILE,
            Text(
                "主体签署的授权书，或其 SHA-256",
                "the document the organisation signed, or its SHA-256",
            ),
            needed=True,
        ),
    ),
    run="facts.grant",
    examples=(
        Example(
            "tally grant 91310110631568129R --categories tax,honour"
            " --purpose association_evaluation --until 2027-12-31 --document consent.pdf",
            Text("登记授权", "enter a grant"),
        ),
    ),
)

_WITHDRAW = Command(
    "withdraw",
    Text("登记授权的撤回", "enter the withdrawal of consent"),
    Text(
        "从登记之日起不再读取。不指明 --grant 时撤回该主体的全部授权。",
        "Nothing is read under it from that day. Without --grant, all grants of the organisation "
        "are withdrawn.",
    ),
    (
        argument(
            "subject",
            USCC,
            Text("撤回授权的主体：信用代码或 LEI", "the organisation that withdraws: USCC or LEI"),
        ),
        option("--grant", Text("授权", "ID"), Text("只撤回这一项授权", "only this grant")),
    ),
    run="facts.withdraw",
    examples=(
        Example("tally withdraw 91310110631568129R", Text("撤回全部授权", "withdraw all grants")),
    ),
)

COMMANDS = (_TEMPLATE, _IMPORT, _RETRACT, _GRANT, _WITHDRAW)
