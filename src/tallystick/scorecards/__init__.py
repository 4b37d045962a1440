"""Scorecards as plain data: the document, its exact reading, reasons, and what it compiles to.

Owns what a card is and what it says about one organisation or a million. Rules: the reference
interpreter decides and every other engine is proved equal to it, to the last point; nothing is
fitted here; integers and doubles compared, never summed; no disk, clock or chance.
"""
