from __future__ import annotations

import csv
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.packs import read_pack
from tallystick.rulebook.refusals import REFUSED_CLASS, RefusedClass, refusals

MODEST = settings(max_examples=100, deadline=None)

CHARTER = {
    "religion": "宗教信仰|religion|religious_view|belief",
    "genes": "基因|genes|geneticTest|DNA结果",
    "fingerprints": "指纹|fingerprint|人脸数据|biometric_id",
    "blood_type": "血型|blood type|bloodGroup|xuexing",
    "health": "疾病|病史|illness|medical history|健康状况",
    "politics_and_speech": "政治面貌|言论记录|political opinion|online_speech",
    "private_messages": "私人消息|聊天记录|private messages|chat_log|短信内容",
    "friends_and_contacts": "好友|微信好友数|朋友圈|friends|contact list|通讯录",
    "location_and_travel": "位置|GPS轨迹|行踪轨迹|location|travel history|出行记录",
    "dating": "约会|dating|约会次数|相亲记录",
    "hobbies": "兴趣爱好|hobbies|hobby",
    "reading": "阅读|reading|阅读时长|books read",
    "gaming": "游戏|游戏时长|gaming hours|game_time",
    "search_and_browsing": "搜索记录|浏览历史|search history|browsing",
    "wearables_and_smart_home": "可穿戴设备|步数|智能家居|wearable data|smart_home_usage",
}
PROFILE = {
    "位置": "location", "好友": "friends", "健康记录": "health records", "保险": "insurance",
    "私人消息": "private messages", "财务状况": "financial situation", "游戏时间": "gaming time",
    "智能家居": "smart home", "首选报纸": "preferred newspaper", "购物记录": "shopping records",
    "约会行为": "dating behaviour",
}  # fmt: skip
PERSONS = {
    "收入": "income", "存款": "deposits", "有价证券": "securities",
    "商业保险": "commercial insurance", "不动产": "real estate", "纳税数额": "tax amount",
}  # fmt: skip

# Names a table about organisations carries every day.
ORDINARY = """
注册地址|经营场所|住所|办公地址|登记机关|经营范围|注册资本（万元）|实缴资本|法定代表人|联系人|联系电话|邮政编码|电子邮箱
统一社会信用代码|组织机构代码|工商注册号|税务登记号|行政区划|成立日期|营业期限|核准日期|企业类型|所属行业|员工人数|参保人数
社会保险缴纳人数|社会保险费缴纳情况|单位参加城镇职工基本养老保险人数|欠缴社会保险费|住房公积金缴存|残疾人就业保障金缴纳
营业收入|主营业务收入|净利润|资产总额|负债总额|所有者权益|纳税总额|应收账款周转率|流动比率|资产负债率|存货|固定资产
产品数量|服务制度|商标数|专利数|作品著作权数|股权出质|动产抵押|对外投资|分支机构|注册变更次数|成立年限|企业年龄
行政处罚决定书文号|违法行为类型|违法事实|违法发生日期|处罚依据|处罚机关|公示截止期|作出行政处罚决定日期|执行程序|执行法院
市场主体检查结果|抽查检查结果|企业主体检验|年报公示|信访投诉办理结果|合同履约率|违约会员数|诚信公约会议次数|签约会议
走私信息|隐私信息保护制度|客户口碑|国道教育集团|同步数据量|初步数据|满意放心率|核心率先指标|选手环节|法人品牌|弹性格式
信用画像|信用等级|信用评分（企业）|风险等级|风险规则|指标|权重|矩阵|评价得分|异议处理|修复申请|授权书|授权期限
ISO9001认证|职业健康安全管理体系认证|高新技术企业|医疗器械经营许可证|网络游戏出版许可|旅行社业务经营许可|短信息服务许可
保险公司经营许可|出口信用保险投保金额|产品责任保险|人类遗传资源行政许可|转基因标识|搜索引擎备案|购物中心面积|报纸出版许可
registered address|registered location|location of the registered office|business location|place of business
company name|legal representative|established_on|paid_in_capital|changes_12m|duty_holder|contact person|contact phone
number of products|reading of meters|meter_reading|sensorReadings|social insurance paid|insured employees|insurance company licence
interest rate|interest coverage|book value|price_to_book|current ratio|net income|operating income|total deposits held
forum speech|forumSpeeches|research and development|patent search|travel agency licence|good faith|public interest
updated_on|validating|allocation|spreading|general|energetic|friendly|environmentally friendly|message|chatter|steps_done
gross margin|return on assets|days sales outstanding|credit score of the firm|grade|light|band|risk level|weight
huizong_jiaoyi|renzhengzhishu|xukezheng|chufa_jieguo|yingyeshouru|qiyemingcheng|dengjijiguan|yuedu_xiaoshou
age|status|type|kind|remark|note|source|line|file|title|level|number|content|basis|facts|authority|form|late
"""  # noqa: E501


