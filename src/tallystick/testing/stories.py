"""What happened to each kind of fictional member: the plot from which all files are made.

Rules: a story is data; the files only tell it. Ages are days before the date the world is seen at,
so that the same stories hold at any date. Between them the stories reach all four lights, every
level of risk rule, and every state of consent.

    >>> story_of(0).code
    'exemplary'
"""

from __future__ import annotations

from dataclasses import dataclass

DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Penalty:
    """One decision against a member.

    severity: minor, ordinary or serious, as the terms of publication follow from it.
    age_days: days from the decision to the date the world is seen at.
    old_form: delivered in the form of 2015 instead of the current one.
    """

    severity: str
    age_days: int
    old_form: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """One finding of the association against a member, of a kind the risk rules know."""

    kind: str
    level: int
    age_days: int


@dataclass(frozen=True, slots=True)
class Story:
    """One plot.

    foundation, conduct, standing, honours: 0 (poor) to 3 (excellent), for what the firm is, how it
        is run, how it takes part in the association, what it is known for.
    debtor: "", "in_force", "performed" or "lapsed"; listing, serious: "", "in_force" or "removed".
    arrears: "", "open" or "cleared".
    consent: "full", "missing", "expired" or "partial".
    visit: "confirmed", "not_confirmed" or "" (nobody went).
    thin: only the roster and public sources speak of the member.
    """

    code: str
    plot: str
    foundation: int
    conduct: int
    standing: int
    honours: int
    penalties: tuple[Penalty, ...] = ()
    breaches: tuple[Breach, ...] = ()
    debtor: str = ""
    listing: str = ""
    serious: str = ""
    arrears: str = ""
    tax_grades: str = "AAA"
    line: str = "chain"
    consent: str = "full"
    visit: str = "confirmed"
    thin: bool = False


