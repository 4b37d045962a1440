"""One function a verb: what a user can do, and how the rooms are joined for it.

Owns the use cases and the opened workspace they work on. Rules: the edge parses and shows, this
package acts; every result is a value with a JSON form; every long act reports its progress to a
function it is given; nothing here prints or exits. Import the module of the verb: checking a
receipt must not load what importing a file needs.

    >>> from tallystick.app.verifying import verify
    >>> verify(b"").valid
    False
"""

__all__ = [
    "acts",
    "admission",
    "audit_report",
    "auditing",
    "backtest_report",
    "backtesting",
    "closed",
    "code_checks",
    "consent",
    "damage",
    "deciding",
    "doctor",
    "dossier",
    "drafting",
    "evaluating",
    "explaining",
    "exporting",
    "founding",
    "importing",
    "members",
    "memberships",
    "naming",
    "officers",
    "paper_checks",
    "papers",
    "portraits",
    "progress",
    "rebuilding",
    "receipts",
    "recomputing",
    "reports",
    "sampling",
    "schemes",
    "sealing",
    "status",
    "store",
    "templates",
    "tiling",
    "typed",
    "unread",
    "upgrading",
    "verifying",
    "workers",
    "workspace",
]
