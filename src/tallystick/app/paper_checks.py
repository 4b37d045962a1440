"""Checking a report that carries its own proof, offline, without a workspace.

Owns the order of the checks of a paper; those of each receipt in it are the verifier's
(`verifying`). The receipt of the report is checked step by step, those of the evaluation and the
decision it shows in two steps together. What a trusted issuer put on the page is not read: the page
is the one that was sealed, and what is told beside the verdict comes from the records.

    1 paper        the file is a page and its receipts, and not a byte more
    2 form         as in `verifying`, for the receipt of the report
    3 commitment
    4 batch
    5 log
    6 kind
    7 deliverer
    8 status
    9 checkpoint
   10 provider
   11 page         the page is the one whose digest the report record holds
   12 shows        the other receipts are of the very records the report names, about one subject
   13 signed       trusted keys signed those too: log, provider, the officer who decided
   14 fresh        what it shows is in force, as `verifying` says (only where a limit was set)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tallystick.app.freshness import check_fresh
from tallystick.app.outcomes import gravest
from tallystick.app.verifying import FOUND as FOUND_IN_RECEIPT
from tallystick.app.verifying import OF_OTHERS, Check, Verdict, Verifier, attempt
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import parse_trust
from tallystick.publication.paper import PAPER_BYTES_MAX, Paper, read_code, read_paper
from tallystick.records import Body

__all__ = ["OF_SIGNERS", "PAPER_BYTES_MAX", "PaperVerdict", "shown_by", "verify_paper"]

OF_SIGNERS = OF_OTHERS | {"signed"}

PAGE_DIFFERS = Reason(
    "page_differs",
    Text("这一页不是封存过的那一页", "this page is not the one that was sealed"),
    "docs/spec/paper.md",
    Text("请向出具方重新索取报告。", "Ask whoever issued the report for it again."),
)
SHOWS_DIFFERS = Reason(
    "shows_differs",
    Text("附带的回执与报告所示不符：{what}", "the receipts are not what it shows: {what}"),
    "docs/spec/paper.md",
    Text("请向出具方重新索取报告。", "Ask whoever issued the report for it again."),
)
SHOWN_NOT_VALID = Reason(
    "shown_not_valid",
    Text(
        "{kind}的回执不成立（{step}）：{why}",
        "the receipt of the {kind} does not hold ({step}): {why}",
    ),
    "docs/spec/paper.md",
    Text("请向出具方重新索取报告。", "Ask whoever issued the report for it again."),
)
_KINDS = {"evaluation": Text("预评", "proposal"), "decision": Text("认定", "decision")}
_COUNT = Text("数目不对", "their number")
_RECORD = Text("{kind}不是报告所指的那一条", "the {kind} is not the one the report names")
_SUBJECT = Text("{kind}说的是别的主体", "the {kind} is about another organisation")
_CODE = Text("印出的码指向别的记录", "the printed code names another record")

FOUND = {
    "paper": Text(
        "文件就是一页加上它的回执，一字节不多",
        "the file is a page and its receipts, and not a byte more",
    ),
    "page": Text("页面与封存的摘要一致", "the page is the one that was sealed"),
    "shows": Text(
        "附带的回执正是报告所示的记录", "the receipts are of the very records the report shows"
    ),
    "signed": Text(
        "所示记录由受信任的日志、提供方与认定人签署",
        "trusted keys signed what it shows: log, provider, and who decided",
    ),
}


@dataclass
class PaperVerdict(Verdict):
    """What all checks of one paper say together. shows: what the sealed records say of it."""

    shows: dict[str, Any] = field(default_factory=dict)

    @property
    def consistent(self) -> bool:
        """Whether the paper agrees with itself: all but what signers say."""
        own = [check for check in self.checks if check.step not in OF_SIGNERS]
        return bool(own) and all(check.ok for check in own)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read; `shows` is empty where the paper is not consistent."""
        return {**super().to_json(language), "shows": self.shows if self.consistent else {}}


def verify_paper(
    data: bytes, trust_text: str | None = None, age_s_max: int | None = None, now: int = 0
) -> PaperVerdict:
    """Check one report. trust_text: the content of a trust file, or None; the rest: `Verifier`.

    The standing is that of the decision it shows, or of the proposal, or of the report itself.

    Never raises for a bad report: the verdict says it. Raises: BAD_TRUST_FILE.
    """
    trust = None if trust_text is None else parse_trust(trust_text)
    verdict = PaperVerdict()
    try:
        paper = read_paper(data)
    except TallyError as fault:
        verdict.checks.append(Check("paper", ok=False, detail=fault.text))
        return verdict
    verdict.checks.append(Check("paper", ok=True, detail=FOUND["paper"]))
    verifier = Verifier(trust)
    report, *shown = [verifier.check(receipt) for receipt in paper.receipts]
    verdict.checks += report.checks
    verdict.record, verdict.body = report.record, report.body
    verdict.origin, verdict.size = report.origin, report.size
    verdict.stated = [report, *shown][-1].stated
    body = report.body or {}
    verdict.checks.append(attempt("page", lambda: _check_page(paper, body), FOUND["page"]))
    verdict.checks.append(attempt("shows", lambda: _check_shown(report, shown), FOUND["shows"]))
    if trust is not None and shown:
        signed = attempt("signed", lambda: _check_valid(shown), FOUND["signed"])
        worst = gravest(one.outcome for one in shown)
        verdict.checks.append(signed if signed.ok else signed._replace(code=worst))
    if age_s_max is not None:
        found = FOUND_IN_RECEIPT["fresh"]
        fresh = attempt("fresh", lambda: check_fresh(verdict.stated, age_s_max, now), found)
        verdict.checks.append(fresh)
    verdict.trusted = report.trusted and all(one.trusted for one in shown)
    if verdict.consistent:
        verdict.shows = {**_page_of(body), **shown_by([one.body or {} for one in shown])}
        verdict.signer = report.signer
    return verdict


