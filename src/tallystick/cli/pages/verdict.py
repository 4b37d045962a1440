"""What a check says: of one receipt, of a whole workspace."""

from __future__ import annotations

from typing import Any, TypeGuard

from tallystick.app.bands import BANDS
from tallystick.app.freshness import STANDINGS
from tallystick.cli.cells import pad, width, wrap
from tallystick.cli.pages.values import KINDS, show_pairs, show_value
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

_VALID = Text("有效", "VALID")
_ENDED = Text("有效，但记录已不再有效力：{what}", "VALID, BUT NOT IN FORCE ANY MORE: {what}")
_UNKNOWN = Text("内容一致，签名人未知", "CONSISTENT, SIGNER UNKNOWN")
_UNTRUSTED = Text("内容一致，但签名不受信任", "CONSISTENT, BUT NOT SIGNED BY A TRUSTED KEY")
_INVALID = Text("无效", "NOT VALID")
# By the outcome of a check: the headline, and what to do.
_NOT_NOW = {
    "too_old": (
        Text("签名可信，但对效力的陈述已过时", "SIGNED BY TRUSTED KEYS, BUT STATED TOO LONG AGO"),
        Text(
            "请换取新的回执：tally receipt --refresh。",
            "Get a newer receipt: tally receipt --refresh.",
        ),
    ),
    "no_longer_in_force": (
        Text("签名可信，但记录已不再有效力", "SIGNED BY TRUSTED KEYS, BUT NOT IN FORCE ANY MORE"),
        Text(
            "它证明曾有此记录。若要依据现状，请索取现行的记录。",
            "It proves that there was this record. To rely on what holds now, ask for the record "
            "in force.",
        ),
    ),
    "unknown_standing": (
        Text(
            "签名可信，但没有说明是否仍然有效",
            "SIGNED BY TRUSTED KEYS, BUT WHETHER IT IS IN FORCE IS NOT STATED",
        ),
        Text(
            "请换取说明效力的回执：tally receipt --refresh。",
            "Get a receipt that states it: tally receipt --refresh.",
        ),
    ),
    "from_the_future": (
        Text(
            "签名可信，但所述时间晚于本机时钟",
            "SIGNED BY TRUSTED KEYS, BUT STATED AT A TIME AHEAD OF THE CLOCK HERE",
        ),
        Text("请核对本机时钟。", "Check the clock of this computer."),
    ),
    "quorum_missing": (
        Text("日志已签名，但见证不足", "SIGNED BY THE LOG, BUT TOO FEW WITNESSES COSIGNED"),
        Text(
            "信任文件要求更多见证。请向出具方索取经见证联署的回执。",
            "The trust file asks for more. Ask whoever issued it for a receipt that witnesses "
            "cosigned.",
        ),
    ),
}
_MEANS_UNKNOWN = Text(
    "没有信任文件，不能说它有效。请经另一途径取得信任文件，再用 --trust 核验。",
    "Without a trust file it cannot be called valid. Get the trust file by another way than the "
    "receipt, then verify with --trust.",
)
_MEANS_VALID = Text(
    "证明此记录由所示签名人封存且未被改动，并证明账本在所示时刻对其效力的陈述；不证明事实为真。",
    "It proves that this signer sealed the record, that it is unchanged, and what the ledger "
    "stated of its standing at the time shown; not that the fact is true.",
)
STEPS = {
    "form": Text("写法", "form"),
    "commitment": Text("承诺值", "commitment"),
    "batch": Text("批次", "batch"),
    "log": Text("账本", "log"),
    "kind": Text("种类", "kind"),
    "deliverer": Text("交付人", "deliverer"),
    "checkpoint": Text("检查点", "checkpoint"),
    "status": Text("状态", "status"),
    "witnesses": Text("见证", "witnesses"),
    "batches": Text("各批次", "batches"),
    "cose": Text("COSE", "COSE"),
    "fresh": Text("时效", "freshness"),
    "final": Text("终局", "finality"),
    "provider": Text("提供方", "provider"),
    "acts": Text("签名", "signatures"),
    "paper": Text("纸面", "paper"),
    "page": Text("页面", "page"),
    "shows": Text("所示", "what it shows"),
    "signed": Text("所示的签名", "its signatures"),
    "code": Text("码", "code"),
    "printed": Text("印出的检查点", "printed checkpoint"),
    "proof": Text("回执", "receipt"),
    "record": Text("记录", "record"),
    "place": Text("位置", "place"),
    "ledger": Text("账本历史", "ledger"),
}
# What a result concludes; all it rests on is shown by `explain`, and here by --json.
_RESULT = {
    "scheme": Text("方案", "scheme"),
    "score": Text("得分", "score"),
    "band": Text("风险等级", "band"),
    "light": Text("灯", "light"),
    "contributions": Text("各维度的乘积", "products of the dimensions"),
    "rules_hit": Text("命中的风险规则", "risk rules hit"),
}
_ALL_OF_IT = Text(
    "这里只列结论；封存的全文见 --json。",
    "Only the conclusion is listed here; --json gives all that was sealed.",
)
_ID_DIGITS = 12
_ANSWERED = Text("答复含 {n} 条记录", "The answer proves {n} {n:record|records}")
_SIGNER = Text("签名人", "signer")
_STANDING = Text("效力", "standing")
_WITNESSED = Text("见证", "witnessed")
_NOT_CHECKED = Text("未核对的签名", "not checked")
_NOT_STATED = Text(
    "未说明：这张回执没有说明记录是否仍然有效（tally receipt --refresh 可换新回执）",
    "not stated: this receipt does not say whether the record is in force (tally receipt "
    "--refresh gets one that does)",
)
_AS_OF = Text("{what}（截至 {as_of}）", "{what} as of {as_of}")
_SINCE = Text("{said}；自 {since} 起", "{said}; since {since}")
_BECAUSE = Text("{said}；因记录 {by}", "{said}; by record {by}")
_RECORD = Text("记录", "record")
_LEDGER = Text("账本", "ledger")
_SIZE = Text(
    "{origin}，第 {size} 个条目时的检查点", "{origin}, checkpoint at {size} {size:entry|entries}"
)
_SOURCE = Text("来源", "source")
_SAYS = Text("记录的内容", "What the record says")
_NOBODY = Text("未知", "unknown")


