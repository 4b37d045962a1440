"""Where a fact comes from: who made it, whose key delivered it, by which channel.

Owns the three words that are never confused. `source` made the fact and is named with the number of
its document and the digest of the file it came in; `delivered_by` is the key that signed the batch;
`channel` is direct (the source itself signed), transcribed, or self-declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from tallystick.kernel.texts import Text, set_off

Channel = Literal["direct", "transcribed", "self-declared"]
CHANNELS: tuple[Channel, ...] = ("direct", "transcribed", "self-declared")


def channel_of(declared: str, source_code: str, deliverer_code: str) -> Channel:
    """Return the channel of a fact.

    declared: what the reader of the file says. source_code: the organ that made the fact.
    deliverer_code: the organisation whose key signs. Only the same, known organisation makes
    `direct`; everything else that is not self-declared is a transcript, whatever it claims.
    """
    if declared == "self-declared":
        return "self-declared"
    return "direct" if source_code and source_code == deliverer_code else "transcribed"


def provenance_sentence(body: Mapping[str, Any], deliverer: str) -> Text:
    """Return the sentence pages and `verify` show under a fact.

    deliverer: the name of the party whose key signed the batch, from a trust file.
    """
    source = body.get("source", {})
    facts: dict[str, str | Text] = {
        "deliverer": set_off(deliverer),
        "source": set_off(source.get("name", "")),
        "document": source.get("document", "") or "-",
    }
    if body.get("channel") == "self-declared":
        return Text(
            "由主体自行申报（{document}），由{deliverer}录入",
            "declared by the organisation itself ({document}), entered by {deliverer}",
        ).fill(**facts)
    if not source.get("name") or not source.get("document"):
        return Text(
            "由{deliverer}录入，依据其提交的文件（SHA-256 {digest}），未注明文书号",
            "entered by {deliverer} from the file it delivered (SHA-256 {digest}); "
            "no document number is named",
        ).fill(deliverer=set_off(deliverer), digest=source.get("digest", "")[:16])
    if body.get("channel") == "direct":
        return Text(
            "由{source}直接签发，依据文书 {document}",
            "signed by {source} itself, from document {document}",
        ).fill(**facts)
    return Text(
        "由{deliverer}转录自{source}的文书 {document}，并非{source}签发",
        "transcribed by {deliverer} from document {document} of {source}, not signed by {source}",
    ).fill(**facts)