def _check_page(paper: Paper, body: Body) -> None:
    sealed = (body["kind"], body["format"], body["digest"], body["length"])
    found = ("report", paper.form, sha256(paper.page).hexdigest(), len(paper.page))
    if sealed != found or type(body["length"]) is not int:
        raise PAGE_DIFFERS.error()


def _check_shown(report: Verdict, shown: list[Verdict]) -> None:
    body = report.body or {}
    named = [(kind, body[kind]) for kind in ("evaluation", "decision") if body[kind]]
    if len(named) != len(shown) or (body["decision"] and not body["evaluation"]):
        raise SHOWS_DIFFERS.error(what=_COUNT)
    for (kind, record), verdict in zip(named, shown, strict=True):
        if not verdict.consistent:
            raise _not_valid(kind, verdict)
        content = verdict.body or {}
        if verdict.record != record or content["kind"] != kind or verdict.origin != report.origin:
            raise SHOWS_DIFFERS.error(what=_RECORD.fill(kind=_KINDS[kind]))
        if content["subject"] != body["subject"]:
            raise SHOWS_DIFFERS.error(what=_SUBJECT.fill(kind=_KINDS[kind]))
        of_it = {"evaluation": ("scheme", "as_of"), "decision": ("evaluation",)}[kind]
        if any(content[name] != body[name] for name in of_it):
            raise SHOWS_DIFFERS.error(what=_RECORD.fill(kind=_KINDS[kind]))
    if body["code"] or named:
        code = read_code(body["code"])
        if (code.record.hex(), code.checkpoint.origin) != (named[-1][1], report.origin):
            raise SHOWS_DIFFERS.error(what=_CODE)


def _check_valid(shown: list[Verdict]) -> None:
    for kind, verdict in zip(("evaluation", "decision"), shown, strict=False):
        if not verdict.valid:
            raise _not_valid(kind, verdict)


def _not_valid(kind: str, verdict: Verdict) -> TallyError:
    broken = next((check for check in verdict.checks if not check.ok), None)
    step, why = (broken.step, broken.detail) if broken else ("-", Text("-", "-"))
    return SHOWN_NOT_VALID.error(kind=_KINDS[kind], step=step, why=why)


def _page_of(body: Body) -> dict[str, Any]:
    names = ("subject", "format", "language", "as_of", "recorded")
    return {name: body[name] for name in names}


def shown_by(contents: list[Body]) -> dict[str, Any]:
    """Return what sealed records say of a grade, out of an evaluation and a decision or either.

    status: decided, declined, or that of the proposal; not_evaluated without any. What a record
    does not say is "". Never raises: records of another form say nothing.
    """
    by_kind = {body.get("kind"): body for body in contents}
    evaluation, decision = by_kind.get("evaluation", {}), by_kind.get("decision", {})
    result = _dict(evaluation.get("result"))
    proposed = result.get("status") != "no_proposal"  # too little known: its score says nothing
    told = {
        "status": _text(result.get("status")) or "not_evaluated",
        "band": _text(result.get("band")),
        "light": _text(result.get("light")),
        "score": _text(result.get("score")) if proposed else "",
        "grade": _text(result.get("grade")),
        "scheme": " ".join(
            filter(None, (_text(_dict(result.get("scheme")).get(k)) for k in ("id", "version")))
        ),
        "decided_on": "",
        "officer": "",
        "officer_key": "",
        "scripted": False,
    }
    if decision:
        as_proposed = decision.get("outcome") == "confirm"
        told |= {
            "grade": told["grade"] if as_proposed else "",
            "status": "declined" if decision.get("outcome") == "decline" else "decided",
            "band": _text(decision.get("band")),
            "light": _text(decision.get("light")),
            "decided_on": _text(decision.get("recorded")),
            "officer": _text(_dict(decision.get("officer")).get("name")),
            "officer_key": _text(_dict(decision.get("officer")).get("key")),
            "scripted": decision.get("scripted") is not False,
        }
    return told


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
