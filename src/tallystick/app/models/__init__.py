"""What a modeller does: one module a verb of `tally model`.

Owns the way from files to cards and from cards to scores, pages and exports. Rules: as for all of
`app`; files are read here and nowhere below but for columns; a card is written only as canonical
text; nothing is scored, shown or exported from a card whose text does not read back to itself.
"""

__all__: list[str] = []
