from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .conftest import document, member, proposal

if TYPE_CHECKING:
    from .conftest import Memberships

SMALL, GRAVE = [{"code": "r1", "level": 1}], [{"code": "r4", "level": 4}]


def test_every_member_that_is_shown_is_in_one_cell_or_beside_the_matrix(
    memberships: Memberships,
) -> None:
    made = memberships("zh")
    matrix = made["figures"]["matrix"]
    inside = [code for row in matrix["rows"] for cell in row["cells"] for code in cell["members"]]
    shown = [one["subject"] for one in made["members"] if one["proposal"]]
    assert Counter([*inside, *matrix["outside"]]) == Counter(shown)
    assert len(inside) > 30


def test_the_band_of_a_cell_is_the_sealed_band_of_everybody_in_it(memberships: Memberships) -> None:
    made = memberships("en")
    sealed = {one["subject"]: one["proposal"]["band"] for one in made["members"]}
    for row in made["figures"]["matrix"]["rows"]:
        for cell in row["cells"]:
            assert {sealed[code] for code in cell["members"]} <= {cell["band"]}


def test_a_level_that_leads_to_the_worst_band_has_a_column_of_its_own() -> None:
    members = [
        member(1, proposal("75")),
        member(2, proposal("74.999999", "high", rules_hit=SMALL)),
        member(3, proposal("90", "high", rules_hit=[*GRAVE, *SMALL])),
        member(4, proposal(None)),
        member(5, proposal("90", "high", band_before_rules=None)),
    ]
    made = document(members)
    matrix = made["figures"]["matrix"]
    by_number = {one["subject"]: n for n, one in enumerate(members, 1)}
    cells = [
        [(cell["band"], [by_number[code] for code in cell["members"]]) for cell in row["cells"]]
        for row in matrix["rows"]
    ]
    assert [column["levels"] for column in matrix["columns"]] == [[], [1, 2, 3], [4]]
    assert cells == [
        [("low", [1]), ("medium", []), ("high", [3])],
        [("medium-high", []), ("high", [2]), ("high", [])],
    ]
    assert sorted(by_number[code] for code in matrix["outside"]) == [4, 5]