def find(text: str) -> str | None:
    found = refusals().find(text)
    return found.code if found else None


def words() -> list[tuple[str, str]]:
    """Return every word the list knows, with its language."""
    found = []
    for entry in read_pack("refusals").body.each("classes"):
        group = entry.inner("words")
        for language in ("zh", "en", "pinyin", "letters"):
            for word in group.texts(language):
                plain = word.replace(" + ", " 与 " if language == "zh" else " of ")
                found.append((language, plain.strip("=*")))
    return found


WORDS = words()
CHINESE = sorted({word for language, word in WORDS if language == "zh" and len(word) > 1})
LATIN = sorted({word for language, word in WORDS if language != "zh" and len(word) > 3})


@pytest.mark.parametrize(("code", "names"), CHARTER.items())
def test_each_class_of_the_charter_is_refused_in_both_languages(code: str, names: str) -> None:
    assert {name: find(name) for name in names.split("|")} == dict.fromkeys(names.split("|"), code)


@pytest.mark.parametrize(("zh", "en"), [*PROFILE.items(), *PERSONS.items()])
def test_each_kind_of_profile_data_is_refused_in_both_languages(zh: str, en: str) -> None:
    assert find(zh) is not None
    assert find(zh) == find(en)


def test_the_lists_are_covered_completely() -> None:
    covered = {name: {text.zh for c in refusals().classes for k, text in c.covers if k == name}
               for name in ("charter", "profile", "persons")}  # fmt: skip
    assert len(covered["charter"]) == len(CHARTER)
    assert covered["profile"] == set(PROFILE)
    assert set("、".join(sorted(covered["persons"])).split("、")) == set(PERSONS)


@pytest.mark.parametrize(("language", "word"), WORDS)
def test_every_word_of_the_list_is_recognised(language: str, word: str) -> None:
    assert find(word) is not None, language


@pytest.mark.parametrize("refused", refusals().classes, ids=lambda found: found.code)
def test_a_refusal_names_class_article_and_way_out_in_both_languages(refused: RefusedClass) -> None:
    reason = refused.reason
    assert reason.code == REFUSED_CLASS
    assert reason.rule == refused.article
    assert refused.names.zh in reason.text.zh
    assert refused.names.en in reason.text.en
    assert refused.legal_basis[0].law.zh in reason.text.zh
    assert refused.sentence.zh.endswith("。")
    assert refused.sentence.en.endswith(".")
    assert reason.remedy.zh
    assert reason.remedy.en
    assert "{" not in reason.text.zh + reason.text.en


def test_a_refusal_never_repeats_what_it_judged() -> None:
    with pytest.raises(TallyError) as refusal:
        refusals().check("血型 13800138000")
    assert "13800138000" not in str(refusal.value) + refusal.value.text.zh
    assert refusal.value.facts == {"refused": "blood_type"}


def test_the_six_kinds_of_article_14_are_refused_by_article_14() -> None:
    for name in ("宗教信仰", "基因", "指纹", "血型", "疾病", "病史", *PERSONS):
        found = refusals().find(name)
        assert found is not None
        assert found.article == "征信业管理条例 art. 14"


