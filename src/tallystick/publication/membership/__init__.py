"""The membership of an association on one page: how all stand, and how each stands among them.

Owns the figures of a membership (`figures`) and its page (`page`). Rules: plain JSON in, JSON or
text out; every number is exact decimal text; the page says nothing the JSON does not, and its
counts are those of the JSON; a proposal stands apart from a grade in every count, picture and row;
what is withheld has no number; the page needs no network and reads as tables without its script.

    >>> from tallystick.publication.membership import FORM
    >>> FORM
    'tallystick-membership/1'
"""

from tallystick.publication.membership.document import FORM
from tallystick.publication.membership.figures import figures
from tallystick.publication.membership.page import page

__all__ = ["FORM", "figures", "page"]
