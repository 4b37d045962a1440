"""Citations: which article a rule rests on, and whether anybody read it.

Owns `Citation` and the table of laws. Rule: a citation is *verified* only when its article was read
in full. What was seen quoted elsewhere, or is merely known, is used but always shown as unverified.

    >>> Citation(Text("征信业管理条例", "Credit Regulation"), "14", Seen.FULL_TEXT).verified
    True
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from tallystick.kernel.texts import Text
from tallystick.rulebook.packs import Reader, read_pack


class Seen(StrEnum):
    """How the article behind a rule is known."""

    FULL_TEXT = "full_text"
    EXCERPT = "excerpt"
    GENERAL_KNOWLEDGE = "general_knowledge"
    CHOICE = "choice"  # no law: a choice of this tool, open to change


_MARKS = {
    Seen.FULL_TEXT: Text("", ""),
    Seen.EXCERPT: Text("（未核对原文，据转述）", " (unverified: known from excerpts)"),
    Seen.GENERAL_KNOWLEDGE: Text("（未核对原文）", " (unverified: not looked up)"),
    Seen.CHOICE: Text("（工具自定）", " (a choice of this tool)"),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """One article a rule rests on.

    article: its number as text, "" where the whole document is meant.
    seen: how it is known.
    """

    law: Text
    article: str
    seen: Seen

    @property
    def verified(self) -> bool:
        """Whether the article was read in full; a choice of this tool counts as unverified."""
        return self.seen is Seen.FULL_TEXT

    @property
    def rule(self) -> str:
        """The short form for `Reason.rule`: the law in Chinese and the article."""
        return f"{self.law.zh} art. {self.article}" if self.article else self.law.zh

    @property
    def text(self) -> Text:
        """The citation as a reader sees it, with the mark when it is unverified."""
        mark = _MARKS[self.seen]
        zh = f"第{self.article}条" if self.article else ""
        en = f", art. {self.article}" if self.article else ""
        return Text(f"《{self.law.zh}》{zh}{mark.zh}", f"{self.law.en}{en}{mark.en}")


@cache
def laws() -> dict[str, Text]:
    """Return the laws the packs cite: short key to name in both languages."""
    return {
        key: entry.expect("zh", "en").names()
        for key, entry in read_pack("laws").body.members("laws")
    }


def rule_text(rule: str) -> Text:
    """Return a `Reason.rule`, one or more citations with semicolons, as a reader sees it.

    A law the table does not have keeps its title.
    """
    cited = [_cited(part.strip()) for part in rule.split(";")]
    return Text("；".join(one.zh for one in cited), "; ".join(one.en for one in cited))


def _cited(rule: str) -> Text:
    title, split, articles = rule.partition(" art. ")
    law = next((names for names in laws().values() if names.zh == title), Text(title, title))
    zh = f"第{'、'.join(articles.split(', '))}条" if split else ""
    return Text(f"{law.zh}{zh}", f"{law.en}{split and ','}{split}{articles}")


def read_citation(entry: Reader, *, own: bool = False) -> Citation:
    """Return the citation `{law, article, seen}`.

    own: a workspace's citation may name a law the table does not have, by its title.

    Raises: the reader's reason for an unknown law or an unknown way of knowing it.
    """
    entry.expect("law", "article", "seen")
    title = entry.text("law")
    law = laws().get(title)
    if law is None:
        if not own:
            entry.refuse(f"unknown law {title!r}")
        law = Text(title, title)
    return Citation(law, entry.text("article", empty=True), entry.one_of("seen", Seen))
