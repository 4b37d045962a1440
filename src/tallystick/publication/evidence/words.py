"""What the report of an evidence package calls things, in both languages."""

from __future__ import annotations

from typing import Final

from tallystick.kernel.texts import Text

KINDS: Final = {
    "founding": Text("建账", "founding of the ledger"),
    "party": Text("签名人登记", "registration of a key"),
    "import": Text("导入", "import of a file"),
    "retraction": Text("撤回导入", "retraction of an import"),
    "fact": Text("事实", "fact"),
    "grant": Text("授权", "grant"),
    "withdrawal": Text("撤回授权", "withdrawal of a grant"),
    "scheme": Text("评价方案", "scheme"),
    "use": Text("使用记录", "use"),
    "evaluation": Text("预评（软件的建议）", "evaluation: a proposal by software"),
    "decision": Text("认定（签名行为）", "decision: a signed act"),
    "report": Text("报告", "report"),
    "weighing": Text("专家赋权", "weighing by experts"),
    "unread": Text("未能读取的行", "rows that could not be read"),
    "key_end": Text("密钥终止", "end of a key"),
    "erasure": Text("销毁", "erasure"),
    "witness": Text("见证登记", "registration of a witness"),
    "model": Text("模型（认定人批准或停用）", "model: approved or retired by an officer"),
}
CHANNELS: Final = {
    "direct": Text("直接：来源自己签发", "direct: signed by the source itself"),
    "transcribed": Text(
        "转录：由交付人抄录自来源的文书，来源未签名",
        "transcribed by the deliverer from a document of the source, which did not sign",
    ),
    "self-declared": Text("主体自行申报", "self-declared by the organisation"),
}
STEPS: Final = {
    "form": Text("写法", "form"),
    "commitment": Text("承诺值", "commitment"),
    "batch": Text("批次", "batch"),
    "log": Text("账本", "log"),
    "kind": Text("种类", "kind"),
    "deliverer": Text("交付人", "deliverer"),
    "status": Text("效力", "standing"),
    "checkpoint": Text("检查点", "checkpoint"),
    "witnesses": Text("见证", "witnesses"),
    "final": Text("终局", "finality"),
    "provider": Text("提供方", "provider"),
    "acts": Text("正文签名", "signatures in it"),
}
STANDINGS: Final = {
    "in_force": Text("有效", "in force"),
    "superseded": Text("已被后来的记录取代", "superseded by a later record"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "expired": Text("已到期", "expired"),
    "erased": Text("内容已销毁", "content erased"),
    "unknown": Text("未说明", "not stated"),
}
OUTCOMES: Final = {
    "confirm": Text("确认预评", "the proposal is confirmed"),
    "change": Text("更改等级", "the band is changed"),
    "decline": Text("不予认定", "declined"),
}
FIELDS: Final = {
    "item": Text("目录项", "catalogue item"),
    "key": Text("标识", "key"),
    "occurred": Text("发生日期", "occurred"),
    "recorded": Text("记录日期（提供方称，UTC+8）", "recorded, as the provider says (UTC+8)"),
    "name": Text("名称", "name"),
    "code": Text("代码", "code"),
    "operator": Text("运营方", "operator"),
    "role": Text("身份", "role"),
    "reason": Text("理由", "reason"),
    "digest": Text("摘要", "digest"),
    "categories": Text("授权范围", "what may be read"),
    "purpose": Text("用途", "purpose"),
    "granted_on": Text("授权日期", "granted on"),
    "until": Text("截止", "until"),
    "document_digest": Text("授权书的 SHA-256", "SHA-256 of the document"),
    "from_day": Text("自", "from"),
    "as_of": Text("以何日为准", "as of"),
    "outcome": Text("结论", "outcome"),
    "band": Text("等级", "band"),
    "imported": Text("导入编号", "import"),
    "document": Text("文书号", "document"),
    "language": Text("语言", "language"),
    "format": Text("格式", "format"),
    "basis": Text("依据", "basis"),
    "detail": Text("说明", "detail"),
}
SOURCE: Final = {
    "name": Text("来源（作成者）", "source: who made it"),
    "code": Text("来源的代码", "code of the source"),
    "document": Text("来源文书号", "document of the source"),
    "digest": Text("所交文件的 SHA-256", "SHA-256 of the delivered file"),
}
RESULT: Final = {
    "score": Text("得分", "score"),
    "band": Text("建议的等级", "band proposed"),
}
FILES: Final = {
    "digest": Text("导入记录所载", "named by the import"),
    "source.digest": Text("事实的来源所载", "named by the source of the fact"),
    "document_digest": Text("授权所载", "named by the grant"),
}
