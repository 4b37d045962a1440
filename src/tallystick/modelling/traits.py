"""Words by which a column of a person's table is recognised, and words that make it another thing.

Owns the vocabulary `naming` judges a name with; how it is read stands there. A trait belongs to a
class of `rulebook.refusals`, which says the article. Words written `a+b` are needed both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tallystick.kernel.texts import Text

NOTHING: Final = "(?!)"
"""An expression that never matches."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait of a person.

    words: alternatives, each a set of words that must all be there. zh: words of Chinese names.
    pinyin: joined. strong: an expression found anywhere in a name, whatever stands beside it.
    refused: code of the class of `rulebook.refusals` it belongs to.
    """

    code: str
    names: Text
    words: tuple[frozenset[str], ...]
    zh: tuple[str, ...]
    pinyin: tuple[str, ...]
    strong: str
    refused: str


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _trait(
    code: str,
    names: Text,
    *,
    words: str,
    zh: str,
    pinyin: str = "",
    strong: str = NOTHING,
    refused: str = "person_identity",
) -> Trait:
    alternatives = tuple(frozenset(one.split("+")) for one in words.split())
    return Trait(
        code, names, alternatives, tuple(zh.split()), tuple(pinyin.split()), strong, refused
    )


OWNERS: Final = _words(
    "customer cust client borrower boss applicant debtor person personal individual owner user "
    "member holder cardholder guarantor coapplicant spouse director shareholder manager "
    "principal entrepreneur founder consumer respondent subject patient student kehu "
    "geren"
)
WORKFORCE: Final = _words("employee staff workforce worker personnel")
AGGREGATES: Final = _words(
    "share ratio rate average avg mean median count number num structure percent "
    "percentage pct proportion distribution turnover change"
)
GENERIC: Final = _words(
    "level lvl status state code type category cat class group grp bucket band range bin "
    "id no nr num number of in the a an year yr at since present current now max highest "
    "min avg average mean median value val is has flag ind indicator new raw std norm "
    "log sq x y z cur cnt own time application app loan's years old s total count for by and "
    "or his her their"
)

# Owners, the workforce, figures of many, and words that say nothing, as Chinese names have them.
ZH_OWNERS: Final = re.compile(
    "客户|借款人|申请人|债务人|个人|本人|当事人|自然人|法定代表人|法人代表|法人|负责人|"
    "经营者|企业主|业主|股东|实际控制人|实控人|高管|董事长?|监事|总经理|配偶|担保人|用户|"
    "会员|持卡人"
)
ZH_WORKFORCE: Final = re.compile("员工|职工|从业人员|雇员|人员")
ZH_AGGREGATES: Final = re.compile(
    "经费|应付|费用|支出|薪酬|结构|占比|比例|比率|比重|平均|均值|人数|数量|分布|率$|总数|变更|次数"
)
ZH_GENERIC: Final = re.compile(
    "的|之|最高|当前|现|类型|类别|编码|代码|编号|号码|号|等级|水平|程度|状况|状态|情况|"
    "分组|分段|段|组|信息|标识|[0-9]+|年$|岁$"
)

TRAITS: Final = (
    _trait(
        "sex",
        Text("性别", "sex"),
        words="sex gender gndr male female sexo sexe geschlecht is+male is+female",
        zh="性别",
        pinyin="xingbie",
        strong="gender| sex |性别",
    ),
    _trait(
        "age",
        Text("年龄", "age"),
        words="age yr+old year+old",
        zh="年龄 年齢 年纪 岁数",
        pinyin="nianling",
        strong="legal rep(?:resentative)? age",
    ),
    _trait(
        "birth",
        Text("出生", "birth"),
        words="birth dob yob birthday birthdate birth+date birth+month date+birth day+birth "
        "geburtsdatum nacimiento",
        zh="出生 出生日期 出生年月 生日 生肖 属相",
        pinyin="shengri chushengriqi",
        strong="date of birth|birth ?day|birth ?date|出生日期|出生年月",
    ),
    _trait(
        "marital",
        Text("婚姻", "marital status"),
        words="marital marriage married marstat mstatus mar+status marital+status personal+status "
        "civil+status family+status estado+civil familienstand",
        zh="婚姻 婚否 已婚",
        pinyin="hunyin hunyinzhuangkuang",
        strong="marital|personal status|婚姻|婚否",
    ),
    _trait(
        "family",
        Text("家庭与子女", "family and dependants"),
        words="dependent dependant child children kid family+size family+member household+size "
        "household",
        zh="子女 抚养 赡养 家庭人口 家庭成员",
        pinyin="zinv jiatingrenkou",
        strong="dependa?e?nts? |maintenance for|子女数?|赡养|家庭人口",
    ),
    _trait(
        "education",
        Text("学历", "education"),
        words="education schooling diploma edu educ academic+degree educational+attainment",
        zh="学历 学位 文化程度 教育程度 受教育程度 教育",
        pinyin="xueli wenhuachengdu",
    ),
    _trait(
        "occupation",
        Text("职业", "occupation"),
        words="job occupation profession job+title employment+since employment+status "
        "employment+length employment+type employment+title emp+length emp+title employer "
        "job+length",
        zh="职业 职务 职称 工龄 工作年限 工作单位",
        pinyin="zhiye gongling",
        strong="occupation |employment since|emp length|employment length",
    ),
    _trait(
        "housing",
        Text("住房", "housing"),
        words="housing home+ownership home+owner residence accommodation residence+since "
        "years+residence rent+own home",
        zh="住房 居住 住宅 住址 住房性质",
        pinyin="zhufang",
        strong="home ?ownership|residence since|家庭住址",
    ),
    _trait(
        "nationality",
        Text("国籍与民族", "nationality and ethnicity"),
        words="nationality citizenship citizen ethnicity race foreign+worker immigrant "
        "immigration+status native",
        zh="国籍 民族 籍贯 户籍 户口 外籍",
        pinyin="minzu jiguan huji hukou",
        strong="ethnic|immigrant|民族$|籍贯|户籍",
    ),
    _trait(
        "name",
        Text("姓名", "name of a person"),
        words="surname firstname lastname first+name last+name full+name given+name family+name "
        "forename",
        zh="姓名 姓氏 姓",
        pinyin="xingming",
        strong="surname|first name|last name|姓名",
    ),
    _trait(
        "identity_number",
        Text("证件号码", "identity number"),
        words="ssn nric passport national+id id+card idcard social+security+number identity+number",
        zh="身份证 证件号 护照 证件",
        pinyin="shenfenzheng sfz sfzh zhengjianhao",
        strong="身份证|护照|passport|social security n| ssn ",
    ),
    _trait(
        "contact",
        Text("联系方式", "telephone or address of a person"),
        words="telephone phone mobile cellphone tel email e+mail wechat home+address mobile+phone "
        "cell+phone",
        zh="手机 电话 邮箱 微信 联系方式 联系电话 手机号 手机号码",
        pinyin="shouji shoujihao dianhua",
        strong="手机号|home address",
    ),
    _trait(
        "personal_income",
        Text("个人收入", "income of a person"),
        words="salary wage disposable+income household+income personal+income family+income",
        zh="工资 月薪 家庭收入 个人收入 可支配收入",
        pinyin="gongzi",
        strong="disposable income|household income|可支配收入",
    ),
)
DEVICE: Final = _trait(
    "device",
    Text("设备与网络痕迹", "device and network traces"),
    words="imei imsi device+id mac+address ip+address user+agent idfa oaid ip",
    zh="设备号 设备指纹 浏览器",
    strong="imei|imsi|user ?agent|mac address| ip address",
    refused="search_and_browsing",
)
POSTCODE: Final = _trait(
    "fine_location",
    Text("过细的邮政编码", "a postal code at fine grain"),
    words="zip zipcode postcode postal+code zip+code post+code",
    zh="邮编 邮政编码",
    pinyin="youbian youzhengbianma",
    refused="location_and_travel",
)
