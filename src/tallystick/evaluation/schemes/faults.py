"""Every way a scheme can be wrong, each with its code, both languages and what to do.

Owns the reasons of reading a scheme and of evaluating. Rules: a code, once published, keeps its
meaning; the sentence says what is expected; the line is always given.
"""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.kernel.errors import Problem, Reason, TallyError
from tallystick.kernel.texts import Text

YAML_SYNTAX = Reason(
    "yaml_syntax",
    Text("这不是有效的 YAML：{what}", "this is not valid YAML: {what}"),
    "YAML 1.1",
    Text("请检查缩进、冒号和引号。", "Check indentation, colons and quotes."),
)
YAML_ALIAS = Reason(
    "yaml_alias",
    Text("方案中不能用锚点、别名和标签", "anchors, aliases and tags are not allowed in a scheme"),
    "",
    Text("请把内容写全。", "Write the content out in full."),
)
WRONG_SHAPE = Reason(
    "wrong_shape",
    Text("这里应为{expected}", "{expected} is expected here"),
    "",
    Text("请对照方案说明 docs/scheme.md。", "Compare with docs/scheme.md."),
)
UNKNOWN_KEY = Reason(
    "unknown_scheme_key",
    Text("不认识的键 {key}；此处可用：{known}", "unknown key {key}; known here: {known}"),
    "",
    Text("请改正拼写或删去。", "Correct the spelling or remove it."),
)
MISSING_KEY = Reason(
    "missing_key",
    Text("缺少键 {key}", "key {key} is missing"),
    "",
    Text("请补上。", "Add it."),
)
DUPLICATE_KEY = Reason(
    "duplicate_key",
    Text("键 {key} 出现了两次", "key {key} is given twice"),
    "",
    Text("请只留一个。", "Keep one of them."),
)
DUPLICATE_CODE = Reason(
    "duplicate_code",
    Text("代码 {code} 已在第 {first} 行使用", "code {code} is already used in line {first}"),
    "",
    Text("请换一个代码。", "Choose another code."),
)
NOT_A_CHOICE = Reason(
    "not_a_choice",
    Text("应为下列之一：{known}", "one of these is expected: {known}"),
    "",
    Text("请选其一。", "Choose one of them."),
)
OUT_OF_RANGE = Reason(
    "out_of_range",
    Text("应在 {low} 与 {high} 之间", "a number from {low} to {high} is expected"),
    "",
    Text("请改正该数。", "Correct the number."),
)
TOO_PRECISE = Reason(
    "too_precise",
    Text("小数最多 {places} 位", "at most {places} {places:digit|digits} behind the point"),
    "",
    Text("请写短一些。", "Write fewer digits."),
)
UNKNOWN_FORM = Reason(
    "unknown_form",
    Text(
        "不认识的方案格式；本版可读 {known}", "unknown form of scheme; this version reads {known}"
    ),
    "",
    Text("请升级软件，或改写方案。", "Upgrade the software, or rewrite the scheme."),
)
UNKNOWN_ITEM = Reason(
    "unknown_item",
    Text("目录中没有 {item} 这一项", "the catalogue has no item {item}"),
    "上海市社会信用条例 art. 11",
    Text(
        "只能使用目录项；先申请把它列入目录。",
        "Use catalogue items only; have it put into the catalogue first.",
    ),
)
UNKNOWN_FIELD = Reason(
    "unknown_field",
    Text("{item} 没有字段 {name}；可用：{known}", "{item} has no field {name}; it has: {known}"),
    "",
    Text("请改用已有字段。", "Use a field it has."),
)
WRONG_KIND = Reason(
    "wrong_kind",
    Text("{what} 不能用于 {kind} 类型", "{what} does not fit a field of kind {kind}"),
    "",
    Text("请换字段或换算法。", "Choose another field or another way."),
)
WEIGHT_SUM = Reason(
    "weight_sum",
    Text("权重合计应为 1，现为 {total}", "weights must add up to 1; they add up to {total}"),
    "",
    Text("请调整权重；软件不会替你归一。", "Change the weights; nothing is renormalised for you."),
)
CONTEXT_SCORED = Reason(
    "context_scored",
    Text(
        "{item} 仅供参考，权重必须为 0，也不能触发风险规则",
        "{item} is context: its weight must be 0 and it drives no rule",
    ),
    "国办发〔2020〕49号",
    Text(
        "未经查实的投诉、舆情不得影响评分。",
        "Unverified complaints and press never move a score.",
    ),
)
TABLE_OR_FORMULA = Reason(
    "table_or_formula",
    Text("应有且只有 table 或 formula", "exactly one of table and formula is expected"),
    "",
    Text("请只写一种。", "Write one of them."),
)
TABLE_ORDER = Reason(
    "table_order",
    Text("各档须从高到低，不重复", "steps must go from high to low without repetition"),
    "",
    Text("请重新排列。", "Put them in order."),
)
TABLE_INCOMPLETE = Reason(
    "table_incomplete",
    Text("有的取值没有对应档：{what}", "some values have no step: {what}"),
    "",
    Text("请在最后加一档 otherwise: true。", "Add a last step with otherwise: true."),
)
FORMULA_SYNTAX = Reason(
    "formula_syntax",
    Text("公式有误（位置 {where}）", "the formula is wrong ({where})"),
    "",
    Text(
        "可用：数字、value、+ - * /、min、max 和括号。",
        "There are numbers, value, + - * /, min, max and parentheses.",
    ),
)
NOT_DEFINED = Reason(
    "not_defined",
    Text("方案中没有 {what} {code}", "the scheme defines no {what} {code}"),
    "",
    Text("请先定义，或改正拼写。", "Define it first, or correct the spelling."),
)
EMPTY_DIMENSION = Reason(
    "empty_dimension",
    Text("维度 {code} 没有带权重的指标", "dimension {code} has no indicator with weight"),
    "",
    Text("请加指标或删去维度。", "Add an indicator or remove the dimension."),
)
ACTIONABLE_NEEDS_TABLE = Reason(
    "actionable_needs_table",
    Text("可改进的指标须用 table", "an actionable indicator needs a table"),
    "",
    Text("最好一档由 table 给出。", "The table says what its best step is."),
)
GRADE_ORDER = Reason(
    "grade_order",
    Text("等级符号须按 {known} 的次序", "symbols must follow the order {known}"),
    "GB/T 22116",
    Text("请按次序写。", "Write them in order."),
)
EXAMPLE_DIFFERS = Reason(
    "example_differs",
    Text(
        "示例算得 {what} = {found}，而方案写的是 {stated}",
        "the example gives {what} = {found}, the scheme states {stated}",
    ),
    "",
    Text("请检查权重、矩阵或示例。", "Check the weights, the matrix or the example."),
)
CARD_NOT_THERE = Reason(
    "card_not_there",
    Text(
        "方案引用的评分卡 {digest}… 不在方案的 cards 之中",
        "the card {digest}... that the scheme names is not among its `cards`",
    ),
    "docs/scheme.md",
    Text(
        "请把评分卡全文写入 cards，或先封存该模型再公布方案。",
        "Write the text of the card into `cards`, or seal the model first, then publish.",
    ),
)
CARD_UNREADABLE = Reason(
    "card_unreadable",
    Text("这里不是可用的评分卡：{what}", "no usable card stands here: {what}"),
    "docs/scheme.md",
    Text("请用原件。", "Use the original."),
)
CARD_UNUSED = Reason(
    "card_unused",
    Text("没有指标使用评分卡 {digest}…，或写了两次",
         "no indicator uses the card {digest}..., or it stands there twice"),
    "docs/scheme.md",
    Text("请删去，或改正摘要。", "Remove it, or correct the digest."),
)  # fmt: skip
CARD_INPUTS = Reason(
    "card_inputs",
    Text(
        "评分卡的变量须一一对应，多出或缺少：{names}",
        "each variable of the card needs one input; missing or unknown: {names}",
    ),
    "docs/scheme.md",
    Text("请在 inputs 中逐一写明。", "Name each of them in `inputs`."),
)
NOT_AN_INPUT = Reason(
    "not_an_input",
    Text(
        "{code} 不能作为评分卡的输入：须是可计分目录项的指标",
        "{code} cannot feed a card: an indicator on a scored catalogue item is expected",
    ),
    "国办发〔2020〕49号",
    Text("请改用此类指标。", "Use such an indicator."),
)
SCALE_ORDER = Reason(
    "scale_order",
    Text(
        "scale 至少两点，卡分须递增，分值不得递减",
        "a scale has two marks or more, of rising scores, whose points do not fall",
    ),
    "docs/scheme.md",
    Text("请按卡分从低到高写。", "Write them from the lowest score up."),
)
SCHEME_REFUSED = Reason(
    "scheme_refused",
    Text("方案有 {count} 处问题，第一处在第 {line} 行：{first}",
         "the scheme has {count} {count:problem|problems}, the first in line {line}: {first}"),
    "",
    Text("用 tally scheme lint 查看全部。", "See them all with tally scheme lint."),
)  # fmt: skip
NOT_SHIPPED = Reason(
    "not_shipped",
    Text("软件没有附带名为 {name} 的方案；附带的有：{known}",
         "no scheme {name} comes with the software; these do: {known}"),
    "",
    Text("请给出方案文件。", "Give the file of the scheme."),
)  # fmt: skip
NO_SUCH_BAND = Reason(
    "no_such_band",
    Text("方案中没有等级 {name}；有：{known}", "the scheme has no band {name}; it has: {known}"),
    "",
    Text("请用方案中的等级代码或名称。", "Use the code or the name of a band of the scheme."),
)
NO_EXAMPLE = Reason(
    "no_example",
    Text("方案 {name} 没有示例", "the scheme {name} has no worked example"),
    "",
    Text("请对一个主体评价。", "Evaluate a subject."),
)
FACT_MALFORMED = Reason(
    "fact_malformed",
    Text("记录 {record} 的 {item}.{name} 不合目录规定的类型",
         "record {record}: {item}.{name} is not of the kind the catalogue gives"),
    "",
    Text("请核对该记录；它本不该被接收。", "Check the record; it should not have been accepted."),
)  # fmt: skip

BAND = Text("等级", "band")
DIMENSION = Text("维度", "dimension")
RULE = Text("规则", "rule")
SYMBOL = Text("等级符号", "symbol")
STEPS_OF_IS = Text("is（逐值）", "is")
STEPS_OF_AT_LEAST = Text("at_least（逐档）", "at_least")
_KINDS = {
    "text": Text("文字", "text"),
    "texts": Text("文字列表", "texts"),
    "date": Text("日期", "date"),
    "decimal": Text("小数", "decimal"),
    "integer": Text("整数", "integer"),
    "boolean": Text("是或否", "boolean"),
    "enum": Text("选项", "enum"),
    "uscc": Text("统一社会信用代码", "uscc"),
    "lei": Text("全球法人识别编码", "lei"),
    "decimals": Text("一组小数", "decimals"),
}


def kind_in_words(kind: str) -> Text | str:
    """Return the name of a kind of field for the sentence of WRONG_KIND."""
    return _KINDS.get(kind, kind)


class SchemeError(TallyError):
    """A scheme that cannot be used; `problems` holds everything wrong with it, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        facts = {"count": len(problems), "line": first.line, "first": first.message}
        super().__init__(SCHEME_REFUSED, facts)
        self.problems = tuple(problems)
