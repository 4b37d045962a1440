"""Weights into a scheme, and back out of it to be checked.

Owns `put_weights`, which writes weights and the part `weighing` into the text of a scheme, says so
above the dimensions and leaves every other character as it is, and `weight_faults`, which works the
weights of a scheme out again from the answers it carries. Rules: nothing in a scheme about its
weights is believed; the stated result of a worked example follows the weights; a group of one item
has the weight 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import yaml

from tallystick.evaluation.ahp import faults
from tallystick.evaluation.ahp.consistency import CR_LIMIT, RI_TABLES
from tallystick.evaluation.ahp.digits import shown
from tallystick.evaluation.ahp.groups import AGGREGATES
from tallystick.evaluation.ahp.hierarchy import asked, hierarchy_of
from tallystick.evaluation.ahp.priorities import METHODS
from tallystick.evaluation.ahp.questionnaires import TOP, survey_from
from tallystick.evaluation.ahp.weighing import Settings, Weighing, weigh
from tallystick.evaluation.example import run_example
from tallystick.evaluation.schemes.faults import SchemeError
from tallystick.evaluation.schemes.reading import read_scheme
from tallystick.evaluation.schemes.scheme import Scheme
from tallystick.evaluation.schemes.vocabulary import Vocabulary
from tallystick.kernel.decimals import decimal_text
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

_BELOW = (
    "# The weights below come from the part `weighing`, whatever other comments say of them."
    " 以下权重出自 weighing 部分，以此为准，不以其他注释为准。\n"
)
_DIGEST = Text("摘要", "digest")
_CR = Text("{group} 的 CR", "CR of {group}")


class Override(NamedTuple):
    """Who signed that weights are used although CR is not below 0.10, and why."""

    officer: str
    reason: str


class _Change(NamedTuple):
    """Characters `start` to `end` of a text become `text`."""

    start: int
    end: int
    text: str


# -- out of a scheme ------------------------------------------------------------------------------


def weighing_of(scheme: Scheme) -> Weighing | None:
    """Return the weighing worked out from the answers in `scheme`, None where it has none.

    Raises: BAD_WEIGHING, WEIGHT_VANISHES.
    """
    told = scheme.weighing
    if told is None:
        return None
    settings = Settings(told["method"], told["aggregate"], told["ri_table"])
    known = (METHODS, AGGREGATES, RI_TABLES)
    for value, choices, name in zip(settings, known, Settings._fields, strict=True):
        if value not in choices:
            raise faults.BAD_WEIGHING.error(what=name)
    survey = survey_from(told)
    wanted = {layer.name: layer.items for layer in asked(scheme)}
    if {group.name: group.items for group in survey.groups} != wanted:
        raise faults.BAD_WEIGHING.error(what=Text("组", "groups"))
    return weigh(survey, settings)


def weight_faults(scheme: Scheme) -> list[TallyError]:
    """Return where the weights of `scheme` are not those its answers give, or may not be used.

    That CR is too high counts where the scheme names nobody who signed for it; whether the one it
    names really did, the ledger knows.
    """
    try:
        weighing = weighing_of(scheme)
    except TallyError as fault:
        return [fault]
    if weighing is None or scheme.weighing is None:
        return []
    found = list(_differences(scheme, weighing))
    if scheme.weighing["digest"] != weighing.digest:
        stated, made = scheme.weighing["digest"][:16], weighing.digest[:16]
        found.append(faults.WEIGHTS_DIFFER.error(what=_DIGEST, stated=stated, found=made))
    if "override" not in scheme.weighing:
        found += too_inconsistent(weighing)
    return found


def too_inconsistent(weighing: Weighing) -> list[TallyError]:
    """Return a fault for each group whose CR is not below 0.10."""
    return [
        faults.TOO_INCONSISTENT.error(
            cr=shown(one.consistency.ratio, 4),
            limit=decimal_text(CR_LIMIT),
            group=one.group.name or ", ".join(one.group.items[:3]),
        )
        for one in weighing.groups
        if not one.accepted
    ]


def _differences(scheme: Scheme, weighing: Weighing) -> Iterator[TallyError]:
    stated = {TOP: {one.code: one.weight for one in scheme.dimensions}}
    for one in scheme.indicators:
        stated.setdefault(one.dimension, {})[one.code] = one.weight
    for name, weights in _weights(scheme, weighing).items():
        for code, weight in weights.items():
            if stated[name][code] != weight:
                yield faults.WEIGHTS_DIFFER.error(
                    what=code, stated=decimal_text(stated[name][code]), found=decimal_text(weight)
                )
    told = {group["group"]: group["cr"] for group in (scheme.weighing or {})["groups"]}
    for group in weighing.groups:
        made, name = shown(group.consistency.ratio), group.group.name
        if told[name] != made:
            what = _CR.fill(group=name)
            yield faults.WEIGHTS_DIFFER.error(what=what, stated=told[name], found=made)


def _weights(scheme: Scheme, weighing: Weighing) -> dict[str, dict[str, Decimal]]:
    """Return the weight of every item, by group; 1 in a group of one."""
    found: dict[str, dict[str, Decimal]] = {}
    for layer in hierarchy_of(scheme):
        one = weighing.of(layer.name)
        weights = one.weights if one else (Decimal(1),) * len(layer.items)
        found[layer.name] = dict(zip(layer.items, weights, strict=True))
    return found


# -- into a scheme --------------------------------------------------------------------------------


def put_weights(
    text: str,
    weighing: Weighing,
    vocabulary: Vocabulary,
    *,
    file: str = "",
    override: Override | None = None,
) -> str:
    """Return the text of a scheme with the weights of `weighing` in it.

    Comments, order and layout stay; one comment is added above the dimensions. Raises:
    SchemeError where `text` is no scheme.
    """
    scheme = _scheme(text, file, vocabulary)
    weights = _weights(scheme, weighing)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    changes = list(_weight_changes(root, weights))
    changes += _without_weighing(root, text)
    changes += _said_above(root, text)
    changed = _changed(text, changes).rstrip("\n") + "\n\n" + part(weighing, override)
    after = _scheme(changed, file, vocabulary)
    if after.example is None:
        return changed
    result = run_example(after)
    stated = {
        "score": result.score or "0",
        "band_before_rules": getattr(result.band_before_rules, "code", ""),
        "band": getattr(result.band, "code", ""),
    }
    root = yaml.compose(changed, Loader=yaml.SafeLoader)
    example = _member(root, "example")
    return _changed(
        changed, [_replaced(_member(example, name), value) for name, value in stated.items()]
    )


def renamed(text: str, added: Text) -> str:
    """Return the text of a scheme with `added` behind its name in each language."""
    names = _member(yaml.compose(text, Loader=yaml.SafeLoader), "names")
    nodes = [(_member(names, "zh"), added.zh), (_member(names, "en"), added.en)]
    return _changed(text, [_replaced(node, _quoted(node.value + more)) for node, more in nodes])


def part(weighing: Weighing, override: Override | None) -> str:
    """Return the part `weighing` of a scheme, as YAML."""
    sealed = weighing.document()
    lines = [
        "# Weights from experts, written by tally ahp: change answers and make it anew, not this.",
        "# 权重由专家问卷得出，由 tally ahp 写入；要改请改问卷后重新生成。",
        "weighing:",
        f"  method: {sealed['method']}",
        f"  aggregate: {sealed['aggregate']}",
        f"  ri_table: {sealed['ri_table']}",
        f'  digest: "{weighing.digest}"',
        f"  experts: {_listed(sealed['experts'])}",
    ]
    if override is not None:
        lines.append("  override:")
        lines += [f"    {name}: {_quoted(value)}" for name, value in override._asdict().items()]
    lines.append("  groups:")
    for group in sealed["groups"]:
        lines += [
            f"    - group: {_quoted(group['group'])}",
            f"      items: {_listed(group['items'])}",
            f'      cr: "{group["cr"]}"',
            "      answers:",
            *(f"        - {_quoted(line)}" for line in group["answers"]),
        ]
    return "\n".join(lines) + "\n"


def _scheme(text: str, file: str, vocabulary: Vocabulary) -> Scheme:
    read = read_scheme(text, file, vocabulary)
    if read.scheme is None:
        raise SchemeError(read.log.in_order())
    return read.scheme


def _weight_changes(root: Any, weights: Mapping[str, Mapping[str, Decimal]]) -> Iterator[_Change]:  # noqa: ANN401 - nodes of the YAML library have no types
    for node in _member(root, "dimensions").value:
        code = _member(node, "code").value
        yield _replaced(_member(node, "weight"), decimal_text(weights[TOP][code]))
    for node in _member(root, "indicators").value:
        inside = weights.get(_member(node, "dimension").value, {})
        code = _member(node, "code").value
        if code in inside:
            yield _replaced(_member(node, "weight"), decimal_text(inside[code]))


def _said_above(root: Any, text: str) -> Iterator[_Change]:  # noqa: ANN401 - as above
    """Yield the comment that says where the weights come from, unless it is there already."""
    start = next(key.start_mark for key, _ in root.value if key.value == "dimensions")
    if not start.column and not text[: start.index].endswith(_BELOW):
        yield _Change(start.index, start.index, _BELOW)


def _without_weighing(root: Any, text: str) -> Iterator[_Change]:  # noqa: ANN401 - as above
    """Yield the removal of a part `weighing` that is there, with the comment this module put."""
    for key, node in root.value:
        if key.value == "weighing":
            start = key.start_mark.index
            head = part_comment(text, start)
            yield _Change(head, node.end_mark.index, "")


def part_comment(text: str, start: int) -> int:
    """Return where the comment lines right above `start` begin."""
    while start:
        line = text.rfind("\n", 0, start - 1) + 1
        if not text[line:start].startswith("#"):
            break
        start = line
    return start


def _member(node: Any, name: str) -> Any:  # noqa: ANN401 - as above
    return next(value for key, value in node.value if key.value == name)


def _replaced(node: Any, text: str) -> _Change:  # noqa: ANN401 - as above
    return _Change(node.start_mark.index, node.end_mark.index, text)


def _changed(text: str, changes: list[_Change]) -> str:
    for change in sorted(changes, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def _listed(values: list[str]) -> str:
    return f"[{', '.join(map(_quoted, values))}]"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
