"""Pages other people read: charts, fonts, reports, and their form on checkable paper.

Owns what is published and how it looks: pictures with their tables and descriptions, the one
typeface of printed pages, the portrait of an organisation as a page and as a PDF, the
membership as a page; and, in `paper`, the receipts attached to a finished page and taken off again.
Rules: plain data in, text or bytes out; the same data give the same bytes on any machine; no clock,
network or disk (the packaged templates and the font excepted); both languages; nothing is told by
colour alone; nobody becomes a grade here, a proposal is called one on every page. Import the module
of the task: checking a paper must not load what making one needs.

    >>> from tallystick.publication.paper import read_paper
"""

__all__ = ["charts", "fonts", "html", "membership", "pages", "paper", "pdf", "portrait"]