def show_verdict(screen: Screen, document: dict[str, Any], *, trusting: bool) -> None:
    """Show the verdict of one receipt. trusting: a trust file was given."""
    show_head(screen, document, _MEANS_VALID, trusting=trusting)
    if document.get("body"):
        screen.line()
        screen.line(_SAYS, "bold")
        labels = {name: screen.tell(label) for name, label in _RESULT.items()}
        show_value(screen, _told(screen, document["body"]), indent=2, names=labels)
        if _is_result(document["body"].get("result")):
            screen.line()
            screen.line(_ALL_OF_IT)


def show_answer(screen: Screen, document: dict[str, Any], *, trusting: bool) -> None:
    """Show the verdict of an answer: of the whole, then a line a record."""
    records = document["records"]
    nothing: dict[str, Any] = {"signer": "", "origin": "", "size": 0, "checks": []}
    first = records[0] if records else nothing
    bad = next((one for one in records if one["outcome"] == document["outcome"]), first)
    checks = [*document["checks"], *bad["checks"]]
    named = bad.get("record", "") if bad.get("valid") is False and trusting else ""
    shown = {**bad, **document, "checks": checks, "record": named, "provenance": ""}
    show_head(screen, shown, _MEANS_VALID, trusting=trusting)
    screen.line()
    screen.line(_ANSWERED.fill(n=len(records)), "bold")
    for one in records:
        body = one["body"] or {}
        kind = body.get("kind", "")
        kind = screen.tell(KINDS[kind]) if kind in KINDS else str(kind)
        told = [one["record"][:_ID_DIGITS], kind, str(body.get("subject", ""))]
        line = "  ".join(filter(None, (*told, screen.tell(standing_of(one["standing"])))))
        screen.paragraph(f"{screen.mark(ok=one['valid'] or not trusting)} {line}", 2)