@pytest.mark.parametrize(
    "name",
    [
        "r e l i g i o n", "R.E.L.I.G.I.O.N", "r_e_l_i_g_i_o_n", "宗 教", "宗_教", "宗·教",
        "宗/教", "ｒｅｌｉｇｉｏｎ", "ＲＥＬＩＧＩＯＮ", "re\u200bligion", "re\u00adligion",
        "rèligion", "rеligiоn", "religious_view", "ReligiousView", "RELIGIOUS-VIEWS",
        "x_religion_2", "religion1", "re1igi0n", "rElIgIoN", "relig_ion", "宗教信仰情况",
        "法人宗教", "负责人信仰", "zongjiao", "zong_jiao", "zongJiaoXinYang", "belief", "beliefs",
        "blood_group", "BLOODGROUP", "bloodgroups", "b1ood_type", "血　型", "血-型", "xue xing",
        "GPS轨迹", "gps_track", "聊天记录", "聊天紀錄", "微信好友数", "WeChatFriends", "步数",
        "日均步数", "stepCount", "浏览历史", "瀏覽歷史", "朋友圈", "愛好", "遊戲時間", "購物記錄",
        "保險", "約會行為", "健康記錄", "閱讀時長", "个人 收入", "法定代表人家庭存款", "股东房产",
        "个人信用分", "芝麻信用分", "sesame_credit", "citizenScore", "用户画像", "消费画像",
        "personal_income", "PersonalIncome", "id_card_no", "护照号码", "maritalStatus",
        "own.financial_situation", "person.income", "weizhi", "xuexing", "haoyou_count",
        "wеаrable",
    ],
)  # fmt: skip
def test_a_disguised_name_is_recognised(name: str) -> None:
    assert find(name) is not None


@given(st.sampled_from(CHINESE), st.sampled_from(" _-.·/\u3000\u200b\u00a0*~　"), st.booleans())
@MODEST
def test_marks_between_the_characters_hide_nothing(word: str, mark: str, twice: bool) -> None:  # noqa: FBT001
    assert find((mark * (1 + twice)).join(word)) is not None


@given(st.sampled_from(LATIN), st.data())
@MODEST
def test_width_case_accents_and_invisible_marks_hide_nothing(
    word: str, data: st.DataObject
) -> None:
    def disguise(letter: str) -> str:
        wide = chr(ord(letter) + 0xFEE0) if "a" <= letter <= "z" else letter
        return data.draw(st.sampled_from([letter, wide, letter + "\u200d", letter + "\u0301"]))

    assert find("".join(map(disguise, word))) is not None
    assert find(word.upper()) is not None
    assert find(word.replace(" ", "_")) is not None
    assert find(word.title().replace(" ", "")) is not None


@given(st.sampled_from(LATIN), st.sampled_from(" _.-*"))
@MODEST
def test_a_spelled_out_word_is_read(word: str, mark: str) -> None:
    if " " not in word:
        assert find(mark.join(word)) is not None


@given(
    st.sampled_from([*CHINESE, *LATIN]),
    st.sampled_from(["社会保险", "registered location", "公约会"]),
)
@MODEST
def test_a_harmless_phrase_covers_nothing_beside_it(word: str, phrase: str) -> None:
    if not word.isascii() and "=" not in word and find(f"甲{word}") is not None:
        assert find(f"{phrase}与{word}") is not None


@pytest.mark.parametrize("line", ORDINARY.split("\n")[1:-1])
def test_ordinary_names_of_organisations_pass(line: str) -> None:
    assert {name: find(name) for name in line.split("|") if find(name)} == {}


def test_no_name_of_the_catalogue_is_refused() -> None:
    names = set()
    for item in catalogue().items.values():
        names |= {item.code, *item.names, *item.source_document, *item.item_class.names}
        for field in item.fields:
            names |= {
                field.name,
                *field.names,
                *(text for _, both in field.values for text in both),
            }
    assert {name: find(name) for name in names if find(name)} == {}


def test_no_column_of_a_source_is_refused_but_the_personal_ones() -> None:
    folder = resources.files("tallystick.sources") / "columns"
    refused = []
    for entry in folder.iterdir():
        for row in csv.DictReader(entry.read_text(encoding="utf-8").splitlines()):
            names = [row["zh"], row["en"], row["code"], *row["aliases"].split("|")]
            if row["type"] != "personal":
                refused += [(entry.name, name, find(name)) for name in names if find(name)]
    assert refused == []


@pytest.mark.parametrize(
    "header",
    [
        "身份证号码/组织机构代码(统一社会信用代码)", "身份证号码／组织机构代码",
        "行政相对人代码_5（居民身份证号）", "自然人证件类型", "自然人证件号码",
        "法定代表人证件号码", "CF_FR_ZJHM", "CF_XDR_ZJHM", "XK_XDR_SFZ", "cardNum",
    ],
)  # fmt: skip
def test_the_published_columns_a_reader_drops_do_not_stop_a_file(header: str) -> None:
    assert find(header) is None


@given(st.text(max_size=60))
@MODEST
def test_any_text_is_judged_and_always_the_same_way(text: str) -> None:
    assert refusals().find(text) == refusals()._look(text)
