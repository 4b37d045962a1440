"""The words of the page of a membership, in both languages.

Owns every sentence the page says of itself. Rules: a proposal is called one wherever it stands; a
word for a thing is the one the rest of the product uses.
"""

from __future__ import annotations

from tallystick.kernel.texts import Text

STANDING_WORDS = {
    "proposal": Text("预评", "PROPOSAL"),
    "decided": Text("已认定", "DECIDED"),
    "declined": Text("不予认定", "DECLINED"),
    "no_proposal": Text("未成预评", "NO PROPOSAL"),
    "withheld": Text("未读取", "WITHHELD"),
    "not_evaluated": Text("未评价", "NOT EVALUATED"),
}
STANDING_TOLD = {
    "proposal": Text("软件的建议，待有权人员认定", "by the software; a person has to decide"),
    "decided": Text("具名的人已认定，是等级", "decided by a named person: a grade"),
    "declined": Text("具名的人不予认定，没有等级", "declined by a named person: no grade"),
    "no_proposal": Text("资料不足，没有形成等级建议", "too little is known to propose a band"),
    "withheld": Text(
        "授权已终止，预评的数字不再读取", "consent has ended: no number of the proposal is read"
    ),
    "not_evaluated": Text("没有按本方案的预评", "no proposal by this scheme"),
}
SCRIPTED = Text("脚本", "script")
EARLIER = Text("此前认定", "decided before")

MOVES = {
    "up": Text("▲ 上升", "▲ up"),
    "down": Text("▼ 下降", "▼ down"),
    "unchanged": Text("＝ 不变", "= unchanged"),
    "new": Text("＋ 新", "+ new"),
    "not_compared": Text("？ 不可比", "? not compared"),
    "not_evaluated": Text("－ 未评价", "- not evaluated"),
    "gone": Text("✕ 已不在名册", "✕ no longer a member"),
}
HINDRANCES = {
    "other_version": Text(
        "此前按另一版本的方案", "evaluated by another version of the scheme before"
    ),
    "now_declined": Text("本轮不予认定", "declined this time"),
    "now_no_proposal": Text("本轮未成预评", "no proposal this time"),
    "now_withheld": Text("授权已终止，未读取", "consent has ended, not read"),
    "then_declined": Text("上一轮不予认定", "declined the time before"),
    "then_no_proposal": Text("上一轮未成预评", "no proposal the time before"),
    "then_withheld": Text(
        "授权已终止，上一轮未读取", "consent has ended, the time before is not read"
    ),
}
POSITIONS = {
    "lowest": Text("最低的四分之一", "lowest quarter"),
    "lower": Text("中位以下", "below the median"),
    "upper": Text("中位以上", "at or above the median"),
    "highest": Text("最高的四分之一", "highest quarter"),
}
PEERS_BY = {
    "industry_and_size": Text(
        "同门类、注册资本相近", "same section of industry, nearest in capital"
    ),
    "score": Text("得分相近", "nearest in score"),
}
STATES = {
    "known": Text("已知", "Known"),
    "unknown": Text("未知", "Unknown"),
    "unverified": Text("未核实", "Unverified"),
    "withheld": Text("未获授权", "Withheld"),
}
WARNINGS = {
    "W_LOW_COVERAGE": Text("已知太少", "little is known"),
    "W_RULES_UNCHECKED": Text("有规则未核对", "rules unchecked"),
    "W_UNKNOWN_DIMENSION": Text("有维度未知", "dimension unknown"),
    "W_SCALE": Text("得分超出范围", "score off the scale"),
    "W_MISSING": Text("缺必需指标", "required indicator missing"),
}

