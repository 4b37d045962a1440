"""The portrait of one organisation as a page: from what was collected to sections.

Owns the order and the wording of the report. Rules: its structure follows the national template
for reports on organisations (notes, basic information and summary, details by class, objections);
the status stands first; whatever is said names its evidence by the number of a fact; a proposal is
never called a grade.

    >>> page = compose(document, "zh")
    >>> page.sections[0].title
    '报告说明'
"""

from tallystick.publication.portrait.composing import compose
from tallystick.publication.portrait.words import STATUSES, standing

__all__ = ["STATUSES", "compose", "standing"]
