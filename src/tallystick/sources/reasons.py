"""Why a file, a column, a row or a cell is not taken.

Owns every refusal and problem that reading can meet. Rules: a sentence never repeats the value of
a cell; a column is named by the names this package gives it, or by its position.
"""

from __future__ import annotations

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

# --- files ------------------------------------------------------------------------------------
UNKNOWN_SOURCE = Reason(
    "unknown_source",
    Text("没有名为 {source} 的来源", "there is no source called {source}"),
    "",
    Text("可用来源：{known}", "Sources: {known}"),
)
NO_FILE = Reason(
    "no_file",
    Text("没有文件 {file}", "there is no file {file}"),
    "",
    Text("请核对路径和文件名。", "Check the path and the name."),
)
UNKNOWN_FORMAT = Reason(
    "unknown_format",
    Text(
        "{file} 不是 CSV、Excel（xlsx）、JSON 或 Parquet",
        "{file} is not CSV, Excel (xlsx), JSON or Parquet",
    ),
    "",
    Text("另存为 xlsx 或 CSV 后再导入", "Save it as xlsx or CSV and import that"),
)
UNREADABLE = Reason(
    "unreadable",
    Text("{file} 打不开或已损坏", "{file} cannot be opened or is damaged"),
    "",
    Text("用原程序打开并另存一份", "Open it in its own program and save it again"),
)
UNKNOWN_ENCODING = Reason(
    "unknown_encoding",
    Text("{file} 既不是 UTF-8 也不是 GB18030", "{file} is neither UTF-8 nor GB18030"),
    "GB 18030-2022",
    Text("另存为 UTF-8 编码的 CSV", "Save it as CSV in UTF-8"),
)
NO_HEADER = Reason(
    "no_header",
    Text("{file} 没有能识别的表头", "{file} has no header that can be recognised"),
    "",
    Text(
        "改用 tally template 生成的模板，或在列名对照表里逐列写 to，用 --map 交回",
        "Use a template made by tally template, or write `to` for each column in the mapping, and "
        "give that back with --map",
    ),
)
COLUMNS_MISSING = Reason(
    "columns_missing",
    Text("{file} 缺少必需的列：{columns}", "{file} lacks required columns: {columns}"),
    "",
    Text(
        "补上这些列，或在列名对照表里指明由哪一列提供（to），用 --map 交回",
        "Add them, or say in the mapping (`to`) which column holds them, and give that back "
        "with --map",
    ),
)

# --- mappings ---------------------------------------------------------------------------------
BAD_MAPPING = Reason(
    "bad_mapping",
    Text("列名对照表有误：{why}", "the mapping is wrong: {why}"),
    "",
    Text("对照导入时写出的列名对照表修改", "Compare it with the mapping the import wrote"),
)
PERSONAL_COLUMN = Reason(
    "personal_column",
    Text(
        "第 {position} 列是个人信息，不能对应到任何字段",
        "column {position} holds personal data and cannot be mapped to any field",
    ),
    "个人信息保护法 art. 6",
    Text("从列名对照表中删去该列", "Take the column out of the mapping"),
)
REFUSED_COLUMN = Reason(
    "refused_column",
    Text(
        "第 {position} 列属于{name}（{article}），不得收集，已整列丢弃",
        "column {position} is {name} ({article}): never collected, dropped whole",
    ),
    "征信业管理条例 art. 14",
    Text("请勿收集此类数据", "Do not collect data of this class"),
)

# --- rows -------------------------------------------------------------------------------------
ROW_SHAPE = Reason(
    "row_shape",
    Text("该行的格数多于表头，可能错列；整行未取", "more cells than the header: not taken"),
    "",
    Text("检查多余的分隔符或引号", "Look for a stray separator or quotation mark"),
)
ROW_UNREADABLE = Reason(
    "row_unreadable",
    Text("该行无法读取", "the row cannot be read"),
    "",
    Text("检查引号是否成对、内容是否过长", "Look for unpaired quotation marks or an overlong cell"),
)
NATURAL_PERSON = Reason(
    "natural_person",
    Text("该行是关于自然人的，不收集", "the row is about a natural person: not collected"),
    "征信业管理条例 art. 7, 13",
    Text("本工具只评价组织", "Only organisations are rated here"),
)
SOLE_TRADER = Reason(
    "sole_trader",
    Text(
        "该行是以个人姓名登记的个体工商户，按自然人处理，不收集",
        "a sole trader under a person's name: treated as a person, not collected",
    ),
    "征信业管理条例 art. 7, 13",
    Text("本工具只评价组织", "Only organisations are rated here"),
)
UNKNOWN_PARTY = Reason(
    "unknown_party",
    Text(
        "看不出该行是关于组织还是自然人的，不收集",
        "the row does not plainly say whether it is about an organisation or a person: not taken",
    ),
    "征信业管理条例 art. 7, 13",
    Text(
        "主体类型按模板的下拉列表填写；只收组织的行",
        "Write the kind of party as in the template; only rows about organisations are taken",
    ),
)
WITHDRAWN = Reason(
    "withdrawn_decision",
    Text("来源标明该决定已撤销，不进入记录", "the source says the decision was withdrawn"),
    "行政处罚法 art. 48",
    Text("若此前已导入，请撤回该记录", "If it was imported before, retract that record"),
)
DISPUTED = Reason(
    "disputed_decision",
    Text("来源标明该决定有异议，暂不进入记录", "the source says the decision is disputed"),
    "征信业管理条例 art. 25",
    Text("待来源核实后重新导入", "Import it again once the source has settled it"),
)
LEVEL_OF_KIND = Reason(
    "level_of_kind",
    Text("该荣誉类别没有这一级别", "an honour of this kind has no such level"),
    "",
    Text(
        "荣誉：国家级、省级、市级；标准：国标、地标、行标、企标；论坛：国际、国内",
        "award: national, provincial, municipal; standard: national, local, industry, enterprise; "
        "forum: international, national",
    ),
)
INCOMPLETE_TAX_RATING = Reason(
    "incomplete_tax_rating",
    Text("纳税信用等级缺少年度或等级", "the tax rating lacks its year or its grade"),
    "",
    Text("补全，或把这些列全部留空", "Complete it, or leave its columns empty"),
)
INCOMPLETE_ARREARS = Reason(
    "incomplete_arrears",
    Text(
        "欠税公告缺少税种、余额或公告日期",
        "the notice of arrears lacks its tax, its balance or its date",
    ),
    "",
    Text("补全，或把这些列全部留空", "Complete it, or leave its columns empty"),
)
INCOMPLETE_YEAR = Reason(
    "incomplete_membership_year",
    Text("会员年度的情况没有写年度", "what a member did is stated without its year"),
    "",
    Text("填写会员年度", "Fill in the membership year"),
)
INCOMPLETE_BREACH = Reason(
    "incomplete_breach",
    Text(
        "违约认定缺少文书号、日期、类型或等级",
        "the finding of a breach lacks its document, date, kind or level",
    ),
    "",
    Text("补全，或把这些列全部留空", "Complete it, or leave its columns empty"),
)
NOTHING_STATED = Reason(
    "nothing_stated",
    Text("该行没有填写任何事实", "the row states no fact"),
    "",
    Text("至少填写一组事实的列", "Fill in the columns of at least one fact"),
)

