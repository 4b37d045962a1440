"""Receipts, their check by anybody, the check of a whole workspace."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.itself import program
from tallystick.cli.opening import (
    opened,
    opened_to_check,
    read_words,
    refuse_own_files,
    settings_of,
    write_whole,
)
from tallystick.cli.pages import verdict as pages
from tallystick.cli.pages.values import near, typed
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen
from tallystick.kernel.errors import NOTHING, Reason, TallyError
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from tallystick.app.quorum import Quorum
    from tallystick.app.store import Store
    from tallystick.ledger import Receipt

_NAME_DIGITS = 12
_OF_THE_CATALOGUE = frozenset(("item", "purpose", "categories"))
_RECORD_OR_REFRESH = Text(
    "给出记录编号，或用 --refresh 给出已有的回执",
    "name records, or give a receipt with --refresh",
)
_ONE_FOR_COSE = Text(
    "--url 只与 --refresh 同用；--cose 只用于一条记录",
    "--url goes with --refresh only, and --cose with one record",
)
_AGE_OF_FILES = Text(
    "--max-age 用于回执或报告，不用于印出的码",
    "--max-age is for receipts and reports, not for a printed code",
)
_ONE_OF_BOTH = Text(
    "给出一个文件，或用 --code 给出印出的码；--receipt 只与 --code 同用",
    "name a file, or give a printed code with --code; --receipt goes with --code only",
)
_CHAIN_AND_FINAL = Text(
    "--chain 与 --final 须一起给出：锚，和终局证明",
    "--chain and --final go together: an anchor, and a proof of finality",
)
NO_LEDGER_TO_ASK = Reason(
    "no_ledger_to_ask",
    Text(
        "{folder} 不是工作区，不能在这里换新回执",
        "{folder} is no workspace to get a newer one from",
    ),
    "docs/spec/receipt.md",
    Text(
        "请用 --url 给出账本的地址，或用 --workspace 指明工作区。",
        "Give the address where the ledger is served with --url, or a workspace with --workspace.",
    ),
)
_NOT_NEWER = Text(
    "没有更新的：账本最近一次陈述效力，截至 {as_of}。",
    "Nothing newer is to be had: what the ledger stated last is as of {as_of}.",
)
_ASK_THEM = Text(
    "运营方写入任何记录，或执行 tally receipt --refresh，都会重新陈述。",
    "It is stated anew when the operator writes anything, or runs tally receipt --refresh.",
)
_COSIGN = Text(
    "新的陈述经见证联署才算数：请执行 tally ledger cosign，再换一次。",
    "A newer statement counts when witnesses cosigned it: run tally ledger cosign, then refresh "
    "again.",
)
_LEFT_OUT = Text(
    "这条记录已销毁，新回执不含内容，只证明曾有此记录。",
    "The record was erased: the newer receipt leaves its content out and proves only that it was "
    "there.",
)
_KEPT = Text(
    "账本说明这条记录已销毁。您手里的内容仍在这份回执里，运营方收不回去；若被要求删除，请删去它。",
    "The ledger states that this record was erased. What you hold still has its content, which "
    "nobody can call back; delete it where you are asked to.",
)
_NOT_YET = Text(
    "在此之前，这份回执核验不通过；联署之后请重新出具。",
    "Until then this receipt fails the check; make it again when they cosigned.",
)


def verify(screen: Screen, given: argparse.Namespace) -> int:
    """Check a receipt, a report or a printed code against a trust file; 1 unless it is valid."""
    from tallystick.app import verifying  # noqa: PLC0415
    from tallystick.ledger.answers import ANSWER_BYTES_MAX, is_answer  # noqa: PLC0415

    if (given.file is None) == (given.code is None) or (given.receipt and not given.code):
        raise WrongUsageError(("verify",), screen.tell(_ONE_OF_BOTH))
    trust = None if given.trust is None else read_words(given.trust)
    if given.max_age is not None and given.code is not None:
        raise WrongUsageError(("verify",), screen.tell(_AGE_OF_FILES))
    if given.code is not None:
        return _verify_code(screen, given, trust)
    with opened_to_check(given.file) as file:
        data = file.read(verifying.RECEIPT_BYTES_MAX + 1)  # a larger file is no receipt
        if verifying.is_paper(data):
            return _verify_paper(screen, file, data, trust, given.max_age)
        if is_answer(data):
            data += file.read(ANSWER_BYTES_MAX + 1 - len(data))
            return _verify_answer(screen, given, data, trust)
    verdict = verifying.verify(data, trust, given.max_age, _clock(), _finality(screen, given))
    document = verdict.to_json(screen.language)
    screen.sample = verdict.sample

    def page(_: Screen) -> None:
        body = _in_words(document["body"], screen.language)
        pages.show_verdict(screen, {**document, "body": body}, trusting=trust is not None)

    screen.show(document, page)
    return DONE if verdict.valid else REFUSED


def _finality(screen: Screen, given: argparse.Namespace) -> Callable[[Receipt], object] | None:
    """Return the check that a chain holds the checkpoint, where an anchor and a proof are given."""
    if (given.chain is None) != (given.final is None):
        raise WrongUsageError(("verify",), screen.tell(_CHAIN_AND_FINAL))
    if given.chain is None:
        return None
    from tallystick.app.network.proving import check_receipt_final  # noqa: PLC0415

    return lambda receipt: check_receipt_final(receipt, given.final, given.chain, _clock())


def _verify_answer(
    screen: Screen, given: argparse.Namespace, data: bytes, trust: str | None
) -> int:
    from tallystick.app.answer_checks import verify_answer  # noqa: PLC0415
    from tallystick.app.verifying import Verifier  # noqa: PLC0415
    from tallystick.ledger import parse_trust  # noqa: PLC0415

    policy = None if trust is None else parse_trust(trust)
    verdict = verify_answer(data, Verifier(policy, given.max_age, _clock()))
    document = verdict.to_json(screen.language)
    screen.sample = verdict.sample
    trusting = trust is not None
    screen.show(document, lambda _: pages.show_answer(screen, document, trusting=trusting))
    return DONE if verdict.valid else REFUSED


def _clock() -> int:
    return int(datetime.now(tz=UTC).timestamp())


def _in_words(body: Any, language: str) -> Any:  # noqa: ANN401 - a stranger's paper
    """Return the body of a receipt with what the catalogue names in words.

    The catalogue is read only for a record that speaks of it: a decision is checked at once.
    """
    if not isinstance(body, dict) or _OF_THE_CATALOGUE.isdisjoint(body):
        return body
    from tallystick.app.naming import shown_body  # noqa: PLC0415

    return shown_body(body, language)


def _verify_paper(
    screen: Screen, file: BinaryIO, head: bytes, trust: str | None, age: int | None
) -> int:
    from tallystick.app.paper_checks import PAPER_BYTES_MAX, verify_paper  # noqa: PLC0415
    from tallystick.cli.pages.paper import show_paper  # noqa: PLC0415

    data = head + file.read(PAPER_BYTES_MAX + 1 - len(head))
    verdict = verify_paper(data, trust, age, _clock())
    document = verdict.to_json(screen.language)
    screen.sample = verdict.sample
    screen.show(document, lambda _: show_paper(screen, document, trusting=trust is not None))
    return DONE if verdict.valid else REFUSED


def _verify_code(screen: Screen, given: argparse.Namespace, trust: str | None) -> int:
    from tallystick.app.code_checks import Found, verify_code  # noqa: PLC0415
    from tallystick.app.verifying import RECEIPT_BYTES_MAX  # noqa: PLC0415
    from tallystick.cli.pages.paper import show_code  # noqa: PLC0415

    found = Found()
    if given.receipt is not None:
        with opened_to_check(given.receipt) as file:
            found = Found(file.read(RECEIPT_BYTES_MAX + 1))
    elif given.workspace is not None:
        from tallystick.app.papers import find_coded  # noqa: PLC0415

        with opened(screen, given, writer=True) as store:
            found = find_coded(store, given.code)
    verdict = verify_code(given.code, trust, found)
    document = verdict.to_json(screen.language)
    screen.sample |= verdict.sample
    screen.show(document, lambda _: show_code(screen, document, trusting=trust is not None))
    return DONE if verdict.valid else REFUSED


def receipt(screen: Screen, given: argparse.Namespace) -> None:
    """Write the receipt of a record, of several, or a newer one of a receipt."""
    if bool(given.record) == (given.refresh is not None):
        raise WrongUsageError(("receipt",), screen.tell(_RECORD_OR_REFRESH))
    if (given.url and not given.refresh) or (given.cose and len(given.record) != 1):
        raise WrongUsageError(("receipt",), screen.tell(_ONE_FOR_COSE))
    if given.output is not None:
        refuse_own_files(given, given.output)
    if given.refresh is not None:
        _refresh(screen, given)
        return
    from tallystick.app import receipts  # noqa: PLC0415
    from tallystick.app.quorum import of_receipt  # noqa: PLC0415

    content, many = not given.no_content, len(given.record) > 1
    with opened(screen, given, writer=True) as store:
        if many:
            data = receipts.make_answer(store, given.record, content=content)
        elif given.cose:
            data = receipts.make_cose(store, given.record[0], content=content)
        else:
            data = receipts.make(store, given.record[0], content=content)
        numbers = [store.find(record) for record in given.record]
        records = [store.log.commitment(number).hex() for number in numbers]
        stem = f"answer-{records[0][:_NAME_DIGITS]}" if many else records[0][:_NAME_DIGITS]
        default = store.paths.receipts / f"{stem}.{'cose' if given.cose else 'tally'}"
        trust, quorum = store.paths.trust, of_receipt(store, max(numbers))
    _write(screen, given.output or default, data, records, trust, quorum)


def _write(
    screen: Screen,
    target: Path,
    data: bytes,
    records: list[str],
    trust: Path | None,
    quorum: Quorum | None,
    remarks: dict[str, Any] | None = None,
    said: Sequence[Text] = (),
) -> None:
    """Write a receipt and say so. remarks: more of the document; said: the same for people."""
    write_whole(target, data)
    document: dict[str, Any] = {"record": records[0], "file": str(target), "bytes": len(data)}
    if len(records) > 1:
        document["records"] = records
    document["witnesses"] = quorum.to_json(screen.language) if quorum else None
    document |= remarks or {}
    written = Text("回执：{file}", "Receipt: {file}").fill(file=near(target))
    check = Text(
        "核验：{tally} verify {file} --trust {trust}",
        "Verify: {tally} verify {file} --trust {trust}",
    ).fill(tally=program(), file=typed(target), trust=typed(trust) if trust else "trust.policy")

    def page(_: Screen) -> None:
        screen.line(written)
        screen.line(check)
        for one in said:
            screen.paragraph(one, 0, "yellow")
        if quorum is not None and not quorum.met:
            screen.paragraph(quorum.message(), 0, "yellow")
            screen.paragraph(_NOT_YET, 0, "yellow")

    screen.show(document, page)


def _refresh(screen: Screen, given: argparse.Namespace) -> None:
    """Write a newer receipt in the place of one that was given out, or where -o says."""
    from tallystick.app import receipts  # noqa: PLC0415
    from tallystick.app.quorum import of_receipt  # noqa: PLC0415
    from tallystick.app.verifying import RECEIPT_BYTES_MAX  # noqa: PLC0415
    from tallystick.ledger import read_receipt  # noqa: PLC0415

    with opened_to_check(given.refresh) as file:
        data = file.read(RECEIPT_BYTES_MAX + 1)
    trust: Path | None = None
    quorum: Quorum | None = None
    if given.url:
        from tallystick.app.fetching import fetch_receipt  # noqa: PLC0415

        renewed = receipts.renewed(data, fetch_receipt(given.url, data))
    else:
        old = read_receipt(data)  # before anybody is asked for a passphrase
        with _own_ledger(screen, given) as store:
            renewed = receipts.refresh(store, data)
            trust = store.paths.trust
            quorum = of_receipt(store, store.number_of(old.commitment.hex()))
    old, new = read_receipt(data), read_receipt(renewed)
    newer, left_out = new.proof != old.proof, old.body is not None and new.body is None
    as_of = receipts.stated_at(new)
    said = [_LEFT_OUT] if left_out else []
    if new.body is not None and receipts.is_erased(new):
        said.append(_KEPT)
    if not newer:
        todo = _ASK_THEM if given.url else _COSIGN if quorum is not None else NOTHING
        said += [_NOT_NEWER.fill(as_of=as_of or "-"), *filter(lambda text: text.en, [todo])]
    remarks = {"newer": newer, "as_of": as_of, "content_left_out": left_out}
    records = [new.commitment.hex()]
    _write(screen, given.output or given.refresh, renewed, records, trust, quorum, remarks, said)


def _own_ledger(screen: Screen, given: argparse.Namespace) -> Store:
    """Return the workspace to refresh from. Raises: NO_LEDGER_TO_ASK where none is here."""
    from tallystick.app.workspace import NOT_A_WORKSPACE  # noqa: PLC0415

    try:
        return opened(screen, given, writer=True)
    except TallyError as fault:
        if fault.reason is NOT_A_WORKSPACE:
            raise NO_LEDGER_TO_ASK.error(folder=fault.facts["folder"]) from None
        raise


def audit(screen: Screen, given: argparse.Namespace) -> int:
    """Check a whole workspace; 1 if anything is wrong."""
    from tallystick.app import auditing  # noqa: PLC0415

    settings = settings_of(screen, given)
    with showing(screen) as progress:
        report = auditing.audit(settings, progress=progress)
    screen.sample = report.sample
    document = report.to_json(screen.language)
    screen.show(document, lambda _: pages.show_audit(screen, document))
    return DONE if report.ok else REFUSED