EXEMPLARY = Story("exemplary", "老牌会员, 各方面都好", 3, 3, 3, 3)
STEADY = Story("steady", "经营平稳, 按时缴费, 少有荣誉", 2, 3, 3, 1, tax_grades="BAA")
RISING = Story("rising", "年轻而知识产权多", 2, 2, 3, 2, tax_grades="MBA")
MODEST = Story("modest", "合规但实力平平, 参与少", 1, 1, 1, 0, tax_grades="MMB")
WEAK = Story("weak", "资料齐全而各项偏低", 0, 0, 0, 0, tax_grades="CCC")
NEWCOMER = Story("newcomer", "新设企业, 资料少", 0, 1, 1, 0, tax_grades="M", thin=True, visit="")
UNVISITED = Story("unvisited", "自行申报较好, 尚未核实", 2, 2, 2, 1, tax_grades="BBB", visit="")
CONTRADICTED = Story(
    "contradicted", "实地调查未能证实申报", 2, 2, 2, 1, tax_grades="BBB", visit="not_confirmed"
)
LIGHTLY_FINED = Story(
    "lightly-fined", "一次轻微处罚", 2, 2, 3, 1, penalties=(Penalty("minor", 200),)
)
FINED = Story(
    "fined",
    "两次处罚, 一次一般, 一次轻微",
    2,
    2,
    2,
    1,
    penalties=(Penalty("ordinary", 250), Penalty("minor", 900, old_form=True)),
    tax_grades="BBB",
)
OFTEN_FINED = Story(
    "often-fined",
    "严重处罚及屡次处罚",
    1,
    0,
    1,
    0,
    penalties=(Penalty("serious", 180), Penalty("ordinary", 120), Penalty("ordinary", 500)),
    tax_grades="DCC",
)
ONCE_FINED = Story(
    "once-fined",
    "多年前旧式处罚, 公示期已满",
    2,
    3,
    3,
    2,
    penalties=(Penalty("ordinary", 6 * DAYS_A_YEAR, old_form=True),),
)
BREACHER = Story(
    "breacher",
    "违反协会公约, 其余良好",
    3,
    3,
    2,
    3,
    breaches=(Breach("charter_breach", 2, 150),),
)
HARMFUL = Story(
    "harmful",
    "被证实损害产业链企业, 实力弱",
    0,
    0,
    0,
    0,
    breaches=(Breach("harm_to_industry", 2, 90),),
    tax_grades="CDC",
)
PREMISES = Story(
    "premises",
    "场地另作他用, 其余良好",
    3,
    2,
    3,
    2,
    breaches=(Breach("premises_misuse", 1, 60),),
)
COIN_ISSUER = Story(
    "coin-business",
    "被认定从事币圈业务",
    2,
    1,
    1,
    1,
    breaches=(Breach("coin_business", 3, 120),),
    tax_grades="BCB",
    line="coin",
)
COIN_TRADER = Story(
    "coin-trading",
    "实力好, 被认定参与虚拟货币交易",
    3,
    2,
    3,
    2,
    breaches=(Breach("coin_trading", 3, 200),),
    tax_grades="BBA",
    line="mixed",
)
DEBTOR = Story("debtor", "在册失信被执行人", 2, 1, 1, 1, debtor="in_force", tax_grades="CCB")
FORMER_DEBTOR = Story(
    "former-debtor",
    "曾为失信被执行人, 已全部履行",
    2,
    2,
    2,
    1,
    debtor="performed",
    tax_grades="BBB",
)
LAPSED_DEBTOR = Story(
    "lapsed-debtor", "失信期限届满", 1, 2, 2, 1, debtor="lapsed", tax_grades="BBC"
)
BLACKLISTED = Story(
    "blacklisted",
    "在册失信被执行人, 并列入严重违法失信名单",
    1,
    0,
    0,
    0,
    penalties=(Penalty("serious", 150),),
    debtor="in_force",
    serious="in_force",
    tax_grades="DDC",
)
REHABILITATED = Story(
    "rehabilitated",
    "曾列入严重违法失信名单, 已移出",
    2,
    2,
    2,
    1,
    serious="removed",
    tax_grades="BBC",
)
ABNORMAL = Story("abnormal", "经营异常, 尚未移出", 1, 1, 1, 0, listing="in_force", tax_grades="CBB")
ONCE_ABNORMAL = Story(
    "once-abnormal", "曾经营异常, 已移出", 2, 2, 2, 1, listing="removed", tax_grades="BBA"
)
IN_ARREARS = Story("in-arrears", "欠税公告未清", 1, 1, 1, 0, arrears="open", tax_grades="DCB")
ARREARS_CLEARED = Story(
    "arrears-cleared", "欠税已清", 2, 2, 2, 1, arrears="cleared", tax_grades="BCB"
)
REFUSER = Story(
    "refuser",
    "拒绝提供真实材料",
    1,
    1,
    0,
    0,
    breaches=(Breach("refused_material", 4, 80),),
    tax_grades="CCC",
    visit="not_confirmed",
)
FALSIFIER = Story(
    "falsifier",
    "提供虚假材料",
    3,
    2,
    1,
    2,
    breaches=(Breach("false_material", 4, 45),),
    tax_grades="BBB",
    visit="not_confirmed",
)
SILENT = Story("no-consent", "没有授权书", 2, 2, 2, 1, tax_grades="BBB", consent="missing")
EXPIRED = Story("consent-expired", "授权已过期", 2, 3, 3, 2, consent="expired")
PARTIAL = Story(
    "consent-partial", "只授权部分类别", 2, 2, 2, 1, tax_grades="BBA", consent="partial"
)

# Who lives which story: member number = place in this list.
CAST: tuple[Story, ...] = (
    EXEMPLARY, STEADY, RISING, MODEST, BREACHER, STEADY, DEBTOR, LIGHTLY_FINED,
    EXEMPLARY, FINED, NEWCOMER, PREMISES, STEADY, OFTEN_FINED, UNVISITED, COIN_ISSUER,
    EXEMPLARY, MODEST, FORMER_DEBTOR, BLACKLISTED, RISING, ABNORMAL, BREACHER, HARMFUL,
    SILENT, EXEMPLARY, ONCE_FINED, IN_ARREARS, WEAK, EXPIRED, STEADY, REFUSER,
    LAPSED_DEBTOR, PARTIAL, ARREARS_CLEARED, CONTRADICTED, COIN_TRADER, ONCE_ABNORMAL,
    REHABILITATED, FALSIFIER,
)  # fmt: skip


def story_of(number: int) -> Story:
    """Return the story of member `number` (0 and up; the cast repeats)."""
    return CAST[number % len(CAST)]
