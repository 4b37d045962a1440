"""From a table of organisations to a card: binning, fitting, honest validation.

Owns everything statistical. Rules: pure but for reading the columns of a table; chance is a seed
passed in; floats stay inside and leave as integers and decimal strings of a card; nothing is tuned
on what it is tested on; data about people are refused before anything is fitted. What fits needs
numba, scipy or LightGBM, and is imported by its module: `estimators`, or one module a route.

    from tallystick.modelling.estimators import LogisticModel

    card = LogisticModel(seed=0).fit(X, y).card_
"""

from tallystick.modelling.routes import Choice, Evidence, choose
from tallystick.modelling.tables import Column, MemoryTable, Table, from_arrays
from tallystick.modelling.wishes import SHAPES, Wish

__all__ = [
    "SHAPES",
    "Choice",
    "Column",
    "Evidence",
    "MemoryTable",
    "Table",
    "Wish",
    "choose",
    "from_arrays",
]
