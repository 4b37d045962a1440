"""Every example in a docstring of the package comes out as it is written."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import tallystick.evaluation

ROOM = tallystick.evaluation
MODULES = [
    ROOM.__name__,
    *(one.name for one in pkgutil.walk_packages(ROOM.__path__, f"{ROOM.__name__}.")),
    "tallystick.kernel.dates",
    "tallystick.kernel.decimals",
    "tallystick.records.facts",
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_come_out_as_written(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
