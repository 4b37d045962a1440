"""The column names of the files, as the bodies that deliver them write them.

Owns the headers only. Rules: written out here from the published forms and not taken from the
importers, so that the sample stays a test of them. Penalties and licences come in the 双公示 form
of 发改办财金〔2018〕424号 and in the template of 2015 before it.

    >>> len(PENALTY_CURRENT)
    30
"""

from __future__ import annotations


def _columns(names: str) -> tuple[str, ...]:
    """Return the names written in `names`, parted by white space."""
    return tuple(names.split())


PENALTY_CURRENT = _columns(
    """
    CF_XDR_MC CF_XDR_LB CF_XDR_SHXYM CF_XDR_GSZC CF_XDR_ZZJG CF_XDR_SWDJ CF_XDR_SYDW CF_XDR_SHZZ
    CF_FRDB CF_FR_ZJLX CF_FR_ZJHM CF_XDR_ZJLX CF_XDR_ZJHM CF_WSH CF_WFXW CF_SY CF_YJ CF_CFLB
    CF_NR CF_NR_FK CF_NR_WFFF CF_NR_ZKDX CF_JDRQ CF_YXQ CF_GSJZQ CF_CFJG CF_CFJGDM CF_SJLY
    CF_SJLYDM BZ
    """
)

# The column of the publication date is asked for by the platforms and not part of the thirty.
PENALTY_PUBLISHED = "CF_GSRQ"

PENALTY_OLD = _columns(
    """
    CF_WSH CF_CFMC CF_CFLB1 CF_CFLB2 CF_SY CF_YJ CF_XDR CF_XDR_SHXYM CF_XDR_ZDM CF_XDR_GSDJ
    CF_XDR_SWDJ CF_XDR_SFZ CF_FR CF_JG CF_JDRQ CF_JZRQ CF_XZJG CF_ZT DFBM GSQX SJC BZ
    """
)

LICENCE_CURRENT = _columns(
    """
    行政相对人名称 行政相对人类别 行政相对人代码_1(统一社会信用代码)
    行政相对人代码_2(工商注册号) 行政相对人代码_3(组织机构代码) 行政相对人代码_4(税务登记号)
    行政相对人代码_5(事业单位证书号) 行政相对人代码_6(社会组织登记证号) 法定代表人
    法定代表人证件类型 法定代表人证件号码 自然人证件类型 自然人证件号码 行政许可决定文书名称
    行政许可决定文书号 许可类别 许可证书名称 许可编号 许可内容 许可决定日期 有效期自 有效期至
    许可机关 许可机关统一社会信用代码 当前状态 数据来源单位 数据来源单位统一社会信用代码 备注
    公示日期
    """
)

LICENCE_OLD = _columns(
    """
    XK_WSH XK_XMMC XK_SPLB XK_NR XK_XDR XK_XDR_SHXYM XK_XDR_ZDM XK_XDR_GSDJ XK_XDR_SWDJ
    XK_XDR_SFZ XK_FR XK_JDRQ XK_JZQ XK_XZJG XK_ZT DFBM SJC BZ
    """
)

JUDGMENT_DEBTOR = _columns(
    """
    iname partyTypeName cardNum businessEntity sexy age courtName areaName gistId gistUnit
    caseCode regDate publishDate duty performance performedPart unperformPart disruptTypeName
    validUntil
    """
)

ABNORMAL_OPERATION = _columns(
    """
    企业名称 统一社会信用代码 名录类别 列入日期 列入原因 列入机关 列入决定书文号 移出日期
    移出原因 移出机关
    """
)

TAX = _columns(
    """
    纳税人名称 纳税人识别号 信息类别 评价年度 纳税信用等级 评价单位 有效期 欠税税种
    欠税余额（元） 公告日期 清缴日期 公告单位 文书号
    """
)

ASSOCIATION = _columns(
    """
    企业名称 统一社会信用代码 会员年度 及时缴纳会费 应参加会议和活动次数 实际参加会议和活动次数
    履行社会职责次数 遵守诚信公约 违约认定文书号 违约认定日期 违反条款 违约类型 违约等级（1-4）
    协会记录编号 记录单位 记录单位统一社会信用代码
    """
)

HONOURS = _columns(
    """
    企业名称 统一社会信用代码 荣誉类别 名称 级别 日期 授予单位 编号 有效期至
    """
)

RATIOS = _columns(
    """
    企业名称 统一社会信用代码 报告期末 报表编号 编制单位 流动比率 速动比率 资产负债率 销售净利率
    总资产周转率 营业收入增长率
    """
)
