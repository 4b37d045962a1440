"""Every way questionnaires can be wrong, and what weights are refused for.

Owns the reasons of the analytic hierarchy process. Rules: a sentence names items and places and
never repeats the cell of a questionnaire.
"""

from __future__ import annotations

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

_SAATY = "Saaty 1980; docs/ahp.md"

JUDGMENT_UNREADABLE = Reason(
    "judgment_unreadable",
    Text(
        "这里应为 1 至 9、分数（如 1/3）或空白",
        "1 to 9, a fraction such as 1/3, or a blank is expected",
    ),
    _SAATY,
    Text(
        "请写 3、1/3、A3 或 B3；没有比较就留空。",
        "Write 3, 1/3, A3 or B3; leave it blank if not judged.",
    ),
)
OFF_THE_SCALE = Reason(
    "off_the_scale",
    Text("判断须在 1/{most} 与 {most} 之间", "a judgment lies between 1/{most} and {most}"),
    _SAATY,
    Text(
        "请按九级标度填写；没有比较就留空。", "Use the scale of nine; leave it blank if not judged."
    ),
)
NOT_RECIPROCAL = Reason(
    "not_reciprocal",
    Text(
        "“{a}”对“{b}”与“{b}”对“{a}”不互为倒数",
        "{a} against {b} and {b} against {a} are not reciprocal",
    ),
    _SAATY,
    Text("只填上三角即可，另一半由软件推出。", "Fill the upper half only; the other half follows."),
)
DIAGONAL_NOT_ONE = Reason(
    "diagonal_not_one",
    Text("“{a}”与自身相比应为 1", "{a} compared with itself is 1"),
    _SAATY,
    Text("对角线请写 1 或留空。", "Write 1 on the diagonal, or leave it blank."),
)
PAIR_TWICE = Reason(
    "pair_twice",
    Text(
        "“{a}”与“{b}”已在第 {first} 行比较过", "{a} and {b} were compared in line {first} already"
    ),
    _SAATY,
    Text("同一专家每对只填一次。", "One line for each pair of an expert."),
)
PAIR_WITH_ITSELF = Reason(
    "pair_with_itself",
    Text("“{a}”不必与自身比较", "{a} needs no comparison with itself"),
    _SAATY,
    Text("请删去这一行，或改正项目。", "Remove the line, or correct the item."),
)
UNKNOWN_COMPARED = Reason(
    "unknown_compared_item",
    Text(
        "第 {position} 列的项目不在{group}之中", "the item in column {position} is none of {group}"
    ),
    "docs/ahp.md",
    Text("可用：{known}", "Known: {known}"),
)
UNKNOWN_GROUP = Reason(
    "unknown_comparison_group",
    Text("方案中没有这一组", "the scheme has no such group"),
    "docs/ahp.md",
    Text("可用：{known}", "Known: {known}"),
)
ITEM_NAME_MISSING = Reason(
    "item_name_missing",
    Text("第 {position} 列缺少项目名", "the name of an item is missing in column {position}"),
    "docs/ahp.md",
    Text("首行和首列写项目名。", "The first row and the first column hold the names."),
)
ITEM_TWICE = Reason(
    "item_twice",
    Text("第 {position} 列的项目名出现了两次", "the item in column {position} is named twice"),
    "docs/ahp.md",
    Text("项目名不得重复。", "Name each item once."),
)
NOT_SQUARE = Reason(
    "not_square",
    Text(
        "首行有 {columns} 个项目，首列有 {rows} 个，应当相同",
        "the first row names {columns} items and the first column {rows}; they must be the same",
    ),
    "docs/ahp.md",
    Text("首行与首列写同样的项目名。", "Name the same items in the first row and column."),
)
TOO_FEW_ITEMS = Reason(
    "too_few_items",
    Text("至少要有两个项目才能比较", "there is nothing to compare: two items are needed"),
    "docs/ahp.md",
    Text("只有一项时权重就是 1。", "A single item has the weight 1."),
)
TOO_MANY_ITEMS = Reason(
    "too_many_items",
    Text("一组最多 {most} 项", "at most {most} items in one group"),
    "docs/ahp.md",
    Text("请分成几个维度。", "Divide them into dimensions."),
)
NOT_CONNECTED = Reason(
    "not_connected",
    Text("已作的比较连不起所有项目：{parts}", "the judgments do not connect all items: {parts}"),
    "Harker 1987; docs/ahp.md",
    Text("请至少补上一对连接它们的比较。", "Add at least one comparison that connects them."),
)
EXPERT_TWICE = Reason(
    "expert_twice",
    Text("专家“{expert}”对{group}填了两份问卷", "expert {expert} answered {group} twice"),
    "docs/ahp.md",
    Text(
        "每位专家一份；另一位请换个编号。",
        "One questionnaire an expert; give others their own label.",
    ),
)
EXPERT_WEIGHT = Reason(
    "expert_weight",
    Text(
        "专家权重应为 0 至 1000 的正数，且同一专家只有一个",
        "the weight of an expert is a number above 0, at most 1000, and the same in every line",
    ),
    "docs/ahp.md",
    Text("不写即为 1。", "Left out, it is 1."),
)
PERSONAL_ANSWER = Reason(
    "personal_answer_column",
    Text(
        "第 {position} 列像是个人信息，不读取",
        "column {position} looks like personal data and is not read",
    ),
    "个人信息保护法 art. 6",
    Text(
        "专家用角色或编号称呼，如“专家3”。", 'Call experts by a role or number, such as "expert 3".'
    ),
)
PERSONAL_LABEL = Reason(
    "personal_expert_label",
    Text(
        "专家栏里有证件号或电话，已改用编号",
        "the label of an expert holds a personal number; a running number is used",
    ),
    "个人信息保护法 art. 6",
    Text(
        "专家用角色或编号称呼，如“专家3”。", 'Call experts by a role or number, such as "expert 3".'
    ),
)
NO_HEADER_OF_PAIRS = Reason(
    "not_a_questionnaire",
    Text(
        "看不出这是问卷：应为方阵，或有“甲项、乙项、判断”三列",
        "this is no questionnaire: a square matrix is expected, or columns a, b and judgment",
    ),
    "docs/ahp.md",
    Text(
        "用 tally template questionnaire 生成模板。",
        "tally template questionnaire makes one to fill in.",
    ),
)
NOT_ANSWERED = Reason(
    "not_answered",
    Text("没有一份可用的问卷回答了{group}", "no usable questionnaire answers {group}"),
    "docs/ahp.md",
    Text("每组至少要有一份问卷。", "Each group needs at least one."),
)
NOTHING_FILLED_IN = Reason(
    "nothing_filled_in",
    Text("问卷里一个判断也没有填", "no judgment is filled in"),
    "docs/ahp.md",
    Text("请专家填好再交回。", "Have the expert fill it in."),
)
ITEMS_DIFFER = Reason(
    "items_differ",
    Text("同一组的问卷须比较同样的项目", "questionnaires of one group must compare the same items"),
    "docs/ahp.md",
    Text(
        "请核对项目名，或给不同的组不同的名字。",
        "Check the names of the items, or name the groups apart.",
    ),
)
ANSWERS_REFUSED = Reason(
    "answers_refused",
    Text(
        "没有可用的问卷；{count} 处问题，第一处：{first}",
        "no usable questionnaire; problems: {count}, the first: {first}",
    ),
    "docs/ahp.md",
    Text("改正后重来。", "Correct them and repeat."),
)
TOO_INCONSISTENT = Reason(
    "too_inconsistent",
    Text(
        "判断自相矛盾：CR {cr}，应小于 {limit}（{group}）",
        "the judgments contradict one another: CR {cr}, below {limit} is needed ({group})",
    ),
    "Saaty 1980: CR < 0.10",
    Text(
        "请专家重新考虑列出的判断；确需使用时由认定人签字说明理由：--override --officer --reason。",
        "Let the experts reconsider the judgments named; if they must be used, an officer signs a "
        "reason: --override --officer --reason.",
    ),
)
NOTHING_TO_OVERRIDE = Reason(
    "nothing_to_override",
    Text("CR 小于 {limit}，没有要破例的", "CR is below {limit}: there is nothing to override"),
    "Saaty 1980: CR < 0.10",
    Text("请去掉 --override。", "Leave out --override."),
)
WEIGHT_VANISHES = Reason(
    "weight_vanishes",
    Text(
        "“{item}”的权重小于一百万分之一，无法取整使合计为 1",
        "the weight of {item} is too small for weights of six places that sum to 1",
    ),
    "docs/ahp.md",
    Text("请重新考虑这一项的比较。", "Reconsider the judgments of that item."),
)
WEIGHTS_DIFFER = Reason(
    "weights_differ",
    Text(
        "{what} 的权重 {stated} 与封存答卷得出的 {found} 不符",
        "the weight of {what} is {stated}; the answers give {found}",
    ),
    "docs/ahp.md",
    Text(
        "权重由答卷得出，不能另改；请用 tally ahp 重新生成。",
        "Weights follow from the answers; make them anew with tally ahp.",
    ),
)
BAD_WEIGHING = Reason(
    "bad_weighing",
    Text("weighing 一节有误：{what}", "the part weighing is wrong: {what}"),
    "docs/scheme.md",
    Text("这一节由 tally ahp 写出，请勿手改。", "tally ahp writes this part; do not edit it."),
)
