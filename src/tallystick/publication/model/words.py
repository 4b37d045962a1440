"""The words of the page of a model."""

from __future__ import annotations

from tallystick.kernel.texts import Text

TITLE = Text("评分模型说明", "Description of a scoring model")
STATUS = Text("待审议", "For decision")
STANDING = Text(
    "供评审会议审议。模型给出分数和理由；等级由人认定。",
    "For a committee to decide on. A model gives scores and reasons; a person makes a grade.",
)
ABOUT = {
    "route": Text("模型种类", "Kind of model"),
    "digest": Text("评分卡摘要", "Digest of the card"),
    "rows": Text("训练行数", "Rows fitted on"),
    "bads": Text("其中坏", "Bad among them"),
    "file": Text("训练文件", "File fitted on"),
    "data": Text("训练文件摘要", "Digest of that file"),
    "day": Text("建模日期（UTC）", "Fitted on (UTC)"),
}
NOT_STATED = Text("未注明", "not stated")
ROUTES = {
    "expert": Text("专家评分表", "Expert table"),
    "ahp": Text("层次分析法评分表", "Table weighed by AHP"),
    "linear": Text("线性评分卡（排序）", "Linear card, to rank by"),
    "logistic": Text("逻辑回归评分卡", "Logistic scorecard"),
    "additive": Text("提升的可加表", "Boosted additive tables"),
    "boosted": Text("提升树（机器学习）", "Boosted trees (machine learning)"),
}
PURPOSE = {
    "points": Text(
        "它为一个组织打分，分数越高越好。每个变量按取值得一个整数分，起点分加各变量的分就是总分；"
        "可以用纸笔重算。",
        "It scores an organisation; more is better. Each variable gives whole points by its value, "
        "and the score is a start plus these points: anybody can work it out on paper.",
    ),
    "trees": Text(
        "它为一个组织打分，分数越高越好。分数由许多棵树的叶值相加，再按一张封存的表换算；不能印在"
        "纸上手算，理由由 TreeSHAP 给出。",
        "It scores an organisation; more is better. The leaves of many trees are summed and turned "
        "into a score by a sealed table: it does not print on paper, and TreeSHAP gives reasons.",
    ),
}
NO_REASON = Text("没有记录为何选这条路线。", "Why this route was chosen is not recorded.")
SCALE = Text(
    "刻度：好坏比 {odds}:1（坏的概率 {share}）为 {base} 分，每加 {pdo} 分好坏比翻倍；"
    "分四舍六入五成双取整。",
    "Scale: good to bad odds of {odds}:1 (a probability of bad of {share}) are {base} points, and "
    "{pdo} more double the odds; points are rounded half to even.",
)
LIMITS_TITLE = Text("使用限制", "Limits of use")
LIMITS = (
    Text("只评组织，不评个人。", "It rates organisations, never people."),
    Text(
        "它不是任何不利决定的唯一依据：不利的认定须由有权的人作出，说明理由，并给救济。",
        "It is never the only ground of an adverse decision: a person with authority decides, "
        "gives reasons and a remedy.",
    ),
    Text(
        "只适用于与训练数据同类的组织、同类的时期；用于别处，先在那里检验。",
        "It holds for organisations and times like those it was fitted on; elsewhere, validate it "
        "there first.",
    ),
    Text(
        "用起来之后须持续监测分布和结果；分布或结果变了，停用或重建。",
        "In use its distributions and outcomes are monitored; where they move, it is taken out of "
        "use or fitted anew.",
    ),
    Text(
        "随机交叉验证往往比真正的未来好看；有时间列时应看按时间的验证。",
        "Cross-validation at random looks better than the future does; where there is time, look "
        "at the validation by time.",
    ),
)
VALIDATION = Text("验证", "Validation")
NOT_VALIDATED = Text(
    "没有验证：没有结果可对照，或要求不验证。没有验证的模型不应用于认定。",
    "Not validated: there were no outcomes, or none was asked for. It should not be used to "
    "decide.",
)
WARNING = Text("警告：{told}。", "Warning: {told}.")
HOW = {
    "repeated": Text(
        "{repeats} 次 {folds} 折分层交叉验证，每折从头重新建模；同一组织和完全相同的行不分在两边"
        "（相同的行 {again}）；种子 {seeds}。",
        "Stratified cross-validation, {repeats} times {folds} folds, everything fitted anew in "
        "each; rows of one organisation and identical rows (here {again}) are never on both sides; "
        "seeds {seeds}.",
    ),
    "temporal": Text(
        "以过去建模，以最近的时期检验{judged}；同一组织不分在两边。",
        "Fitted on the past and judged on the latest periods{judged}; no organisation is on both "
        "sides.",
    ),
    "whole": Text(
        "模型没有从这些结果学习，直接与全部结果对照。",
        "The model learnt nothing from these outcomes and is held against all of them.",
    ),
}
TIME_NOT_USED = Text(
    "列“{column}”是观察日期，但没有按它切分：随机的折往往比真正的未来好看。",
    "The column “{column}” holds observation dates, and the rows were not split by them: folds at "
    "random look better than the future does.",
)
JUDGED = Text("（{periods}，{rows} 行）", " ({periods}, {rows} rows)")
MEASURES = {
    "auc": Text("AUC", "AUC"),
    "gini": Text("基尼", "Gini"),
    "ks": Text("KS", "KS"),
    "brier": Text("Brier 分数", "Brier score"),
    "log_loss": Text("对数损失", "Log loss"),
    "average_precision": Text("平均精确率", "Average precision"),
    "spearman": Text("斯皮尔曼相关", "Spearman's correlation"),
    "kendall": Text("肯德尔 tau-b", "Kendall's tau-b"),
    "intercept": Text("校准截距", "Calibration intercept"),
    "slope": Text("校准斜率", "Calibration slope"),
}
CALIBRATION = Text("校准图", "Calibration")
ROC = Text("ROC 曲线", "ROC curve")
NO_CURVE = Text(
    "模型不给出概率，没有校准图。", "It states no probability, so there is no calibration."
)
BANDS = Text("各段的结果", "Outcomes by band")
BAND_HEADS = (
    Text("段", "Band"),
    Text("最低分", "From"),
    Text("家数", "Rows"),
    Text("坏", "Bad"),
    Text("比例", "Rate"),
    Text("95% 区间", "95% interval"),
    Text("预期", "Expected"),
)
WEIGHT_HEADS = (Text("权重", "Weight"), Text("坏的权重", "Bad weight"))
BANDS_FALL = Text(
    "从差到好，坏的比例逐段下降。段是分数的分段，不是等级。",
    "From the worst to the best the rate falls at every step. Bands are stretches of the score, no "
    "grades.",
)
BANDS_RISE = Text(
    "坏的比例没有逐段下降：{codes} 共 {n} 段高于更差的一段。段是分数的分段，不是等级。",
    "The rate does not fall at every step: {codes} {n:is|are} above the next worse band. Bands are "
    "stretches of the score, no grades.",
)
BESIDE_TITLE = Text("此外", "Besides")
BESIDE = {
    "challenger": Text("挑战者", "Challenger"),
    "price_of_monotonicity": Text("保持形状的代价", "Price of the stated shapes"),
    "stability": Text("稳定性", "Stability"),
    "subgroups": Text("分组", "Groups"),
}
PRICE = Text("AUC 少 {price}（标准误 {error}）", "{price} of AUC (standard error {error})")
NOT_RECORDED = Text("卡中没有记录", "not recorded in the card")
ALARMS = Text("泄漏警报", "Alarms of leakage")
NO_ALARMS = Text(
    "没有警报：没有一个变量单独好得可疑，没有标识、事后日期或目标的副本。",
    "None: no variable is too good by itself, none identifies, none is a later date or a copy of "
    "the outcome.",
)
NOT_LOOKED_FOR = Text(
    "没有查找：没有好坏结果可对照。",
    "Not looked for: there were no outcomes of good and bad to hold columns against.",
)
ALARM_ANSWERED = Text("书面答复：{why}", "Answered in writing: {why}")
TABLES = Text("评分表", "The tables")
TREES = Text(
    "模型由 {trees} 棵树、{leaves} 片叶组成，不能印在纸上；树文本摘要 {digest}。"
    "评审时请同时看一份可印的可加表（--route additive）。",
    "It consists of {trees} trees with {leaves} leaves and does not print on paper; digest of the "
    "trees {digest}. Have a printable card beside it (--route additive) when deciding.",
)
SPLITS = Text("各变量被树询问的次数", "How often the trees ask for each variable")
HOW_TO = Text(
    "手算：从 {offset} 分起，对每张表找到取值所在的格，把分加上。",
    "By hand: start at {offset}, find the cell of each table and add its points.",
)
WOE_SIGN = Text(
    "WoE 为 ln(好的份额 / 坏的份额)，正值表示更好。“缺失”“其他”等格总在；家数为零的格给 0 分。",
    "WoE is ln(share of good / share of bad): positive is better. The cells for missing and other "
    "values are always there; a cell nobody was in gives 0 points.",
)
NOT_SIGN = Text(
    "“缺失”“其他”等格总在。", "The cells for missing and other values are always there."
)
INDEX = Text("变量，按分值跨度排列", "Variables, by how far their points reach")
INDEX_HEADS = (Text("序", "No."), Text("变量", "Variable"), Text("分值跨度", "Reach in points"))
CELL_HEADS = (
    Text("取值", "Value"),
    Text("家数", "Rows"),
    Text("份额", "Share"),
    Text("坏", "Bad"),
    Text("坏的比例", "Bad rate"),
    Text("WoE", "WoE"),
    Text("分", "Points"),
)
PAIR_HEADS = (Text("取值一", "First value"), Text("取值二", "Second value"), Text("分", "Points"))
PAIR = Text(
    "只列出前 {shown} 格，共 {all} 格；全部在评分卡文件中。",
    "The first {shown} of {all} cells; all are in the card.",
)
MADE = Text("怎样得来", "How it was made")
MADE_ROWS = {
    "digest": Text("评分卡摘要", "Digest of the card"),
    "data": Text("训练文件摘要", "Digest of the training file"),
    "seed": Text("种子", "Seed"),
    "day": Text("日期（UTC）", "Date (UTC)"),
    "python": Text("Python", "Python"),
    "machine": Text("机器", "Machine"),
    "tallystick": Text("Tallystick", "Tallystick"),
}
LIBRARIES = Text("所用的库：{libraries}", "Libraries: {libraries}")
TREATMENTS = Text("对数据做了什么", "What was done to the data")
DROPPED = Text("没有用的列", "Columns not used")
DROPPED_HEADS = (Text("列", "Column"), Text("说明", "What and why"))
SETTINGS = Text("设置", "Settings")
