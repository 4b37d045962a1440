"""The demonstration: a rated membership from nothing, in one command.

Owns the steps of `tally demo`. Everything in it is fiction and says so; the officer is a script and
every decision it makes is marked as scripted.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tallystick.app import memberships
from tallystick.app.auditing import audit
from tallystick.app.deciding import decide
from tallystick.app.evaluating import evaluate
from tallystick.app.founding import found
from tallystick.app.importing import ImportReport, import_files
from tallystick.app.network.folder import NodeFolder
from tallystick.app.officers import new_officer
from tallystick.app.portraits import portrait
from tallystick.app.progress import Progress, silent
from tallystick.app.receipts import make
from tallystick.app.reports import file_name, report
from tallystick.app.store import Store
from tallystick.app.verifying import verify
from tallystick.app.workspace import ALREADY_THERE, Paths, Settings
from tallystick.kernel.texts import Text
from tallystick.testing.sample import SampleManifest, write_sample
from tallystick.testing.sample_backtest import sample_backtest, workspace_and_files

SCHEME = "association-2019"
OFFICER = "演示认定人（脚本）"
ORIGIN = "tallystick.local/demo-"
_REASONS = {
    "confirm": "脚本演示：资料齐全，确认预评结果。 Scripted: the facts are complete; confirmed.",
    "change": "脚本演示：已核实整改，调整一档。 Scripted: mended and verified; moved one band.",
    "decline": "脚本演示：资料不足，不予评定。 Scripted: too little is known; declined.",
}

Say = Callable[[Text], None]


def demo(
    settings: Settings,
    say: Say,
    progress: Progress = silent,
    member: NodeFolder | None = None,
) -> dict[str, Any]:
    """Make a demonstration workspace at `settings.folder`; return what it holds and where.

    say: told one plain sentence a step. member: through whose node a consortium keeps the ledgers;
    None where the workspaces keep them. The input files go to `FOLDER-files`, the passphrase to
    `FOLDER.passphrase`; the back-test has a workspace of its own, `FOLDER-backtest`, and files
    beside it. Raises: ALREADY_THERE.
    """
    paths = Paths(settings.folder)
    files = settings.folder.with_name(settings.folder.name + "-files")
    for there in (settings.folder, files, *workspace_and_files(_beside(settings))):
        if there.exists():
            raise ALREADY_THERE.error(folder=there)
    paths.folder.parent.mkdir(parents=True, exist_ok=True)
    manifest = write_sample(files, as_of=settings.today())
    say(
        Text(
            "1/9 写好虚构样例文件：{n} 个，在 {folder}",
            "1/9 wrote {n} fictional {n:file|files} to {folder}",
        ).fill(n=len(manifest.files), folder=files)
    )
    store = _founded(settings, manifest, say, member)
    with store:
        report = _imported(store, files, manifest, say, progress)
        results = evaluate(store, SCHEME, progress=progress)
        say(
            Text(
                "4/9 按 {scheme} 预评会员 {n} 家（预评不是等级）",
                "4/9 evaluated {n} {n:member|members} by {scheme} (PROPOSALS, not grades)",
            ).fill(scheme=SCHEME, n=len(results))
        )
        decisions = _decided(store, results, say)
        receipts = _receipts(store, results, decisions)
        reports = _reports(store, results, decisions)
    _told_of_papers(settings, receipts, reports, say)
    checked = _checked(settings, say)
    tested = _back_tested(settings, say, progress, member)
    return {
        "workspace": str(settings.folder),
        "files": str(files),
        "passphrase": str(paths.passphrase),
        "trust": str(paths.trust),
        "receipts": [str(path) for path in receipts],
        "reports": [str(path) for path in reports],
        "import": report,
        "evaluations": results,
        "decisions": decisions,
        "audit": checked,
        "backtest": tested,
    }


def _founded(
    settings: Settings, manifest: SampleManifest, say: Say, member: NodeFolder | None
) -> Store:
    passphrase = secrets.token_urlsafe(24)
    settings.disk.replace(Paths(settings.folder).passphrase, (passphrase + "\n").encode(), 0o600)
    store = found(
        settings,
        passphrase,
        operator=manifest.association_name,
        code=manifest.association_code,
        origin=ORIGIN + secrets.token_hex(4),
        sample=True,
        member=member,
    )
    say(
        Text(
            "2/9 建好工作区 {folder}；口令在 {passphrase}，信任文件是 trust.policy",
            "2/9 founded the workspace {folder}; the passphrase is in {passphrase}, "
            "the trust file is trust.policy",
        ).fill(folder=settings.folder, passphrase=Paths(settings.folder).passphrase)
    )
    return store


def _imported(
    store: Store, files: Path, manifest: SampleManifest, say: Say, progress: Progress
) -> dict[str, Any]:
    whole = ImportReport()
    for file in manifest.files:
        report = import_files(
            store,
            [files / file.name],
            file.source,
            complete=file.complete,
            progress=progress,
        )
        whole.accepted += report.accepted
        whole.superseded += report.superseded
        whole.duplicate += report.duplicate
        whole.refused.update(report.refused)
        whole.dropped.update(report.dropped)
        whole.problems += report.problems
        whole.imports += report.imports
    say(
        Text(
            "3/9 导入 {n} 个文件：封存 {accepted} 条，替代 {superseded}，重复 {duplicate}，"
            "拒绝 {refused}（人的行、坏代码等），隐去个人字段 {dropped} 处",
            "3/9 imported {n} {n:file|files}: sealed {accepted}, superseded {superseded}, "
            "duplicate {duplicate}, refused {refused} (rows about people, wrong codes ...), "
            "personal cells dropped {dropped}",
        ).fill(
            n=len(manifest.files),
            accepted=whole.accepted,
            superseded=whole.superseded,
            duplicate=whole.duplicate,
            refused=sum(whole.refused.values()),
            dropped=sum(whole.dropped.values()),
        )
    )
    return whole.to_json()


def _decided(store: Store, results: list[dict[str, Any]], say: Say) -> list[dict[str, Any]]:
    """Let the scripted officer confirm the clear cases, change one and decline one."""
    new_officer(store, OFFICER)
    proposed = [r for r in results if r["band"]]
    ranked = sorted(proposed, key=lambda r: (-len(r["rules_hit"]), r["subject"]))
    plan = [(r, "confirm", "") for r in ranked if r["light"] in {"green", "red"}][:10]
    changed = next((r for r in ranked if r["light"] == "orange"), None)
    declined = next((r for r in results if not r["band"] or r["light"] == "yellow"), None)
    if changed:
        plan.append((changed, "change", "medium"))
    if declined:
        plan.append((declined, "decline", ""))
    decisions = [
        decide(
            store,
            result["subject"],
            OFFICER,
            _REASONS[outcome],
            outcome=outcome,
            band=band,
            scripted=True,
        )
        for result, outcome, band in plan
    ]
    say(
        Text(
            "5/9 脚本认定人对 {n} 家签署认定（演示用脚本，不是真人）",
            "5/9 the scripted officer signed {n} {n:decision|decisions} (a script, not a person)",
        ).fill(n=len(decisions))
    )
    return decisions


def _receipts(
    store: Store, results: list[dict[str, Any]], decisions: list[dict[str, Any]]
) -> list[Path]:
    """Write receipts of a decision, of its proposal, and of a fact behind a rule that was hit."""
    wanted = {}
    if decisions:
        wanted[f"decision-{decisions[0]['subject']}"] = decisions[0]["record"]
        wanted[f"evaluation-{decisions[0]['subject']}"] = decisions[0]["evaluation"]
    hit = next((r for r in results if r["rules_hit"] and r["rules_hit"][0]["records"]), None)
    if hit:
        wanted[f"fact-{hit['subject']}"] = hit["rules_hit"][0]["records"][0]
    made = []
    for name, record in wanted.items():
        path = store.paths.receipts / f"{name}.tally"
        store.settings.disk.replace(path, make(store, record))
        made.append(path)
    return made


def _reports(
    store: Store, results: list[dict[str, Any]], decisions: list[dict[str, Any]]
) -> list[Path]:
    """Write the page of all members, and the reports of a few of them.

    One decided red, one green, one open, one unknown; the first in both languages.
    """
    taken = {one["subject"] for one in decisions}
    standing = [r for r in results if r["subject"] not in taken]
    wanted = [one["subject"] for one in decisions if one["light"] == "red"][:1]
    wanted += [one["subject"] for one in decisions if one["light"] == "green"][:1]
    wanted += [r["subject"] for r in standing if r["band"]][:1]
    wanted += [r["subject"] for r in standing if not r["band"]][:1]
    store.paths.reports.mkdir(exist_ok=True)
    made = []
    for place, subject in enumerate(dict.fromkeys(wanted)):
        for language in ("zh", "en") if place == 0 else ("zh",):
            document = portrait(store, subject, language)
            for suffix in (".html", ".pdf"):
                path = store.paths.reports / file_name(document, f".{language}{suffix}")
                store.settings.disk.replace(path, report(store, document, suffix), 0o600)
                made.append(path)
    for language in ("zh", "en"):
        document = memberships.membership(store, "", language)
        name = Path(memberships.file_name(document)).stem
        path = store.paths.reports / f"{name}.{language}.html"
        store.settings.disk.replace(path, memberships.as_page(document).encode(), 0o600)
        made.append(path)
    return made


def _told_of_papers(
    settings: Settings, receipts: list[Path], reports: list[Path], say: Say
) -> None:
    """Check the receipts as a stranger would, and say how many papers there are."""
    paths = Paths(settings.folder)
    trust = paths.trust.read_text(encoding="utf-8")
    valid = sum(verify(path.read_bytes(), trust).valid for path in receipts)
    say(
        Text(
            "6/9 回执 {n} 张，凭信任文件离线核验：{valid} 张有效",
            "6/9 {n} {n:receipt|receipts}, checked offline against the trust file: {valid} valid",
        ).fill(n=len(receipts), valid=valid)
    )
    say(
        Text(
            "7/9 出具报告 {n} 份（会员画像和全体会员），在 {folder}",
            "7/9 gave out {n} {n:report|reports} (portraits and the whole membership), in {folder}",
        ).fill(n=len(reports), folder=paths.reports)
    )


def _back_tested(
    settings: Settings, say: Say, progress: Progress, member: NodeFolder | None
) -> dict[str, Any]:
    """Hold a scheme against real outcomes, in a workspace beside: the members stay among them."""
    document = sample_backtest(_beside(settings), _unsaid, progress, member=member)
    found = document["discrimination"]
    say(
        Text(
            "9/9 回测：{n} 家真实而匿名的公司（UCI 365，CC BY 4.0），AUC {auc}，KS {ks}，照实打印",
            "9/9 back-test on {n} real, anonymous companies (UCI 365, CC BY 4.0): AUC {auc}, KS "
            "{ks}, printed as it came out",
        ).fill(n=found["cases"], auc=found["auc"], ks=found["ks"])
    )
    return document


def _beside(settings: Settings) -> Settings:
    return replace(settings, folder=settings.folder.with_name(f"{settings.folder.name}-backtest"))


def _unsaid(text: Text) -> None:
    """Say nothing: the demo has one sentence for all steps of the back-test."""
    del text


def _checked(settings: Settings, say: Say) -> dict[str, Any]:
    report = audit(settings)
    say(
        Text(
            "8/9 审计：重算 {entries} 批、{records} 条记录，{verdict}",
            "8/9 audit: recomputed {entries} {entries:batch|batches} and {records} "
            "{records:record|records}: {verdict}",
        ).fill(
            entries=report.entries,
            records=report.records,
            verdict=Text("全部相符", "all agree") if report.ok else Text("有问题", "PROBLEMS"),
        )
    )
    return report.to_json()
