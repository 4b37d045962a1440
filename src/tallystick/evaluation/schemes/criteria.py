"""Reading what counts: selections, tables, formulas, weights, each checked against the catalogue.

Owns the reading of indicators and risk rules. Rules: an item, a field, a value nobody knows is a
problem with its line; a class that is refused stays refused under any name, with its article; an
item that is only context takes no weight and drives no rule.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tallystick.evaluation.schemes import faults
from tallystick.evaluation.schemes.cards import read_use
from tallystick.evaluation.schemes.formula import FormulaError, parse_formula
from tallystick.evaluation.schemes.grammar import AGGREGATES, TESTS, Aggregate
from tallystick.evaluation.schemes.located import Place
from tallystick.evaluation.schemes.outcomes import LEVELS
from tallystick.evaluation.schemes.scheme import Condition, Indicator, RiskRule, Selection, Step
from tallystick.evaluation.schemes.tables import read_table, read_value
from tallystick.evaluation.schemes.vocabulary import NUMBERS, Field, Item, Vocabulary
from tallystick.kernel.texts import Text

WINDOW_MONTHS_MAX = 600
AT_LEAST_MAX = 1_000

_SELECTION_KEYS = {"item": True, "where": False, "window_months": False}
_INDICATOR_KEYS = {
    "code": True,
    "names": True,
    "dimension": True,
    **_SELECTION_KEYS,
    "latest_only": False,
    "aggregate": True,
    "field": False,
    "of": False,
    "table": False,
    "formula": False,
    "missing": False,
    "weight": True,
    "actionable": False,
    "note": False,
}
_CARD_KEYS = {
    "code": True,
    "names": True,
    "dimension": True,
    "card": True,
    "missing": False,
    "weight": True,
    "note": False,
}
_RULE_KEYS = {
    "code": True,
    "names": True,
    "level": True,
    **_SELECTION_KEYS,
    "at_least": False,
    "ends_by": False,
    "note": False,
}
_MISSING = ("unknown", "zero", "refuse")


@dataclass(frozen=True, slots=True)
class CriteriaReader:
    """Reads indicators and rules with the words of one vocabulary."""

    vocabulary: Vocabulary

    def indicator(self, place: Place) -> Indicator:
        """Return the indicator written at `place`; what is wrong goes to the log."""
        if place.has("card"):
            return self._from_card(place.keys(_CARD_KEYS))
        keys = place.keys(_INDICATOR_KEYS)
        names = self.names(keys)
        item = self._item(keys)
        name = _choice(keys, "aggregate", tuple(AGGREGATES))
        aggregate = AGGREGATES.get(name, AGGREGATES["count"])
        selection = self._selection(keys, item)
        if aggregate.latest_only or _true(keys, "latest_only"):
            selection = replace(selection, latest_only=True)
        field, field_kind = self._field(keys, "field", item, aggregate, name)
        of, of_kind = self._field(keys, "of", item, aggregate, name)
        kind = aggregate.gives or field_kind
        if name == "any" and not field:
            kind = "boolean"
        steps, formula = self._points(keys, place, item, field, kind)
        weight = keys["weight"].decimal(0, 1) if "weight" in keys else Decimal(0)
        if item is not None and not item.scored and weight:
            keys["weight"].report(faults.CONTEXT_SCORED, item=item.code)
        actionable = keys["actionable"].both() if "actionable" in keys else None
        if actionable and formula:
            keys["actionable"].report(faults.ACTIONABLE_NEEDS_TABLE)
        return Indicator(
            code=keys["code"].code() if "code" in keys else "",
            names=names,
            dimension=keys["dimension"].code() if "dimension" in keys else "",
            selection=selection,
            aggregate=name,
            field=field,
            field_kind=field_kind,
            of=of,
            of_kind=of_kind,
            kind=kind,
            steps=steps,
            formula=formula,
            missing=_choice(keys, "missing", _MISSING, default="unknown"),
            weight=weight,
            aspect=item.aspect if item else "",
            self_declared=bool(item and item.self_declared),
            actionable=actionable,
            note=keys["note"].both() if "note" in keys else None,
        )

    def _from_card(self, keys: dict[str, Place]) -> Indicator:
        return Indicator(
            code=keys["code"].code() if "code" in keys else "",
            names=self.names(keys),
            dimension=keys["dimension"].code() if "dimension" in keys else "",
            selection=Selection(""),
            aggregate="",
            field="",
            field_kind="",
            of="",
            of_kind="",
            kind="integer",
            steps=(),
            formula="",
            missing=_choice(keys, "missing", ("unknown", "refuse"), default="unknown"),
            weight=keys["weight"].decimal(0, 1) if "weight" in keys else Decimal(0),
            aspect="",
            self_declared=False,
            actionable=None,
            note=keys["note"].both() if "note" in keys else None,
            card=read_use(keys["card"]),
        )

    def check_pointless(self, place: Place, one: Indicator, fed: Collection[str]) -> None:
        """Report an indicator that gives no points, unless it is context or feeds a card.

        fed: codes of the indicators whose values cards take.
        """
        item = self.vocabulary.item(one.selection.item)
        if one.steps or one.formula or one.card is not None or item is None or not item.scored:
            return
        if one.code not in fed or one.weight:
            place.report(faults.TABLE_OR_FORMULA)

    def rule(self, place: Place) -> RiskRule:
        """Return the risk rule written at `place`; what is wrong goes to the log."""
        keys = place.keys(_RULE_KEYS)
        names = self.names(keys)
        item = self._item(keys)
        if item is not None and not item.scored:
            keys["item"].report(faults.CONTEXT_SCORED, item=item.code)
        return RiskRule(
            code=keys["code"].code() if "code" in keys else "",
            names=names,
            level=keys["level"].integer(LEVELS[0], LEVELS[-1]) if "level" in keys else LEVELS[0],
            selection=self._selection(keys, item),
            at_least=keys["at_least"].integer(1, AT_LEAST_MAX) if "at_least" in keys else 1,
            self_declared=bool(item and item.self_declared),
            ends_by=keys["ends_by"].both() if "ends_by" in keys else None,
            note=keys["note"].both() if "note" in keys else None,
        )

    def names(self, keys: dict[str, Place]) -> Text:
        """Return the names at `names`, having looked for a refused class in them and the code."""
        if "names" not in keys:
            return Text("", "")
        names = keys["names"].both()
        code = keys["code"].scalar() if "code" in keys else ""
        refuse_class(keys["names"], self.vocabulary, [names.zh, names.en, code])
        return names

    def _item(self, keys: dict[str, Place]) -> Item | None:
        if "item" not in keys:
            return None
        code = keys["item"].scalar()
        item = self.vocabulary.item(code)
        refused = refuse_class(keys["item"], self.vocabulary, [code])
        if item is None and code and not refused:
            keys["item"].report(faults.UNKNOWN_ITEM, item=code)
        return item

    def _selection(self, keys: dict[str, Place], item: Item | None) -> Selection:
        where: list[Condition] = []
        if "where" in keys:
            for name, place in keys["where"].members():
                where += self._conditions(name, place, item)
        months = (
            keys["window_months"].integer(1, WINDOW_MONTHS_MAX) if "window_months" in keys else 0
        )
        return Selection(item.code if item else "", tuple(where), months)

    def _known(self, name: str, place: Place, item: Item | None) -> Field | None:
        """Return the field `name` of `item`; a member of a map is written map.member."""
        if item is None or not name:
            return None
        field = item.fields.get(name)
        whole, _, member = name.partition(".")
        outer = item.fields.get(whole)
        if field is None and member and outer is not None and outer.kind == "decimals":
            if refuse_class(place, self.vocabulary, [member]):
                return None
            field = Field(outer.names, "decimal")
        if field is None and not refuse_class(place, self.vocabulary, [name]):
            known = ", ".join(item.fields)
            place.report(faults.UNKNOWN_FIELD, item=item.code, name=name, known=known)
        return field

    def _field(
        self, keys: dict[str, Place], key: str, item: Item | None, aggregate: Aggregate, name: str
    ) -> tuple[str, str]:
        """Return name and kind of the field at `key`, "" and "" when there is none."""
        wanted = aggregate.field != "none" if key == "field" else aggregate.of
        needed = aggregate.field == "required" if key == "field" else aggregate.of
        if key not in keys:
            if needed and "aggregate" in keys:
                keys["aggregate"].report(faults.MISSING_KEY, key=key)
            return "", ""
        place = keys[key]
        text = place.scalar()
        field = self._known(text, place, item)
        if field is None:
            return text, ""
        if not wanted or field.kind not in aggregate.kinds:
            place.report(faults.WRONG_KIND, what=name, kind=faults.kind_in_words(field.kind))
        return text, field.kind

    def _conditions(self, name: str, place: Place, item: Item | None) -> list[Condition]:
        field = self._known(name, place, item)
        if field is None:
            return []
        tests = list(place.members()) if place.is_mapping() else [("is", place)]
        found = []
        for test, values in tests:
            if test not in TESTS:
                values.report(faults.UNKNOWN_KEY, key=test, known=", ".join(TESTS))
            elif field.kind not in TESTS[test]:
                values.report(faults.WRONG_KIND, what=test, kind=faults.kind_in_words(field.kind))
            else:
                found.append(_condition(name, field, test, values))
        return found

    def _points(
        self,
        keys: dict[str, Place],
        place: Place,
        item: Item | None,
        field: str,
        kind: str,
    ) -> tuple[tuple[Step, ...], str]:
        if "table" in keys and "formula" in keys:
            place.report(faults.TABLE_OR_FORMULA)
            return (), ""
        if "table" not in keys and "formula" not in keys:
            return (), ""  # `check_pointless` says whether it may
        if "formula" in keys:
            return (), _formula(keys["formula"], kind)
        known = item.fields.get(field) if item and kind == "enum" else None
        return read_table(keys["table"], kind, known.values if known else ()), ""


def refuse_class(place: Place, vocabulary: Vocabulary, words: Sequence[str]) -> bool:
    """Report the refused class one of `words` names; return whether there is one."""
    reason = vocabulary.refusal([word for word in words if word])
    if reason is not None:
        place.report(reason)
    return reason is not None


def _condition(name: str, field: Field, test: str, place: Place) -> Condition:
    if test in {"absent", "present"}:
        if not place.boolean():
            place.report(faults.NOT_A_CHOICE, known="true")
        return Condition(name, field.kind, test, ())
    if test in {"is", "is_not"}:
        values = tuple(read_value(one, field.kind, field.values) for one in place.one_or_more())
        return Condition(name, field.kind, test, values)
    return Condition(name, field.kind, test, (read_value(place, field.kind, ()),))


def _formula(place: Place, kind: str) -> str:
    text = " ".join(place.scalar().split())
    if kind and kind not in NUMBERS:
        place.report(faults.WRONG_KIND, what="formula", kind=faults.kind_in_words(kind))
    try:
        parse_formula(text)
    except FormulaError as fault:
        place.report(faults.FORMULA_SYNTAX, where=fault.where)
    return text


def _choice(keys: dict[str, Place], key: str, known: Sequence[str], default: str = "") -> str:
    return keys[key].choice(known) if key in keys else default


def _true(keys: dict[str, Place], key: str) -> bool:
    return key in keys and keys[key].boolean()
