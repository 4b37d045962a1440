"""Law as data: the catalogue, the refusals, territory, terms and working days.

Owns every rule that depends on a jurisdiction or a date in force. Rules: a rule is data in
`data/*.yaml`, with an edition, a digest and the article it rests on; what nobody read in full is
marked unverified and shows as such; nothing here uses a clock, chance, the disk (but for its own
packaged files) or the network. Import what you need from the module that owns it: reading a pack
costs a few milliseconds, and only the packs asked for are read.

    >>> from tallystick.rulebook.catalogue import catalogue
    >>> catalogue().item("penalty.decision").sign
    -1
"""

__all__ = [
    "catalogue",
    "catalogue_page",
    "checking",
    "citations",
    "declaring",
    "folding",
    "items",
    "packs",
    "publication_terms",
    "refusals",
    "samples",
    "severity",
    "subjects",
    "territory",
    "time_limits",
    "working_days",
]
