"""Whether a workspace is a sample.

Owns the one question; the answer stands in the founding record, sealed and signed with the first
batch, so that no file beside the evidence can change it.
"""

from __future__ import annotations

from tallystick.app.store import Store


def is_sample(store: Store) -> bool:
    """Tell whether the workspace was founded as a sample: it holds no named, real organisation."""
    return any(
        store.body(number).get("sample") is True for number in store.index.of_kind("founding")
    )
