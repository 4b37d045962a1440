"""Models sealed and retired: a scorecard becomes a record that a named officer signs.

Owns what may be sealed and under which version. Rules: a card about people, or with a refused
column under any name, is never sealed; a card fitted to data carries its validation, and only what
experts stated is sealed without; a validation is that of these points; a version is higher than
the one before; the whole card stands in the record, so that whoever holds a receipt of it can score
without us. Sealing says that a person answers for the model; it changes no grade by itself.

    sealed = seal_model(store, read_card(text), "认定人甲", reason="经评审委员会 2026-11-20 会议")
    retire_model(store, sealed["name"], "认定人甲", reason="样本已过时")
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from tallystick.app.officers import open_officer
from tallystick.app.store import Store
from tallystick.app.typed import masked
from tallystick.casework import check_reason
from tallystick.evaluation.schemes.faults import CONTEXT_SCORED, UNKNOWN_ITEM
from tallystick.kernel import canonical
from tallystick.kernel.dates import date_of
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import RECEIPT_BYTES_MAX
from tallystick.records import Body, bodies, sign_act
from tallystick.rulebook.catalogue import catalogue
from tallystick.scorecards.binding import NOT_OF_THIS_CARD, belongs
from tallystick.scorecards.cells import known_texts
from tallystick.scorecards.document import Card
from tallystick.scorecards.packing import packed, unpacked
from tallystick.scorecards.recorded import check_record
from tallystick.scorecards.writing import card_digest, card_text, read_card

SEAL, RETIRE = "seal", "retire"
STATED: Final = ("expert", "ahp")  # routes that need no outcomes, and so no validation
_BESIDE_BODY: Final = 65_536  # bytes of a receipt that are not its body
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,3}", re.ASCII)
_NOWHERE: Final = {"zh": "", "en": ""}

NO_SUCH_MODEL = Reason(
    "no_such_model",
    Text("没有封存在用的模型 {name}", "there is no model {name} sealed and in use"),
    "docs/models.md",
    Text("在用的模型：{known}", "Models in use: {known}"),
)
MODEL_NAME = Reason(
    "model_name",
    Text(
        "模型的名称 {name} 须为小写字母、数字和连字符",
        "the name {name} of a model must be of lower-case letters, digits and hyphens",
    ),
    "docs/models.md",
    Text("请给评分卡另取名称。", "Give the card such a name."),
)
MODEL_VERSION = Reason(
    "model_version",
    Text(
        "版本号 {version} 不高于已封存的 {sealed}，或写法不对",
        "the version {version} is not higher than {sealed}, which is sealed, or is none",
    ),
    "docs/models.md",
    Text("请写更高的版本号，如 2 或 2.1。", "Write a higher one, such as 2 or 2.1."),
)
NOT_VALIDATED = Reason(
    "model_not_validated",
    Text(
        "路线为 {route} 的评分卡没有验证结果，不能封存",
        "a card of the route {route} without validation cannot be sealed",
    ),
    "JR/T 0221-2021",
    Text(
        "请重新建模并验证（不用 --cv none）；只有专家写成的评分卡可以不经验证。",
        "Fit it with validation, not with --cv none; only what experts stated is sealed without.",
    ),
)
NOT_ITS_VALIDATION = Reason(
    "validation_not_of_card",
    Text("不能封存：{what}", "not sealed: {what}"),
    "JR/T 0221-2021",
    Text(
        "请封存 tally model fit 写出的原件；改动过的，请重新建模并验证。",
        "Seal what tally model fit wrote; what was changed since is fitted and validated anew.",
    ),
)
MODEL_TOO_LONG = Reason(
    "model_too_long",
    Text(
        "评分卡压缩后仍有 {bytes} 字节，其回执超过 {limit} 字节",
        "the card has {bytes} bytes packed, and a receipt of it more than {limit}",
    ),
    "docs/spec/receipt.md",
    Text("请少用些树，或改用加性表。", "Use fewer trees, or the additive route."),
)


RETIRED = Text(
    "方案按模型 {name} 第 {version} 版评分，它自 {day} 起已停用。",
    "The scheme scores by model {name}, version {version}, which is out of use since {day}.",
)
SUPERSEDED = Text(
    "方案按模型 {name} 第 {version} 版评分，它自 {day} 起已由第 {newer} 版取代。",
    "The scheme scores by model {name}, version {version}, which version {newer} supersedes since "
    "{day}.",
)


class Model(NamedTuple):
    """A model sealed and in use: its record, what the record says, its card."""

    record: str
    body: Body
    card: Card


def seal_model(
    store: Store,
    card: Card,
    officer: str,
    *,
    reason: str,
    name: str = "",
    version: str = "",
    from_day: str = "",
    limits: Text | None = None,
) -> dict[str, Any]:
    """Seal a card as the next version of the model of its name; return what was sealed.

    officer: key file or name. reason: why it is approved. name: what the model is called, "" for
    the card's own name. version: "" for the next whole number.
    from_day: first day in force, "" for today. limits: what it must not be used for; None takes
    what the card says. The card in use already is not sealed again: `already_sealed` says so.
    Raises: MODEL_NAME, MODEL_VERSION, MODEL_TOO_LONG, what `check_card` raises, NO_REASON,
    NOT_A_DATE, what opening the officer's key raises.
    """
    reason, numbers = masked(check_reason(reason))
    name = name or card.name
    if not _NAME.fullmatch(name):
        raise MODEL_NAME.error(name=name or "-")
    check_card(card)
    digest, last = card_digest(card), _last(store, name)
    if last is not None and (last.body["action"], last.body["digest"]) == (SEAL, digest):
        return _shown(last.record, last.body, numbers, again=True)
    day = from_day or store.settings.today()
    date_of(day)
    key, called = open_officer(store, officer)
    stated = card.record.get("limits") or _NOWHERE
    body = bodies.model(
        store.delivery(),
        action=SEAL,
        name=name,
        version=_next(version, last.body["version"] if last else ""),
        digest=digest,
        route=card.route,
        route_reason=card.route_reason or _NOWHERE,
        training=card.training.digest,
        rows=card.training.rows,
        validation=card.record.get("validation") or {},
        limits={"zh": limits.zh, "en": limits.en} if limits else stated,
        from_day=day,
        reason=reason,
        officer={"key": key.verifier.key_id.hex(), "name": called},
        card=packed(card_text(card).decode()),
    )
    signed = sign_act(store.origin, body, [key])
    size = len(canonical.encode(signed))
    if size > RECEIPT_BYTES_MAX - _BESIDE_BODY:
        raise MODEL_TOO_LONG.error(bytes=size, limit=RECEIPT_BYTES_MAX)
    [record] = store.append([signed])
    return _shown(record, body, numbers, again=False)


def retire_model(
    store: Store, name: str, officer: str, *, reason: str, from_day: str = ""
) -> dict[str, Any]:
    """Take the model `name` out of use; return what was sealed.

    Raises: NO_SUCH_MODEL, NO_REASON, NOT_A_DATE, what opening the officer's key raises.
    """
    reason, numbers = masked(check_reason(reason))
    model = find_model(store, name)
    day = from_day or store.settings.today()
    date_of(day)
    key, called = open_officer(store, officer)
    body = bodies.model(
        store.delivery(),
        action=RETIRE,
        name=name,
        version=model.body["version"],
        digest=model.body["digest"],
        route="",
        route_reason={},
        training="",
        rows=0,
        validation={},
        limits={},
        from_day=day,
        reason=reason,
        officer={"key": key.verifier.key_id.hex(), "name": called},
        card="",
    )
    [record] = store.append([sign_act(store.origin, body, [key])])
    return _shown(record, body, numbers, again=False)


def find_model(store: Store, name: str) -> Model:
    """Return the model in use that is called `name` or has the digest `name`.

    Raises: NO_SUCH_MODEL.
    """
    using = in_use(store)
    for model in using:
        if name in (model.body["name"], model.body["digest"]):
            return model
    raise NO_SUCH_MODEL.error(name=name, known=", ".join(one.body["name"] for one in using) or "-")


def in_use(store: Store) -> list[Model]:
    """Return the newest version in force today of every model that is not retired, by name."""
    newest: dict[str, tuple[str, Body]] = {}
    today = store.settings.today()
    for number in store.index.of_kind("model"):
        found = store.numbered(number)
        if found.body["from_day"] <= today:
            newest[found.body["name"]] = (found.record, dict(found.body))
    return [
        Model(record, body, read_card(unpacked(body["card"])))
        for _, (record, body) in sorted(newest.items())
        if body["action"] == SEAL
    ]


def out_of_use(store: Store, digests: Iterable[str]) -> list[Text]:
    """Return a sentence for each of these cards that was sealed and is retired or superseded today.

    A scheme keeps the card it was published with, and goes on scoring by it: whoever evaluates has
    to hear of it.
    """
    held: dict[str, Body] = {}
    newest: dict[str, Body] = {}
    today = store.settings.today()
    for number in store.index.of_kind("model"):
        body = dict(store.numbered(number).body)
        if body["from_day"] <= today:
            newest[body["name"]] = body
            if body["action"] == SEAL:
                held[body["digest"]] = body
    found = []
    for digest in digests:
        body = held.get(digest, {})
        last = newest[body["name"]] if body else {}
        if last and (last["action"], last["digest"]) != (SEAL, digest):
            told = RETIRED if last["action"] == RETIRE else SUPERSEDED
            found.append(
                told.fill(
                    name=body["name"],
                    version=body["version"],
                    day=last["from_day"],
                    newer=last["version"],
                )
            )
    return found


def check_card(card: Card) -> None:
    """Check that a card may be sealed at all, whoever signs.

    Raises: BAD_CARD, REFUSED_COLUMNS, TABLE_ABOUT_PEOPLE, UNKNOWN_ITEM, CONTEXT_SCORED,
    NOT_VALIDATED, NOT_ITS_VALIDATION.
    """
    from tallystick.modelling.screening import require_organisations  # noqa: PLC0415 - numpy
    from tallystick.modelling.tables import from_arrays  # noqa: PLC0415 - the same

    check_record(card)
    # Names are judged by what is refused today, and not by what was when the card was fitted.
    names = dict.fromkeys((*card.variable, card.training.target))
    held = {name: sorted(known_texts(card, card.variable[name])) for name in card.variable}
    table = from_arrays({name: held.get(name, []) for name in names if name})
    for label in ("zh", "en", "item"):
        require_organisations(table, {one.name: getattr(one, label) for one in card.variables})
    for variable in card.variables:
        item = catalogue().items.get(variable.item)
        if variable.item and item is None:
            raise UNKNOWN_ITEM.error(item=variable.item)
        if item is not None and not item.scored:
            raise CONTEXT_SCORED.error(item=variable.item)
    # Outcomes in a card say that it was fitted, whatever it calls its route.
    fitted = card.ensemble is not None or any(any(term.bads) for term in card.terms)
    if (fitted or card.route not in STATED) and not card.record.get("validation"):
        raise NOT_VALIDATED.error(route=card.route)
    if belongs(card) is False:
        raise NOT_ITS_VALIDATION.error(what=NOT_OF_THIS_CARD)


class _Last(NamedTuple):
    record: str
    body: Body


def _last(store: Store, name: str) -> _Last | None:
    """Return the newest record of the model `name`, retired or not."""
    for number in reversed(list(store.index.of_kind("model"))):
        found = store.numbered(number)
        if found.body["name"] == name:
            return _Last(found.record, dict(found.body))
    return None


def _next(version: str, last: str) -> str:
    """Return the version to seal under: the next whole number, or `version` if it is higher."""
    if not version:
        return str(int(last.split(".", maxsplit=1)[0]) + 1) if last else "1"
    if not _VERSION.fullmatch(version) or (last and _parts(version) <= _parts(last)):
        raise MODEL_VERSION.error(version=version, sealed=last or "-")
    return version


def _parts(version: str) -> tuple[int, ...]:
    return (*map(int, version.split(".")), 0, 0, 0)[:4]


def _shown(record: str, body: Body, numbers: dict[str, int], *, again: bool) -> dict[str, Any]:
    """Return what a page and a program say of one act; masked: numbers taken out of the reason."""
    return {
        "record": record,
        "action": body["action"],
        "name": body["name"],
        "version": body["version"],
        "digest": body["digest"],
        "from_day": body["from_day"],
        "officer": body["officer"]["name"],
        "officer_key": body["officer"]["key"],
        "reason": body["reason"],
        "masked": numbers,
        "already_sealed": again,
    }
