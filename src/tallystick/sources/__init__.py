"""Outside data to draft records and problems."""

from tallystick.sources.drafts import DraftGrant, DraftRecord, Interpreted, RawChunk

__all__ = ["DraftGrant", "DraftRecord", "Interpreted", "RawChunk"]
