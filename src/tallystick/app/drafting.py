"""From drafts to sealed records, in any process.

Owns what stands between a reader and a commit: a draft gets its provenance and its place in an
import, passes the admission of facts, is signed where its kind asks for it, and is sealed. Nothing
here writes; the one process that commits takes the sealed records in order.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from tallystick.app.admission import check_fact
from tallystick.app.sampling import is_sample
from tallystick.app.sealing import Sealed, Secrets, seal_bodies
from tallystick.app.store import Store
from tallystick.exchange import PURPOSES, UNKNOWN_PURPOSE, purpose_code
from tallystick.kernel.errors import Problem, TallyError
from tallystick.kernel.signing import Signer
from tallystick.ledger import TrustPolicy
from tallystick.records import Body, Delivery, bodies, channel_of, sign_act
from tallystick.sources import DraftGrant, DraftRecord, RawChunk, interpret
from tallystick.views import VERIFICATION


class Context(NamedTuple):
    """What a process needs to turn a chunk into sealed records."""

    secrets: Secrets
    delivery: Delivery
    deliverer: str
    deliverer_code: str
    origin: str
    trust: TrustPolicy
    verifier: Signer
    imported: str
    digest: str
    sample: bool


class Prepared(NamedTuple):
    """What one chunk became."""

    sealed: list[Sealed]
    problems: list[Problem]
    refused: Counter[str]
    dropped: Counter[str]
    unread: list[str]


_context: list[Context] = []


def prepare(context: Context) -> None:
    """Say what this process seals for; once, before the first chunk."""
    _context[:] = [context]


def seal_chunk(chunk: RawChunk) -> Prepared:
    """Interpret, check and seal one chunk. Runs in any process, after `prepare`."""
    [context] = _context
    read = interpret(chunk, sample=context.sample)
    problems, refused = list(read.problems), Counter(read.refused)
    sealed = seal_drafts([*read.drafts, *read.grants], context, chunk.file, problems, refused)
    return Prepared(sealed, problems, refused, Counter(read.dropped), read.unread)


def seal_drafts(
    drafts: Sequence[DraftRecord | DraftGrant],
    context: Context,
    file: str = "",
    problems: list[Problem] | None = None,
    refused: Counter[str] | None = None,
) -> list[Sealed]:
    """Check and seal drafts in order; what is refused goes to `problems` and `refused`.

    Raises: as `check_fact`, when there is nowhere to put problems.
    """
    admitted: list[Body] = []
    for draft in drafts:
        try:
            if isinstance(draft, DraftGrant):
                body = _grant_body(draft, context)
            else:
                body = _fact_body(draft, context)
                check_fact(body, context.trust, context.origin)
        except TallyError as fault:
            if problems is None or refused is None:
                raise
            refused[fault.code] += 1
            problems.append(fault.problem(file=file, line=draft.line))
        else:
            admitted.append(body)
    return seal_bodies(admitted, context.secrets)


def _fact_body(draft: DraftRecord, context: Context) -> Body:
    # What the profile calls direct and no cell attributes to somebody else is the deliverer's own.
    own = (
        draft.channel == "direct"
        and not draft.source_code
        and draft.source_name in {"", context.deliverer}
    )
    code = context.deliverer_code if own else draft.source_code
    body = bodies.fact(
        context.delivery,
        item=draft.item,
        subject=draft.subject,
        key=draft.key,
        # A roster row without a date speaks of the day it is delivered.
        occurred=draft.occurred or context.delivery.recorded,
        data=draft.data,
        source={
            "name": (draft.source_name or context.deliverer) if own else draft.source_name,
            "code": code,
            "document": draft.document,
            "digest": context.digest,
        },
        channel="direct" if own else channel_of(draft.channel, code, context.deliverer_code),
        imported=context.imported,
    )
    if draft.item == VERIFICATION:
        return sign_act(context.origin, body, [context.verifier])
    return body


def _grant_body(grant: DraftGrant, context: Context) -> Body:
    purpose = purpose_code(grant.purpose)
    if purpose not in PURPOSES:
        # The sentence names no purpose: a cell may hold anything.
        raise UNKNOWN_PURPOSE.error(purpose="consent_purpose")
    return bodies.grant(
        context.delivery,
        subject=grant.subject,
        categories=grant.categories,
        purpose=purpose,
        granted_on=grant.granted_on,
        until=grant.until,
        document_digest=grant.document_digest,
        imported=context.imported,
    )


def import_context(
    store: Store, name: str, source: str, digest: str, mapping: str, *, complete: bool = False
) -> tuple[Body, Context]:
    """Return the record of an import and what a process needs to seal its drafts.

    digest: SHA-256 (hex) of the delivered file. mapping: the document its columns were read by.
    complete: as `records.bodies.delivered_file`.
    """
    deliverer = store.trust.party(store.provider_key.verifier.key_id, "provider")
    delivery = store.delivery()
    context = Context(
        store.secrets,
        delivery,
        deliverer.name,
        deliverer.code,
        store.origin,
        store.trust,
        store.verifier_key,
        name,
        digest,
        is_sample(store),
    )
    header = bodies.delivered_file(
        delivery,
        name=name,
        source=source,
        digest=digest,
        mapping=hashlib.sha256(mapping.encode()).hexdigest(),
        complete=complete,
    )
    return header, context