def show_head(
    screen: Screen, document: dict[str, Any], means_valid: Text, *, trusting: bool
) -> None:
    """Show what the verdict is, by which steps, and who signed what; not what was sealed."""
    ended = (document.get("standing") or {}).get("status", "unknown")
    if document["valid"] and ended not in {"in_force", "unknown"}:
        screen.line(_ENDED.fill(what=STANDINGS[ended]), "bold", "yellow")
        meaning: Text | None = means_valid
    elif document["valid"]:
        screen.line(_VALID, "bold", "green")
        meaning = means_valid
    elif document["consistent"] and not trusting:
        screen.line(_UNKNOWN, "bold", "yellow")
        meaning = _MEANS_UNKNOWN
    elif document["consistent"] and document.get("outcome") in _NOT_NOW:
        headline, meaning = _NOT_NOW[document["outcome"]]
        screen.line(headline, "bold", "red")
    else:
        screen.line(_UNTRUSTED if document["consistent"] else _INVALID, "bold", "red")
        meaning = None
    if meaning is not None:
        screen.paragraph(meaning)
    screen.line()
    show_checks(screen, document["checks"])
    screen.line()
    rows: list[tuple[Text | str, str]] = []
    if document["consistent"]:
        signer = document.get("signer") or "unknown"
        rows.append((_SIGNER, screen.tell(_NOBODY) if signer == "unknown" else signer))
    if document.get("record"):
        rows.append((_RECORD, document["record"]))
    if document.get("origin"):
        where = _SIZE.fill(origin=document["origin"], size=document["size"])
        rows.append((_LEDGER, screen.tell(where)))
    if document.get("record") and "standing" in document:
        rows.append((_STANDING, screen.tell(standing_of(document["standing"]))))
    rows += _witnessed_rows(screen, document.get("witnessed") or {})
    if document.get("provenance"):
        rows.append((_SOURCE, document["provenance"]))
    show_pairs(screen, rows)


def _witnessed_rows(screen: Screen, witnessed: dict[str, Any]) -> list[tuple[Text | str, str]]:
    """Return who cosigned and when, and whose lines nobody could check."""
    comma = "，" if screen.language == "zh" else ", "
    rows: list[tuple[Text | str, str]] = []
    if witnessed.get("by"):
        told = comma.join(f"{name} {time}" for name, time in witnessed["by"].items())
        rows.append((_WITNESSED, told))
    if witnessed.get("not_checked"):
        rows.append((_NOT_CHECKED, comma.join(witnessed["not_checked"])))
    return rows


def standing_of(standing: dict[str, str]) -> Text:
    """Return the sentence of a standing: what it is, as of when, since when, by what."""
    if standing["status"] == "unknown":
        return _NOT_STATED
    told = STANDINGS[standing["status"]]
    said = _AS_OF.fill(what=told, as_of=standing["as_of"])
    if standing["since"]:
        said = _SINCE.fill(said=said, since=standing["since"])
    return _BECAUSE.fill(said=said, by=standing["by"]) if standing["by"] else said