# GB/T 4754-2017, sections
SECTIONS = {
    "A": Text("农林牧渔", "agriculture"),
    "B": Text("采矿", "mining"),
    "C": Text("制造", "manufacturing"),
    "D": Text("电力热力燃气水", "power, heat, gas, water"),
    "E": Text("建筑", "construction"),
    "F": Text("批发零售", "wholesale and retail"),
    "G": Text("交通运输仓储邮政", "transport, storage, post"),
    "H": Text("住宿餐饮", "hotels and catering"),
    "I": Text("信息传输、软件", "information and software"),
    "J": Text("金融", "finance"),
    "K": Text("房地产", "real estate"),
    "L": Text("租赁和商务服务", "leasing and business services"),
    "M": Text("科学研究和技术服务", "research and technical services"),
    "N": Text("水利环境公共设施", "water, environment, facilities"),
    "O": Text("居民服务", "services to households"),
    "P": Text("教育", "education"),
    "Q": Text("卫生和社会工作", "health and social work"),
    "R": Text("文化体育娱乐", "culture, sports, entertainment"),
    "S": Text("公共管理和社会组织", "public administration, social organisations"),
    "T": Text("国际组织", "international organisations"),
}

PAGE = {
    "title": Text("会员信用评价总览", "The membership"),
    "sample": Text(
        "全部会员和数字均为虚构，不得用于任何真实用途。",
        "Every member and number is fiction; not for any real use.",
    ),
    "sample_mark": Text("样例", "SAMPLE"),
    "not_a_grade": Text(
        "预评 PROPOSAL 是软件的建议，不是等级；由具名的人认定后才算等级。本页把两者分开计数，"
        "从不混为一谈。",
        "A PROPOSAL (预评) is worked out by the software and is not a grade; only the decision of "
        "a named person makes a grade. This page counts the two apart.",
    ),
    "for_whom": Text(
        "供协会内部使用，含全体会员的结果，不得公开。",
        "For the association itself: it holds the results of all members and is not for "
        "publication.",
    ),
    "scheme": Text("评价方案", "Scheme"),
    "version": Text("第 {version} 版", "version {version}"),
    "as_of": Text("以何日为准", "As of"),
    "as_of_one": Text("{day}（{n} 家）", "{day} ({n} {n:member|members})"),
    "reported_on": Text("出具日期", "Reported on"),
    "ledger": Text("账本", "Ledger"),
    "ledger_told": Text("{origin}，{n} 条", "{origin}, {n} entries"),
    "root": Text("根", "root"),
    "members": Text("会员", "Members"),
    "scripted": Text("其中 {n} 家由脚本认定（演示）", "{n} of them by a script (a demonstration)"),
    "contents": Text("本页内容", "On this page"),
    "as_table": Text("以表格查看", "The same as a table"),
    # distribution
    "distribution": Text("分布", "Distribution"),
    "scores_title": Text("得分分布（预评）", "How scores are spread (PROPOSALS)"),
    "scores_told": Text(
        "{n} 家有得分：最低 {least}，中位 {median}，最高 {greatest}；一半会员在 {lower} 与 {upper} "
        "之间。未成预评的 {without} 家不计在内：已知信息太少，不载明得分。",
        "{n} {n:member has|members have} a score: least {least}, median {median}, greatest "
        "{greatest}; half of them lie between {lower} and {upper}. Left out with NO PROPOSAL: "
        "{without}; too little is known to state a score.",
    ),
    "no_scores": Text("没有得分可示。", "There is no score to show."),
    "proposals_title": Text(
        "待认定的预评（不是等级）", "PROPOSALS awaiting a decision (not grades)"
    ),
    "decided_title": Text("已认定的等级", "Grades decided by a named person"),
    "band": Text("等级", "Band"),
    "light": Text("灯", "Light"),
    "proposals": Text("预评（待认定）", "PROPOSALS"),
    "grades": Text("已认定", "DECIDED"),
    "bands_caption": Text(
        "各等级的家数：预评与已认定分列",
        "Members by band: PROPOSALS and decided grades apart",
    ),
    # matrix
    "matrix": Text("矩阵", "The matrix"),
    "matrix_told": Text(
        "行按得分，列按命中的最重风险规则。格中是预评所落的等级；✓ 表示已有具名的人认定，认定的"
        "等级见会员表。",
        "Rows by score, columns by the gravest risk rule hit. A cell shows the band the PROPOSAL "
        "falls into; ✓ marks members on whom a named person has decided, whose grade is in the "
        "table of members.",
    ),
    "matrix_caption": Text("预评在矩阵中的位置", "Where the PROPOSALS lie in the matrix"),
    "score": Text("得分", "Score"),
    "at_least": Text("{least} 及以上", "{least} or more"),
    "below": Text("低于 {least}", "below {least}"),
    "between": Text("{least} 至 {above} 以下", "{least} to below {above}"),
    "any_score": Text("任何得分", "any score"),
    "no_hit": Text("未命中", "No rule hit"),
    "no_hit_or": Text("未命中，或只命中 {levels} 级", "No rule hit, or level {levels} only"),
    "hit": Text("命中 {levels} 级规则", "Rule of level {levels} hit"),
    "outside": Text(
        "不在矩阵中（没有得分或已知太少）：{n} 家",
        "Not in the matrix (no score, or too little is known): {n}",
    ),
    "names_of": Text("{n} 家名单", "the {n} names"),
    "members_n": Text("{n} 家", "{n}"),
    "decided_sign": Text("已认定", "decided"),
    # table
    "table": Text("全体会员", "All members"),
    "table_caption": Text(
        "全体会员，按得分由高到低；“预评”一栏不是等级",
        "All members, best score first; the column PROPOSAL is not a grade",
    ),
    "name": Text("名称", "Name"),
    "code": Text("统一社会信用代码", "USCC"),
    "before": Text("规则前", "Before rules"),
    "proposal": Text("预评等级", "PROPOSAL"),
    "status": Text("状态", "Status"),
    "grade": Text("认定等级", "Decided grade"),
    "coverage": Text("覆盖率", "Known"),
    "rules": Text("命中规则", "Rules hit"),
    "warnings": Text("提示", "Warnings"),
    "moved": Text("较上一轮", "Since last round"),
    "search": Text("按名称、代码或规则查找", "Find by name, code or rule"),
    "filter_light": Text("灯", "Light"),
    "filter_status": Text("状态", "Status"),
    "all": Text("全部", "all"),
    "no_light": Text("无灯", "no light"),
    "per_page": Text("每页", "Rows"),
    "reset": Text("清除", "Clear"),
    "previous": Text("上一页", "Previous"),
    "next": Text("下一页", "Next"),
    "showing": Text(
        "第 {from}–{to} 家，共 {n} 家（全部 {all} 家）",
        "{from} to {to} of {n} ({all} members in all)",
    ),
    "showing_none": Text(
        "没有符合的会员（全部 {all} 家）", "no member fits ({all} members in all)"
    ),
    "sort_hint": Text(
        "点表头排序；再点一次反向。", "Press a column heading to sort, once more to turn it round."
    ),
    "all_pages": Text("全部一页", "all"),
    # comparison
    "comparison": Text("各维度比较", "Comparison by dimension"),
    "boxes_title": Text("各维度得分（预评）", "Scores by dimension (PROPOSALS)"),
    "boxes_told": Text(
        "横线自最低至最高，方框为中间一半，粗线与右侧数字为中位。只计已知的维度。",
        "The line reaches from least to greatest, the box holds the middle half, the thick mark "
        "and the number beside it are the median. Only known dimensions count.",
    ),
    "dimension": Text("维度", "Dimension"),
    "weight": Text("权重", "Weight"),
    "known_of": Text("已知", "Known"),
    "unknown_of": Text("未知", "Unknown"),
    "least": Text("最低", "Least"),
    "lower": Text("下四分位", "Lower quartile"),
    "median": Text("中位", "Median"),
    "upper": Text("上四分位", "Upper quartile"),
    "greatest": Text("最高", "Greatest"),
    "each_dimension": Text("逐家：各维度得分", "Member by member: scores by dimension"),
    "section": Text("门类", "Section"),
    "capital": Text("注册资本（元）", "Registered capital (CNY)"),
    # peers
    "peers": Text("一家会员与同业", "One member and its peers"),
    "peers_told": Text(
        "选一家会员，看它在各维度的位置和最相近的五家。同业按行业门类（GB/T 4754 首字母）和注册资本"
        "最相近选取；名册没有或同门类不足三家时，按得分相近选取。",
        "Choose a member to see where it lies in each dimension, and the five nearest. Peers are "
        "of the same section of industry (first letter of GB/T 4754) and nearest in registered "
        "capital; where the roster does not say, or the section has fewer than three others, those "
        "nearest in score.",
    ),
    "peers_without": Text(
        "选择会员需要脚本。没有脚本时，请对照上一节的四分位数与逐家表。",
        "Choosing needs the script. Without it, compare the table of each member above with the "
        "quartiles.",
    ),
    "choose": Text("会员名称或代码", "Name or code of a member"),
    "show": Text("查看", "Show"),
    "not_found": Text("没有找到这家会员。", "No member fits."),
    "no_numbers": Text("这家会员没有可示的数字。", "There is no number to show of this member."),
    "position": Text("位置", "Position"),
    "picture": Text("图", "Picture"),
    "picture_told": Text(
        "{value}，区间 {least} 至 {greatest}", "{value} between {least} and {greatest}"
    ),
    "nearest": Text("最相近的会员", "Nearest members"),
    "its_value": Text("本家", "This member"),
    # movements
    "movements": Text("较上一轮的变化", "Movements since the last round"),
    "movements_told": Text(
        "每家的最新结果与它按同一方案、以较早一日为准的上一次比较，比的是等级：有认定的按认定，"
        "没有的按预评。“不变”的各家见会员表最后一栏。",
        "Each member's newest result against its last one for an earlier day by the same scheme. "
        "Bands are compared: the decided one where a person decided, else the proposed one. "
        "Members that are unchanged stand in the last column of the table of members.",
    ),
    "first_round": Text(
        "这是第一轮，没有可比的上一轮。", "This is the first round: nothing to compare."
    ),
    "movement": Text("变化", "Movement"),
    "number": Text("家数", "Number"),
    "then": Text("上一轮", "Then"),
    "now": Text("本轮", "Now"),
    "change": Text("得分变化", "Change of score"),
    "why": Text("原因", "Why"),
    "standing_told": Text("{band}（{word}，{day}）", "{band} ({word}, {day})"),
    "standing_short": Text("{word}（{day}）", "{word} ({day})"),
    # coverage
    "known_title": Text("资料覆盖", "What is known"),
    "coverage_told": Text(
        "{n} 家中 {whole} 家资料齐全；按权重计的覆盖率中位 {median}，最低 {least}；{below} 家低于"
        "方案要求的 {enough}。",
        "Of {n} members everything is known of {whole}; the median share known by weight is "
        "{median}, the least {least}; {below} are below the {enough} the scheme asks for.",
    ),
    "missing_title": Text("最缺的资料（家数）", "What is missing most (number of members)"),
    "item": Text("目录项", "Item"),
    "missing": Text("缺", "Missing"),
    "items_caption": Text("各目录项的读取情况", "What was known of each item"),
    "rules_caption": Text("风险规则", "Risk rules"),
    "rule": Text("规则", "Rule"),
    "level": Text("级", "Level"),
    "hit_of": Text("命中", "Hit"),
    "unchecked_of": Text("未核对", "Unchecked"),
    "warnings_caption": Text("提示的家数", "Members with a warning"),
    # method
    "method": Text("怎样读这一页", "How this page was made"),
    "method_sealed": Text(
        "数字取自账本中封存的最新预评和认定，没有重新评价。同样的记录得到同样的一页。",
        "Numbers are those of the newest sealed proposals and decisions; nothing was evaluated "
        "again. The same records give the same page.",
    ),
    "method_door": Text(
        "每家各留一条使用记录。预评所依据的资料若授权已终止，只说明有这份预评，不示其数字。",
        "One look is recorded for each member. Where consent to an item a proposal rests on has "
        "ended, the proposal is named and no number of it is shown.",
    ),
    "method_quartiles": Text(
        "四分位数按相邻两名次线性内插（Hyndman–Fan 第 7 种，与电子表格相同），不作舍入。",
        "Quartiles interpolate between the two nearest ranks (Hyndman and Fan, definition 7, as "
        "spreadsheets do) and are not rounded.",
    ),
    "method_histogram": Text(
        "直方图各组含下限、不含上限，最后一组两端都含。",
        "A class of the histogram holds its lower limit, not its upper one; the last holds both.",
    ),
    "scheme_oddities": Text(
        "方案本身的提示，对每家都一样", "Odd about the scheme itself, for all alike"
    ),
    "legend": Text("灯的形状", "Shapes of the lights"),
    "none": Text("无", "none"),
}
