"""The report of an evidence package, as a page of blocks.

Owns what the report says, and that it says no more than was checked: what is proven, what is not,
each record with each step of its check, the digests of all files, and how anybody checks it again.
Takes the document that `app.evidencing` makes (form `tallystick-evidence-report/1`, in the one
language of the report). Rules: a step that does not hold stands first and in words; what nobody has
read as a text of law is called unverified; nothing is claimed about what a court will accept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tallystick.kernel.texts import Text
from tallystick.publication.charts import Table
from tallystick.publication.evidence.words import (
    CHANNELS,
    FIELDS,
    FILES,
    KINDS,
    OUTCOMES,
    RESULT,
    SOURCE,
    STANDINGS,
    STEPS,
)
from tallystick.publication.pages import (
    SOFT,
    WARNING,
    Block,
    Bullets,
    Grid,
    Heading,
    Line,
    Page,
    Pairs,
    Paragraph,
    Section,
)
from tallystick.rulebook.samples import SAMPLE_MARK, SAMPLE_SENTENCE

Json = Mapping[str, Any]
_ID_DIGITS = 12
_LONG = 400  # characters of a field that the report shows; record.json has them all

_TITLE = Text("证据包核验报告", "Verification report of an evidence package")
_NAME = Text("{n} 条记录的证据", "Evidence of {n} {n:record|records}")
_HOLDS = Text("全部步骤成立", "EVERY STEP HOLDS")
_FAILS = Text("有步骤不成立", "A STEP DOES NOT HOLD")
_HOLDS_TOLD = Text(
    "制作本包时，下列每条记录的每一步核验都成立，所依据的是运营方的信任文件。任何人都可以用另行取得的"
    "信任文件离线重做一遍（见“如何核验”）。",
    "When this package was made every step of every record below held, against the trust file of "
    "the operator. Anybody can repeat it offline, with a trust file obtained another way: How to "
    "check says how.",
)
_FAILS_TOLD = Text(
    "下列步骤标“不成立”的，本包不证明其所指的记录。",
    "Of a record with a step marked as not holding this package proves nothing.",
)
_TRUE, _FALSE = Text("是", "yes"), Text("否", "no")
_YES, _NO = Text("成立", "holds"), Text("不成立", "DOES NOT HOLD")
_PROVEN = (
    Text(
        "每条记录在账本 {origin} 之中，自封存以来未被改动；改动一个字节，核验即不成立。",
        "Each record stands in the ledger {origin} and is unchanged since it was sealed; change "
        "one byte and the check fails.",
    ),
    Text(
        "每个批次由所列提供方的密钥签名；认定等行为由所列人员的密钥签名。",
        "Each batch was signed by the key of the provider named; decisions and other acts by the "
        "keys of those named.",
    ),
    Text(
        "在所示时刻，账本陈述了每条记录是否仍然有效。",
        "At the time shown the ledger stated whether each record was in force.",
    ),
    Text(
        "附在 files/ 的原件，其 SHA-256 与记录所载的一致。",
        "An original under files/ has the SHA-256 that a record names.",
    ),
)
_NOT_PROVEN = (
    Text(
        "不证明事实为真：只证明是用谁的密钥这样陈述的，且此后未被改动。",
        "Not that a fact is true: only by whose key it was stated, and that it was not changed "
        "since.",
    ),
    Text(
        "“称封存于”的时间是提供方自己写的；只有见证的时间来自他人，说明记录最迟在那时已经存在。",
        "When a record is said to be sealed is the provider's own word. Only the time of a witness "
        "comes from somebody else; it says by when the record was there at the latest.",
    ),
    Text(
        "不说明“截至”之后的事：记录此后可能被取代或撤回。请向运营方索取新的回执。",
        "Nothing after the time as of which the standing is told: a record may have been "
        "superseded or withdrawn since. Ask the operator for a newer receipt.",
    ),
    Text(
        "本包中的 trust.policy 不能证明自己。请用另行取得的信任文件，或比对其 SHA-256。",
        "This trust.policy does not vouch for itself: use one obtained another way, or compare its "
        "SHA-256.",
    ),
    Text(
        "本报告和 SHA256SUMS 不能证明自己：能改文件夹的人也能改它们。可核验的是各条回执；"
        "record.json 由 check_receipt.py 与回执里的正文比对。",
        "This report and SHA256SUMS do not vouch for themselves: whoever can change the folder can "
        "change them. The receipts can be checked; check_receipt.py compares each record.json with "
        "its receipt.",
    ),
    Text(
        "密钥由谁持有，由信任文件所列名称说明，本包不核验身份。",
        "Who holds a key is what the trust file says; no identity was checked for this package.",
    ),
)
_LAW = Text(
    "未核实：本报告的编排（文件、摘要、证明、时间、签名人）是自拟的。制作时未逐字阅读任何法院关于电子证据的"
    "规定，因此不引用条文，也不表示符合其格式；是否采信由审理者判断。",
    "Unverified: the layout of this report (file, digest, proof, time, signer) is our own. No rule "
    "of any court on electronic evidence was read in full for it, so none is cited and no "
    "conformity is claimed; what weight it has is for whoever judges.",
)
_SECTIONS = {
    "proven": Text("证明了什么", "What is proven"),
    "records": Text("各条记录", "The records"),
    "files": Text("文件与摘要", "Files and digests"),
    "check": Text("如何核验", "How to check"),
}
_UNPROVEN = Text("没有证明什么", "What is not proven")
_LABELS = {
    "record": Text("记录编号", "record id"),
    "kind": Text("种类", "kind"),
    "subject": Text("主体", "subject"),
    "provider": Text("交付并签名的提供方", "delivered and signed by"),
    "provider_key": Text("提供方密钥编号", "key id of the provider"),
    "officer": Text("认定人", "officer"),
    "officer_key": Text("认定人密钥编号", "key id of the officer"),
    "scripted": Text("作出方式", "how it was made"),
    "channel": Text("渠道", "channel"),
    "sealed_at": Text("提供方称封存于", "said to be sealed"),
    "witnessed": Text("见证时间", "witnessed"),
    "standing": Text("效力", "standing"),
    "entry": Text("在账本中的位置", "place in the ledger"),
    "content": Text("内容", "content"),
    "made_on": Text("制作日期（UTC+8）", "made on (UTC+8)"),  # beside times in UTC
    "operator": Text("运营方", "operator"),
    "origin": Text("账本", "ledger"),
    "checkpoint": Text("检查点", "checkpoint"),
    "root": Text("账本的树根", "root of the ledger"),
    "log_key": Text("账本密钥编号", "key id of the ledger"),
    "trust": Text("trust.policy 的 SHA-256", "SHA-256 of trust.policy"),
}
_NO_WITNESS = Text("无：信任文件不要求见证", "none: the trust file asks for no witness")
_SCRIPTED = Text(
    "由演示脚本作出，不是人的决定", "by the script of a demonstration, not decided by a person"
)
_NO_CONTENT = Text(
    "不含：只证明有此记录，不出示所载内容",
    "not included: it is proven that there is such a record, not what it says",
)
_PLACE = Text("第 {entry} 个条目，批次内第 {position} 条", "entry {entry}, {position} in its batch")
_SIZE = Text("{size} 个条目", "{size} {size:entry|entries}")
_AS_OF = Text("{what}，截至 {as_of}", "{what} as of {as_of}")
_SINCE = Text("{said}（自 {since} 起）", "{said} (since {since})")
_SAYS = Text("该记录所载", "What that record says")
_STEP_HEAD = (Text("步骤", "Step"), Text("结果", "Result"), Text("说明", "What was found"))
_FILE_HEAD = (Text("文件", "File"), Text("SHA-256", "SHA-256"), Text("字节", "Bytes"))
_FILES_TOLD = Text(
    "报告与 manifest.json 的摘要写在 SHA256SUMS 里，不列于此。",
    "The digests of the reports and of manifest.json stand in SHA256SUMS and not here.",
)
_NAMED = Text("原件 {file}：{how}，记录 {record}", "Original {file}: {how}, record {record}")
_LOOK = Text(
    "只需 Python 3.11 或更新版本，不需要网络和信契软件。在本文件夹里：",
    "Python 3.11 or newer is all it takes, no network and nothing of Tallystick. In this folder:",
)
_OWN_TRUST = Text(
    "请把 trust.policy 换成另行取得的信任文件。check_receipt.py 只有一个文件，可以通读；它是按公开"
    "的规范独立写成的，不含出具方的代码。装有信契软件的，也可以用 tally evidence --check 核验整个"
    "文件夹。",
    "Put the trust file obtained another way in the place of trust.policy. check_receipt.py is one "
    "file that can be read as a whole; it was written from the public specification and shares no "
    "code with the issuer. Where Tallystick is installed, tally evidence --check does the folder.",
)
_MORE = Text("……（全文见 record.json）", "... (all of it in record.json)")


def compose(document: Json) -> Page:
    """Return the page of a report of the form `tallystick-evidence-report/1`."""
    return _Report(document).page()


class _Report:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._language = document["language"]

    def page(self) -> Page:
        document, say = self._document, self._say
        valid = bool(document["valid"])
        records = document["records"]
        told = (_HOLDS_TOLD if valid else _FAILS_TOLD).in_language(self._language)
        fiction = f"{say(SAMPLE_MARK)}: {say(SAMPLE_SENTENCE)}" if document["sample"] else ""
        return Page(
            language=self._language,
            title=say(_TITLE),
            name=say(_NAME.fill(n=len(records))),
            code=document["origin"],
            status=say(_HOLDS if valid else _FAILS),
            final=valid,
            standing=told,
            about=self._about(),
            sections=(
                self._section("proven", self._proven()),
                self._section("check", self._how()),
                self._section("records", self._records()),
                self._section("files", self._files()),
            ),
            day=document["made_on"],
            foot=document["operator"],
            fiction=fiction,
        )

    def _say(self, text: Text) -> str:
        return text.in_language(self._language)

    def _section(self, name: str, blocks: Iterable[Block]) -> Section:
        return Section(name, self._say(_SECTIONS[name]), tuple(blocks))

    def _about(self) -> tuple[tuple[str, str], ...]:
        document, say = self._document, self._say
        rows = {
            "made_on": document["made_on"],
            "operator": document["operator"],
            "origin": document["origin"],
            "checkpoint": say(_SIZE.fill(size=document["size"])),
            "root": document["root"],
            "log_key": document["log_key"],
            "trust": document["trust_sha256"],
        }
        return tuple((say(_LABELS[name]), value) for name, value in rows.items())

    def _proven(self) -> Iterable[Block]:
        said = [self._say(one.fill(origin=self._document["origin"])) for one in _PROVEN]
        if not any("named_by" in one for one in self._document["files"]):
            said.pop()
        yield Bullets(tuple(Line(one) for one in said))
        yield Heading(self._say(_UNPROVEN))
        yield Bullets(tuple(Line(self._say(one)) for one in _NOT_PROVEN))
        yield Paragraph(self._say(_LAW), WARNING)

    def _records(self) -> Iterable[Block]:
        for place, record in enumerate(self._document["records"], 1):
            kind = self._kind(record)
            yield Heading(f"{place}. {kind} {record['record'][:_ID_DIGITS]}")
            yield Pairs(tuple(self._rows(record, kind)))
            yield self._steps(record["checks"])
            if record["body"] is not None:
                yield Heading(self._say(_SAYS))
                yield Pairs(tuple(self._body_rows(record)))

    def _kind(self, record: Json) -> str:
        kind = str((record["body"] or {}).get("kind", ""))
        return (
            self._say(KINDS[kind]) if kind in KINDS else kind or self._say(Text("记录", "record"))
        )

    def _rows(self, record: Json, kind: str) -> Iterable[tuple[str, str]]:
        say, body = self._say, record["body"] or {}
        yield say(_LABELS["record"]), record["record"]
        yield say(_LABELS["kind"]), kind if body else "-"
        if body.get("subject"):
            yield say(_LABELS["subject"]), body["subject"]
        yield say(_LABELS["provider"]), record["provider"]
        yield say(_LABELS["provider_key"]), record["provider_key"]
        if "channel" in body:
            yield say(_LABELS["channel"]), say(CHANNELS.get(body["channel"], _plain(body)))
        officer = body.get("officer") or {}
        if officer:
            yield say(_LABELS["officer"]), officer["name"]
            yield say(_LABELS["officer_key"]), officer["key"]
        if body.get("scripted"):
            yield say(_LABELS["scripted"]), say(_SCRIPTED)
        yield say(_LABELS["sealed_at"]), record["sealed_at"]
        times = [f"{name} {at or '-'}" for name, at in record["witnessed"].items()]
        yield say(_LABELS["witnessed"]), ", ".join(times) or say(_NO_WITNESS)
        yield say(_LABELS["standing"]), say(_standing(record["standing"]))
        yield say(_LABELS["entry"]), say(_PLACE.fill(**_places(record)))
        if not body:
            yield say(_LABELS["content"]), say(_NO_CONTENT)

    def _body_rows(self, record: Json) -> Iterable[tuple[str, str]]:
        """Return the fields of a body as people read them; data are in words already."""
        body, shown = record["body"], record["shown"]
        for name, label in SOURCE.items():
            value = (body.get("source") or {}) if isinstance(body.get("source"), Mapping) else {}
            if value.get(name):
                yield self._say(label), str(value[name])
        for name, label in FIELDS.items():
            value = shown.get(name)
            if name == "outcome" and value in OUTCOMES:
                value = self._say(OUTCOMES[value])
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                value = ("、" if self._language == "zh" else ", ").join(value)
            if isinstance(value, str) and value:
                yield self._say(label), self._short(value)
        result = shown.get("result")
        for name, label in RESULT.items():
            if isinstance(result, Mapping) and isinstance(result.get(name), str):
                yield self._say(label), self._short(result[name])
        data = shown.get("data")
        for label_text, value in (data if isinstance(data, Mapping) else {}).items():
            yield str(label_text), self._short(self._flat(value))

    def _flat(self, value: object) -> str:
        if isinstance(value, Mapping):
            return "; ".join(f"{name} {self._flat(one)}" for name, one in value.items())
        if isinstance(value, bool):
            return self._say(_TRUE if value else _FALSE)
        return ", ".join(map(self._flat, value)) if isinstance(value, list) else str(value)

    def _short(self, text: str) -> str:
        return text if len(text) <= _LONG else text[:_LONG] + self._say(_MORE)

    def _steps(self, checks: Iterable[Json]) -> Grid:
        rows = tuple(
            (
                self._say(STEPS.get(one["step"], Text(one["step"], one["step"]))),
                self._say(_YES if one["ok"] else _NO),
                one["detail"],
            )
            for one in checks
        )
        return Grid(Table(tuple(map(self._say, _STEP_HEAD)), rows), (2, 2, 7))

    def _files(self) -> Iterable[Block]:
        files = self._document["files"]
        rows = tuple((one["path"], one["sha256"], str(one["bytes"])) for one in files)
        yield Grid(Table(tuple(map(self._say, _FILE_HEAD)), rows), (4, 11, 2), right=(2,))
        named = [
            self._say(
                _NAMED.fill(
                    file=one["path"], how=FILES[by["field"]], record=by["record"][:_ID_DIGITS]
                )
            )
            for one in files
            for by in one.get("named_by", ())
        ]
        if named:
            yield Bullets(tuple(Line(one) for one in named))
        yield Paragraph(self._say(_FILES_TOLD), SOFT)

    def _how(self) -> Iterable[Block]:
        yield Paragraph(self._say(_LOOK))
        commands = ["sha256sum -c SHA256SUMS"]
        commands += [
            f"python3 check_receipt.py {one['folder']}/receipt.tally trust.policy "
            f"--lang {self._language}"
            for one in self._document["records"]
        ]
        yield Bullets(tuple(Line(one) for one in commands))
        yield Paragraph(self._say(_OWN_TRUST))


def _places(record: Json) -> dict[str, object]:
    return {"entry": record["entry"], "position": record["position"] + 1}


def _standing(standing: Json) -> Text:
    told = STANDINGS[standing["status"]]
    if not standing["as_of"]:
        return told
    said = _AS_OF.fill(what=told, as_of=standing["as_of"])
    return _SINCE.fill(said=said, since=standing["since"]) if standing["since"] else said


def _plain(body: Json) -> Text:
    return Text(str(body["channel"]), str(body["channel"]))