def _is_result(value: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether `value` has the form of a result; what is not valid may have any."""
    return (
        isinstance(value, dict)
        and value.keys() >= _RESULT.keys()
        and isinstance(value["scheme"], dict)
        and all(
            isinstance(value[part], list) and all(isinstance(one, dict) for one in value[part])
            for part in ("contributions", "rules_hit")
        )
    )


def _told(screen: Screen, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body as people read it: the conclusion of a result, bands in the language spoken."""
    told = dict(body)
    band = told.get("band")
    if isinstance(band, str):
        told["band"] = screen.tell(BANDS.get(band, band))
    result = told.get("result")
    if not _is_result(result):
        return told
    told["result"] = {name: result[name] for name in _RESULT if name in result}
    if screen.language != "zh" and result.get("band_code"):
        told["result"]["band"] = result["band_code"]
    for part in ("contributions", "rules_hit"):
        name = {"contributions": "dimension", "rules_hit": "rule"}[part]
        named = "code" if screen.language != "zh" else name
        told["result"][part] = [
            " ".join(filter(None, (str(one.get(named, "")), str(one.get("product") or ""))))
            for one in result[part]
        ]
    scheme = result["scheme"]
    told["result"]["scheme"] = f"{scheme.get('id', '')} {scheme.get('version', '')}".strip()
    return told


def show_checks(screen: Screen, checks: list[dict[str, Any]]) -> None:
    """Show the steps of a check, each with whether it held."""
    names = [screen.tell(STEPS.get(one["step"], one["step"])) for one in checks]
    longest = max((width(name) for name in names), default=0)
    for name, one in zip(names, checks, strict=True):
        first, *rest = wrap(one["detail"], screen.cells - longest - 6)
        screen.line(f"  {screen.mark(ok=one['ok'])} {pad(name, longest)}  {first}")
        for line in rest:
            screen.line(" " * (longest + 6) + line)


_SOUND = Text("完好", "SOUND")
_DAMAGED = Text("有问题", "NOT SOUND")
_RECOMPUTED = Text(
    "重新计算了 {entries} 个条目、{records} 条记录。",
    "Recomputed {entries} {entries:entry|entries} and {records} {records:record|records}.",
)
_RECORD_NUMBER = Text("第 {record} 号记录", "record {record}")
_AT_BYTE = Text("第 {offset} 字节", "byte {offset}")
_MORE = Text("另有 {n} 处。", "{n} more.")
_SHOWN_MAX = 20
_ERASED = Text("已销毁内容的记录 {n} 条：", "The content of {n} {n:record was|records was} erased:")
_ERASED_ONE = Text(
    "{record}　{when}　{who}　依据：{basis}", "{record}  {when}  {who}  basis: {basis}"
)


def show_audit(screen: Screen, document: dict[str, Any]) -> None:
    """Show what an audit found."""
    ok = document["ok"]
    screen.line(_SOUND if ok else _DAMAGED, "bold", "green" if ok else "red")
    counts = {"entries": document["entries"], "records": document.get("records", 0)}
    screen.paragraph(_RECOMPUTED.fill(**counts))
    problems = document.get("problems") or [document["first_problem"]]
    for one in problems[:_SHOWN_MAX] if not ok else []:
        where = [one["file"]]
        if one.get("offset") is not None:
            where.append(screen.tell(_AT_BYTE.fill(offset=one["offset"])))
        if one.get("record") is not None:
            where.append(screen.tell(_RECORD_NUMBER.fill(record=one["record"])))
        comma = "，" if screen.language == "zh" else ", "
        screen.line(f"  {screen.mark(ok=False)} {comma.join(where)}")
        screen.paragraph(f"{one['message']} [{one['code']}]", 4)
    if not ok and len(problems) > _SHOWN_MAX:
        screen.line("  " + screen.tell(_MORE.fill(n=len(problems) - _SHOWN_MAX)))
    erased = document.get("erased", [])
    if erased:
        screen.line(_ERASED.fill(n=len(erased)))
    for one in erased[:_SHOWN_MAX]:
        screen.paragraph(_ERASED_ONE.fill(**{**one, "record": one["record"][:_ID_DIGITS]}), 2)
    if len(erased) > _SHOWN_MAX:
        screen.line("  " + screen.tell(_MORE.fill(n=len(erased) - _SHOWN_MAX)))
    for note in document.get("notes", []):
        screen.paragraph(note)
