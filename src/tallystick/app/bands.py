"""Names of the bands of the schemes that come along.

Bands are sealed in decisions under their Chinese names. They stand here again because a receipt is
checked, and an evidence package read, without any scheme.
"""

from __future__ import annotations

from typing import Final

from tallystick.kernel.texts import Text

BANDS: Final = {
    "低风险": Text("低风险", "Low risk"),
    "中风险": Text("中风险", "Medium risk"),
    "中高风险": Text("中高风险", "Medium-high risk"),
    "高风险": Text("高风险", "High risk"),
}


def band_text(name: str) -> Text:
    """Return a band in both languages, as it is sealed where it is none of these."""
    return BANDS.get(name, Text(name, name))
