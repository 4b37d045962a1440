"""Pages other people read: charts, fonts, reports.

Owns what is published and how it looks: pictures with their tables and descriptions, the one
typeface of printed pages, the portrait of an organisation as a page and as a PDF, the membership as
a page. Rules: plain data in, text or bytes out; the same data give the same bytes on any machine;
no clock, network or disk (the packaged templates and the font excepted); both languages; nothing is
told by colour alone; nobody becomes a grade here, a proposal is called one on every page.
"""

__all__ = ["charts", "fonts", "html", "membership", "pages", "pdf", "portrait"]
