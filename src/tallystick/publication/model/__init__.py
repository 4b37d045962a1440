"""The page of one model, for a committee that decides whether to use it.

Owns the order and wording of that page. Rules: what it does, what it must not be used for and how
it was validated stand before any table; every number comes from the card; what is missing is said;
web page and paper are made of the same blocks.

    page = compose(card, digest, "en")      # then publication.html.write or publication.pdf.write
"""

from tallystick.publication.model.composing import compose

__all__ = ["compose"]
