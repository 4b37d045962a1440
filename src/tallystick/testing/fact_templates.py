"""Facts without a subject, made once so that large memberships can be made of them quickly.

Owns `Template` and `Shelf`. Rules: the data fit the catalogue; of each kind there are 64 variants;
no two templates a member is given have the same item and key.

    >>> from tallystick.testing.chance import Dice
    >>> shelf = Shelf(seed=1, as_of="2026-11-01", facts_each=30)
    >>> len(list(shelf.facts(Dice(1, "one member"), 30)))
    30
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from tallystick.kernel.dates import add_months, date_of
from tallystick.sources.drafts import Channel
from tallystick.testing.chance import Dice
from tallystick.testing.fiction import (
    CHAMBER_NAME,
    COURT_NAMES,
    PROVINCE,
    association,
    company_name,
    organ,
)
from tallystick.testing.wording import LICENCES, OFFENCES

_VARIANTS = 64
_LEVELS = ("national", "provincial", "municipal")
_TARGETS = ("qualification", "intellectual_property", "operation")


class Template(NamedTuple):
    """A fact without its subject. The fields are those of `DraftRecord`."""

    item: str
    key: str
    occurred: str
    data: dict[str, Any]
    source_name: str
    source_code: str
    document: str
    channel: Channel


class Shelf:
    """Templates of facts, made once; a member takes one of each kind and some troubles."""

    def __init__(self, seed: int, as_of: str, facts_each: int) -> None:
        self._as_of = as_of
        self._dice = Dice(seed, "membership templates")
        self._last_year = date_of(as_of).year - 1
        self._always = [self._variants(self._registration, 0)]
        for make in (self._declared, self._visited, self._membership_year, self._tax_rating):
            self._always += [self._variants(make, place) for place in range(len(_TARGETS))]
        # Each with how many of a hundred members it befalls.
        self._troubles = [
            (percent, [make(variant) for variant in range(_VARIANTS)])
            for percent, make in (
                (30, self._penalty),
                (3, self._debtor),
                (6, self._listing),
                (1, self._serious),
                (4, self._arrears),
                (5, self._breach),
            )
        ]
        # What fills a member up to its number of facts: honours, standards, speeches, licences.
        self._fillers = [
            [self._filler(place, variant) for variant in range(_VARIANTS)]
            for place in range(facts_each - len(self._always))
        ]

    def facts(self, dice: Dice, count: int) -> Iterator[Template]:
        """Yield `count` templates for one member, no two with the same item and key."""
        below = dice.below
        left = count
        for variants in self._always:
            yield variants[below(_VARIANTS)]
        left -= len(self._always)
        for percent, variants in self._troubles:
            if below(100) < percent:
                yield variants[below(_VARIANTS)]
                left -= 1
        for variants in self._fillers[:left]:
            yield variants[below(_VARIANTS)]

    @staticmethod
    def _variants(make: Callable[[int], Template], place: int) -> list[Template]:
        return [make(place) for _ in range(_VARIANTS)]

    def _ago(self, days: int) -> str:
        return (date_of(self._as_of) - timedelta(days=days)).isoformat()

    def _registration(self, _: int) -> Template:
        between = self._dice.between
        capital = between(1, 100) * 500_000
        occurred = self._ago(31)
        data = {
            "name": company_name(between(0, 39)),
            "established_on": self._ago(between(300, 6000)),
            "registered_capital": str(capital),
            "paid_in_capital": str(capital * between(0, 10) // 10),
            "industry": "I6510",
            "shareholders": between(1, 9),
            "officers": between(2, 9),
            "changes_12m": between(0, 5),
            "member_since": self._ago(between(10, 290)),
        }
        name, code = association()
        return Template(
            "registration.basic", "basic", occurred, data, name, code, "", "transcribed"
        )

    def _declared(self, place: int) -> Template:
        between = self._dice.between
        choices: tuple[dict[str, Any], ...] = (
            {
                "iso9001": between(0, 1) == 1,
                "cultivated_brand": between(0, 3) == 0,
                "high_tech": between(0, 2) == 0,
                "other_qualifications": between(0, 4),
            },
            {
                "patents": between(0, 20),
                "invention_patents": between(0, 8),
                "copyrights": between(0, 30),
                "trademarks": between(0, 10),
            },
            {
                "business_line": "chain" if between(0, 20) else "mixed",
                "products": between(0, 9),
                "service_system": between(0, 3) > 0,
                "equity_pledged": between(0, 9) == 0,
                "chattel_mortgaged": between(0, 9) == 0,
            },
        )
        period = str(self._last_year)
        return Template(
            f"selfdeclared.{_TARGETS[place]}",
            period,
            self._ago(between(220, 280)),
            choices[place],
            "",
            "",
            f"样报〔{self._last_year + 1}〕1号",
            "self-declared",
        )

    def _visited(self, place: int) -> Template:
        target = f"selfdeclared.{_TARGETS[place]}"
        day = self._ago(self._dice.between(40, 200))
        data = {
            "target_item": target,
            "target_period": str(self._last_year),
            "outcome": "confirmed" if self._dice.below(10) else "not_confirmed",
            "visited_on": day,
            "note": "原件与申报一致（样例）",
        }
        key = f"{target}|{self._last_year}"
        return self._own("visit.verification", key, day, data, "样访1号")

    def _membership_year(self, back: int) -> Template:
        year = self._last_year - back
        between = self._dice.between
        held = between(4, 8)
        data = {
            "year": year,
            "fees_paid_on_time": between(0, 7) > 0,
            "meetings_held": held,
            "meetings_attended": between(0, held),
            "social_duties": between(0, 4),
            "charter_kept": between(0, 19) > 0,
        }
        occurred = f"{year}-12-31"
        return self._own(
            "association.membership_year", str(year), occurred, data, f"样协〔{year}〕1号"
        )

    def _tax_rating(self, back: int) -> Template:
        year = self._last_year - back
        data = {
            "year": year,
            "grade": self._dice.pick("AAABBBMCD"),
            "rated_by": organ(1)[0],
            "valid_until": f"{year + 2}-04-30",
        }
        key, occurred = str(year), f"{year}-12-31"
        return self._public(1, "tax.rating", key, occurred, data, f"样税评〔{year + 1}〕1号")

    def _penalty(self, variant: int) -> Template:
        decided_on = self._ago(self._dice.between(20, 1_700))
        offence = OFFENCES[variant % len(OFFENCES)]
        authority, authority_code = organ(variant)
        document = f"样罚〔{decided_on[:4]}〕{variant}号"
        data = {
            "document": document,
            "illegal_kind": offence.kind,
            "facts": offence.facts,
            "basis": offence.basis,
            "kinds": ["罚款"],
            "content": offence.content,
            "fine": str(self._dice.between(4, 90) * 1_000),
            "decided_on": decided_on,
            "publish_until": add_months(decided_on, 12),
            "authority": authority,
            "authority_code": authority_code,
            "severity": "ordinary",
            "publish": True,
            "repair_from": add_months(decided_on, 3),
            "publish_stop": add_months(decided_on, 12),
            "form": "current",
        }
        key = f"{authority_code}|{document}"
        return self._public(variant, "penalty.decision", key, decided_on, data, document)

    def _debtor(self, variant: int) -> Template:
        filed_on = self._ago(self._dice.between(100, 1_500))
        court = COURT_NAMES[variant % len(COURT_NAMES)]
        case = f"（{filed_on[:4]}）样0110执{variant}号"
        data = {
            "case_number": case,
            "court": court,
            "province": PROVINCE,
            "basis_document": f"（{filed_on[:4]}）样0110民初{variant}号",
            "basis_unit": court,
            "filed_on": filed_on,
            "published_on": filed_on,
            "duty": "给付软件开发服务费（样例）",
            "performance": self._dice.pick(("none", "partial", "full")),
            "conduct": "有履行能力而拒不履行生效法律文书确定义务",
            "valid_until": add_months(filed_on, 24),
        }
        item = "court.judgment_debtor"
        return Template(item, case, filed_on, data, court, "", case, "transcribed")

    def _listing(self, _: int) -> Template:
        return self._listed("registry.abnormal_operation", "未依照规定的期限公示年度报告")

    def _serious(self, _: int) -> Template:
        return self._listed("registry.serious_violation", "提交虚假材料取得登记被撤销")

    def _listed(self, item: str, reason: str) -> Template:
        listed_on = self._ago(self._dice.between(200, 900))
        data = {"listed_on": listed_on, "listed_reason": reason, "listed_by": organ(0)[0]}
        if self._dice.below(2):
            removed = {"removed_on": self._ago(self._dice.between(1, 199))}
            data |= removed | {"removed_reason": "已改正", "removed_by": organ(0)[0]}
        return self._public(0, item, listed_on, listed_on, data, f"样异〔{listed_on[:4]}〕1号")

    def _arrears(self, variant: int) -> Template:
        announced_on = self._ago(self._dice.between(100, 700))
        data = {
            "tax_kind": "增值税",
            "balance": f"{self._dice.between(1, 900) * 100}.50",
            "announced_on": announced_on,
            "announced_by": organ(1)[0],
        }
        if variant % 2:
            data["cleared_on"] = self._ago(self._dice.between(1, 99))
        key, document = f"增值税|{announced_on}", f"样税欠〔{announced_on[:4]}〕1号"
        return self._public(1, "tax.arrears_notice", key, announced_on, data, document)

    def _breach(self, variant: int) -> Template:
        decided_on = self._ago(self._dice.between(10, 900))
        kinds = (("charter_breach", 2), ("premises_misuse", 1), ("coin_trading", 3))
        kind, level = kinds[variant % len(kinds)]
        document = f"样协认〔{decided_on[:4]}〕{variant}号"
        data = {
            "document": document,
            "decided_on": decided_on,
            "clause": "诚信公约第五条",
            "kind": kind,
            "level": level,
        }
        return self._own("association.charter_breach", document, decided_on, data, document)

    def _filler(self, place: int, variant: int) -> Template:
        makers = (self._award, self._licence, self._standard, self._speech)
        return makers[place % len(makers)](place, variant)

    def _award(self, place: int, variant: int) -> Template:
        day = self._ago(self._dice.between(10, 1_500))
        title = f"样例奖项{place}"
        data = {
            "title": title,
            "level": _LEVELS[variant % len(_LEVELS)],
            "awarded_on": day,
            "awarded_by": CHAMBER_NAME,
        }
        return self._honoured("honour.award", title, day, data)

    def _standard(self, place: int, variant: int) -> Template:
        day = self._ago(self._dice.between(10, 1_500))
        title = f"样例标准{place}"
        levels = ("national", "local", "industry", "enterprise")
        data = {
            "title": title,
            "level": levels[variant % len(levels)],
            "number": f"YL-{place}",
            "published_on": day,
        }
        return self._honoured("honour.standard", title, day, data)

    def _speech(self, place: int, variant: int) -> Template:
        day = self._ago(self._dice.between(10, 1_500))
        forum = f"样例论坛{place}"
        level = "national" if variant % 3 else "international"
        data = {"forum": forum, "level": level, "spoken_on": day}
        return self._honoured("honour.forum_speech", forum, day, data)

    def _licence(self, place: int, variant: int) -> Template:
        decided_on = self._ago(self._dice.between(30, 1_500))
        title, certificate, content = LICENCES[variant % len(LICENCES)]
        authority, authority_code = organ(variant)
        document = f"样许〔{decided_on[:4]}〕{place}号"
        data = {
            "document": document,
            "title": title,
            "kind": "01",
            "certificate": certificate,
            "number": f"YL-{place:04d}",
            "content": content,
            "decided_on": decided_on,
            "valid_from": decided_on,
            "valid_until": add_months(decided_on, 60),
            "long_term": False,
            "authority": authority,
            "authority_code": authority_code,
            "status": "valid",
            "form": "current",
        }
        # Variants differ in authority, so the place alone tells a member's licences apart.
        return self._public(
            variant, "licence.decision", f"licence|{place}", decided_on, data, document
        )

    def _honoured(self, item: str, title: str, day: str, data: dict[str, Any]) -> Template:
        return Template(item, title, day, data, CHAMBER_NAME, "", "", "transcribed")

    def _own(self, item: str, key: str, day: str, data: dict[str, Any], document: str) -> Template:
        name, code = association()
        return Template(item, key, day, data, name, code, document, "direct")

    def _public(
        self, number: int, item: str, key: str, day: str, data: dict[str, Any], document: str
    ) -> Template:
        name, code = organ(number)
        return Template(item, key, day, data, name, code, document, "transcribed")
