"""What may be shown to whom: reports, and their form on paper.

Owns what leaves the ledger for a reader. The room `paper` makes a page checkable: it attaches
receipts to a finished page and takes them off again. Import the module of the task: checking a
paper must not load what making one needs.

    >>> from tallystick.publication.paper import read_paper
"""

__all__ = ["paper"]
