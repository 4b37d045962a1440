"""What is typed about a model that experts state, so that its screens can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tallystick.modelling.stating import HEADINGS
from tallystick.modelling.wishes import SHAPES

MODEL_CODES = {
    *("years", "staff", "sector"),  # columns of the table
    *("stated", "stated.json", "stated.py", "stated.sql"),  # the model and its files
    *(*HEADINGS, *SHAPES, "no", "polars", "duckdb", "linear"),
}


def modelled(folder: Path, officer: str, at: list[str]) -> Iterator[list[str]]:
    """Yield what makes, shows, uses and seals a model that experts state."""
    table, sheet, card = (str(folder / name) for name in ("m.csv", "columns.csv", "stated.json"))
    rows = [f"{n % 30},{n * 7 % 500},{'12'[n % 2]}" for n in range(60)]
    Path(table).write_text("\n".join(["years,staff,sector", *rows]), encoding="utf-8")
    yield ["model", "columns", table, "-o", sheet]
    yield ["model", "fit", table, "--columns", sheet, "--out", card]
    stated = ["column,shape,actionable", "years,rising,no", "staff,rising,yes", "sector,falling,"]
    Path(sheet).write_text("\n".join(stated), encoding="utf-8")
    yield ["model", "fit", table, "--columns", sheet, "--out", card]
    asked = ["--route", "logistic", "--target", "sector", "--out", str(folder / "fit.json")]
    yield ["model", "fit", table, *asked]
    yield ["model", "fit", table, *asked, "--because", "1"]
    yield ["model", "fit", table, "--target", "staff", "--bad", "7", "--out", card]
    yield ["model", "show", card]
    yield ["model", "show", card, "-o", str(folder / "stated.html")]
    for baseline in ("mean", "best"):
        yield ["model", "explain", card, table, "--row", "3", "--baseline", baseline]
    yield ["model", "explain", card, table]
    yield ["model", "score", card, table, "-o", str(folder / "scores.parquet")]
    yield ["model", "validate", card, table]
    yield ["model", "compare", card, card, table, "--target", "sector", "--bad", "2"]
    for engine, ending in (("polars", "py"), ("duckdb", "sql")):
        yield ["model", "export", card, "--to", engine, "-o", str(folder / f"stated.{ending}")]
    for _ in range(2):
        yield ["model", "seal", card, "--officer", officer, "--reason", "1", *at]
    yield ["model", "retire", "stated", "--officer", officer, "--reason", "1", *at]
    yield ["model", "retire", "stated", "--officer", officer, "--reason", "1", *at]
