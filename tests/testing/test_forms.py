"""The column names, as the bodies that deliver the files write them."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from tallystick.testing import forms

COLUMNS = (
    ("penalties", forms.PENALTY_CURRENT),
    ("penalties", forms.PENALTY_OLD),
    ("licences", forms.LICENCE_CURRENT),
    ("licences", forms.LICENCE_OLD),
    ("judgment-debtors", forms.JUDGMENT_DEBTOR),
    ("abnormal-operations", forms.ABNORMAL_OPERATION),
    ("tax", forms.TAX),
    ("association", forms.ASSOCIATION),
    ("honours", forms.HONOURS),
    ("ratios", forms.RATIOS),
)


def test_the_current_forms_have_as_many_columns_as_the_standard() -> None:
    assert len(forms.PENALTY_CURRENT) == 30
    assert len(forms.LICENCE_CURRENT) == 28 + 1  # and the day it was published


@pytest.mark.parametrize(("source", "header"), COLUMNS)
def test_no_column_stands_twice_and_each_is_known(source: str, header: tuple[str, ...]) -> None:
    table = resources.files("tallystick.sources").joinpath("columns", f"{source}.csv")
    known = set()
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        known |= {row["code"], row["zh"], *row["aliases"].split("|")}
    assert len(set(header)) == len(header)
    assert set(header) <= known
