"""The page `docs/catalogue.md`, made from the rule packs.

Owns the page a reader consults to see what may be recorded, on what basis, and what never is. Rule:
it is made from the data and nothing else; a test compares it with the file, so neither drifts.
Make it again, from the root of the repository, with

    python -c "from tallystick.rulebook.catalogue_page import page; print(page(), end='')" \
        > docs/catalogue.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tallystick.kernel.texts import Text
from tallystick.rulebook.catalogue import Catalogue, catalogue
from tallystick.rulebook.citations import Citation
from tallystick.rulebook.items import CatalogueItem, DataField, Retention, Sharing
from tallystick.rulebook.packs import rule_packs
from tallystick.rulebook.publication_terms import repair_rules
from tallystick.rulebook.refusals import RefusalList, refusals
from tallystick.rulebook.severity import Severity
from tallystick.rulebook.territory import excluded_territories
from tallystick.rulebook.time_limits import TimeLimit, time_limits

_SHARING = {
    Sharing.PUBLIC: Text("依法公开", "public"),
    Sharing.CONSENT: Text("须授权", "consent"),
    Sharing.CONTEXT: Text("仅参考，权重 0", "context, weight 0"),
}
_SIGN = {-1: "−", 0: "0", 1: "+"}
_ALWAYS = Text("授权或公示期内", "as long as the grant or the publication lasts")
_INTRODUCTION = """\
# 目录与拒收清单 / Catalogue and refusals

本页由规则包数据生成，请勿手改；改数据后按 `rulebook/catalogue_page.py` 顶部的命令重新生成。
This page is made from the rule packs; do not edit it. Change the data and make it again with the
command at the top of `rulebook/catalogue_page.py`.

不在目录内的事实一律不得归集（《上海市社会信用条例》第11条）。标有“未核对”的条文尚无人读过全文。
A fact that is not in the catalogue may not be collected. An article marked *unverified* was not
read in full by anybody; it is used, and shown as such, until somebody does.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    return "\n".join(
        [
            _INTRODUCTION,
            *_packs(),
            *_overview(catalogue()),
            *_items(catalogue().items.values()),
            *_refusals(refusals()),
            *_territories(),
            *_terms(),
            *_limits(time_limits().values()),
        ]
    )


def _table(heading: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    columns = heading.split(" | ")
    yield f"| {heading} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""


def _both(text: Text) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


def _cited(citations: Iterable[Citation]) -> str:
    return "; ".join(_both(citation.text) for citation in citations)


def _packs() -> Iterator[str]:
    yield "## 规则包 / Rule packs\n"
    rows = (
        (p.name, _both(p.names), p.jurisdiction, p.edition, p.in_force_from, f"`{p.digest[:16]}`")
        for p in rule_packs()
    )
    yield from _table("pack | 名称 / name | jurisdiction | edition | in force | digest", rows)


def _overview(catalogue: Catalogue) -> Iterator[str]:
    yield "## 目录项 / Items\n"
    rows = (
        (
            f"[`{item.code}`](#{item.code.replace('.', '')})",
            _both(item.names),
            _both(_SHARING[item.sharing]),
            _SIGN[item.sign],
            _both(item.aspect.names) if item.aspect else "",
        )
        for item in catalogue.items.values()
    )
    yield from _table("item | 名称 / name | 共享 / sharing | sign | GB/T 23794", rows)
    yield f"目录分类依据 / Basis of the classes: {_both(catalogue.classes_basis.text)}\n"


def _items(items: Iterable[CatalogueItem]) -> Iterator[str]:
    for item in items:
        yield f"### {item.code}\n"
        yield f"- 名称 / name: {_both(item.names)}"
        yield f"- 分类 / class: {_both(item.item_class.names)}"
        yield f"- 法律依据 / legal basis: {_cited(item.legal_basis)}"
        yield f"- 来源文件 / source document: {_both(item.source_document)}"
        yield f"- 保留 / kept: {_both(_kept(item.retention))}"
        yield f"- 需签署方 / parties who sign: {item.parties_signatures}"
        yield f"- 许可 / licence of third-party data: {item.licence_id or '–'}"
        until = f" – {item.in_force_to}" if item.in_force_to else ""
        yield f"- 施行 / in force: {item.in_force_from}{until}\n"
        yield from _table(
            "field | 名称 / name | type | unit | need | values", map(_field, item.fields)
        )


def _field(field: DataField) -> tuple[str, ...]:
    values = ", ".join(f"`{code}` {_both(names)}" for code, names in field.values)
    bounds = f"{field.least or ''}..{field.most or ''}" if field.least or field.most else ""
    begins = f"`{field.starts_with}`…" if field.starts_with else ""
    hidden = "" if field.on_pages else "不上公开页 / never on a public page"
    told = "; ".join(part for part in (values, bounds, begins, hidden) if part)
    return (f"`{field.name}`", _both(field.names), field.type, field.unit, field.need, told)


def _kept(retention: Retention) -> Text:
    if retention.years is None:
        return _ALWAYS
    fields = ", ".join(retention.starts_at)
    basis = retention.basis.text if retention.basis else Text("工具自定", "a choice of this tool")
    return Text(
        f"自 {fields} 起 {retention.years} 年（{basis.zh}）",
        f"{retention.years} years from {fields} ({basis.en})",
    )


def _refusals(found: RefusalList) -> Iterator[str]:
    yield "## 拒收清单 / Refusals\n"
    yield "任何配置和授权都不能放开。 No configuration and no consent opens these.\n"
    rows = (
        (f"`{c.code}`", _both(c.names), _both(c.sentence), _cited(c.legal_basis))
        for c in found.classes
    )
    yield from _table("class | 名称 / name | 说明 / sentence | 依据 / basis", rows)


def _territories() -> Iterator[str]:
    yield "## 不适用的地域 / Where the system does not apply\n"
    rows = (
        (place.division, _both(place.names), _both(place.sentence), _cited(place.legal_basis))
        for place in excluded_territories()
    )
    yield from _table("division | 地域 / territory | 说明 / sentence | 依据 / basis", rows)


def _terms() -> Iterator[str]:
    yield "## 公示期限 / Terms of publication\n"
    rows = (
        (
            rule.in_force_from,
            _both(severity.names),
            "是 / yes" if rule.terms[severity].publish else "否 / no",
            f"{rule.terms[severity].repair_months}",
            f"{rule.terms[severity].stop_months}",
            _both(rule.basis.text),
        )
        for rule in repair_rules()
        for severity in Severity
    )
    yield from _table(
        "in force | 程度 / severity | 公示 / published | repair after, months "
        "| stops after, months | 依据 / basis",
        rows,
    )


def _limits(limits: Iterable[TimeLimit]) -> Iterator[str]:
    yield "## 法定期限 / Time limits\n"
    rows = (
        (
            f"`{limit.code}`",
            _both(limit.names),
            f"{limit.least}–{limit.number}" if limit.least else f"{limit.number}",
            limit.unit,
            _both(limit.start),
            limit.jurisdiction,
            _both(limit.basis.text),
        )
        for limit in limits
    )
    yield from _table(
        "limit | 名称 / name | number | unit | 起算 / starts | jurisdiction | 依据 / basis", rows
    )