EXAMPLE_ROW = Reason(
    "example_row",
    Text(
        "该行是模板里的虚构示例，已照样收下",
        "the row is the fictional example of the template; it was taken all the same",
    ),
    "",
    Text(
        "若非有意：用 tally retract 导入名 --reason 理由 撤回本次导入，删去示例行后重新导入",
        "Unless it is meant: take the import back with tally retract IMPORT --reason TEXT, delete "
        "the example row and import again",
    ),
)

# --- cells ------------------------------------------------------------------------------------
EMPTY_CELL = Reason(
    "empty_cell",
    Text("必填列“{column}”是空的", "the required column “{column}” is empty"),
    "",
    Text("补上后重新导入", "Fill it in and import again"),
)
BAD_DATE = Reason(
    "bad_date",
    Text("“{column}”不是日期", "“{column}” is not a date"),
    "GB/T 7408",
    Text("写作 2026-03-05、2026/03/05、20260305 或 2026年3月5日", "Write it as 2026-03-05"),
)
BAD_AMOUNT = Reason(
    "bad_amount",
    Text("“{column}”不是可读的数额", "“{column}” is not a readable amount"),
    "",
    Text("只写数字；单位写在表头", "Write the number only; the unit belongs in the header"),
)
UNIT_UNKNOWN = Reason(
    "unit_unknown",
    Text(
        "“{column}”没有单位：表头和单元格都没有写明",
        "“{column}” has no unit: neither the header nor the cell says it",
    ),
    "",
    Text(
        "表头写明（元）或（万元），或单元格写成“500万元”，或在列名对照表里写 unit，用 --map 交回",
        "Write （元） or （万元） in the header, the unit in the cell (500万元), or `unit` in the "
        "mapping, and give that back with --map",
    ),
)
BAD_INTEGER = Reason(
    "bad_integer",
    Text("“{column}”不是整数", "“{column}” is not a whole number"),
    "",
    Text("写阿拉伯数字", "Write it in digits"),
)
BAD_LEVEL = Reason(
    "bad_level",
    Text("“{column}”应为 1 至 4", "“{column}” must be 1 to 4"),
)
BAD_YEAR = Reason(
    "bad_year",
    Text("“{column}”不是年份", "“{column}” is not a year"),
    "",
    Text("写四位年份", "Write four digits"),
)
BAD_BOOLEAN = Reason(
    "bad_boolean",
    Text("“{column}”应为是或否", "“{column}” must be yes or no"),
    "",
    Text("写是或否", "Write yes or no"),
)
BAD_CHOICE = Reason(
    "bad_choice",
    Text("“{column}”不在可选值中", "“{column}” is none of its choices"),
    "",
    Text("从模板的下拉列表中选择", "Choose from the list in the template"),
)
BAD_TEXT = Reason(
    "bad_text",
    Text("“{column}”过长（最多 5000 字）", "“{column}” is too long (5000 characters at most)"),
    "",
    Text("删减后重新导入", "Shorten it and import again"),
)
BAD_DIGEST = Reason(
    "bad_digest",
    Text("“{column}”不是 SHA-256 摘要（64 位十六进制）", "“{column}” is not 64 hex digits"),
    "",
    Text("对授权书文件计算 SHA-256", "Compute the SHA-256 of the consent document"),
)
BAD_CONSENT = Reason(
    "bad_consent",
    Text(
        "授权各列填写不全或范围不明；该行不产生授权",
        "the consent columns are incomplete or unclear: no grant is made",
    ),
    "征信业管理条例 art. 13, 18",
    Text("五列都填写，或全部留空", "Fill in all five columns, or leave all empty"),
)
