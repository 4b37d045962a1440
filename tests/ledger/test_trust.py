from __future__ import annotations

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import write_checkpoint
from tallystick.kernel.signing import CosignerKey, SigningKey
from tallystick.ledger import BAD_TRUST_FILE, UNKNOWN_KEY, Party, TrustPolicy, parse_trust
from tallystick.ledger.trust import ROLES, Ended
from tallystick.ledger.trust_reasons import KEY_ENDED

LOG = SigningKey("example.org/ledger", bytes([1]) * 32).verifier
PROVIDER = SigningKey("example.org/provider", bytes([2]) * 32).verifier
OFFICER = SigningKey("example.org/officer", bytes([3]) * 32).verifier
EVIL = SigningKey("example.org/evil", bytes([66]) * 32).verifier
CODE = "51310110PDY910013P"
POLICY = TrustPolicy(
    (LOG,),
    (Party("provider", PROVIDER, CODE, "样例市 演示协会"), Party("officer", OFFICER, "", "演示员")),
)
TEXT = POLICY.text()


def refused(text: str) -> TallyError:
    with pytest.raises(TallyError) as refusal:
        parse_trust(text)
    assert refusal.value.reason is BAD_TRUST_FILE
    return refusal.value


def trusted_keys(policy: TrustPolicy) -> set[str]:
    return {key.text() for key in policy.logs} | {p.key.text() for p in policy.parties}


def test_the_file_is_written_as_specified_and_reads_back() -> None:
    lines = TEXT.split("\n")
    assert lines[2:] == [
        f"log {LOG.text()}",
        "quorum none",
        f"#tally provider {PROVIDER.text()} {CODE} 样例市 演示协会",
        f"#tally officer {OFFICER.text()} - 演示员",
        "",
    ]
    assert all(line.startswith("#") for line in lines[:2])
    assert parse_trust(TEXT) == POLICY


def test_keys_are_found_by_origin_and_by_id_and_role() -> None:
    assert POLICY.log_named("example.org/ledger") == LOG
    assert POLICY.party(PROVIDER.key_id, "provider").name == "样例市 演示协会"
    for role in ROLES:
        if role != "provider":
            with pytest.raises(TallyError) as refusal:
                POLICY.party(PROVIDER.key_id, role)
            assert refusal.value.reason is UNKNOWN_KEY
    for origin in ("", "example.org/ledger2", "example.org/provider", LOG.text()):
        with pytest.raises(TallyError) as refusal:
            POLICY.log_named(origin)
        assert refusal.value.reason is UNKNOWN_KEY
    with pytest.raises(TallyError):
        POLICY.party(LOG.key_id, "provider")


def test_other_comments_and_empty_lines_are_skipped_as_other_tools_skip_them() -> None:
    text = "\n# a note\n#\n  # indented\n\t\n" + TEXT + "\n#tallyho\n"
    assert parse_trust(text) == POLICY
    assert parse_trust(f"  log\t{LOG.text()}  https://example.org/\nquorum none\n").logs == (LOG,)


@pytest.mark.parametrize(
    "line",
    [
        "witness w1 " + EVIL.text(),
        "group g 1 w1",
        "quorum g",
        "quorum",
        "quorum none none",
        "Log " + EVIL.text(),
        "log",
        "log " + EVIL.text() + " https://a https://b",
        "log " + EVIL.text()[:-1],
        "log evil",
        "log\u00a0" + EVIL.text(),
        "log\u3000" + EVIL.text(),
        EVIL.text(),
        "anything else",
        "#tally ",
        "#tally provider",
        "#tally provider " + EVIL.text(),
        "#tally provider " + EVIL.text() + " -",
        "#tally provider " + EVIL.text() + " - ",
        "#tally auditor " + EVIL.text() + " - name",
        "#tally Provider " + EVIL.text() + " - name",
        "#tally  provider " + EVIL.text() + " - name",
        "#tally provider  " + EVIL.text() + " - name",
        "#tally provider " + EVIL.text() + "  name",
        "#tally provider evil - name",
    ],
)
def test_a_line_that_is_not_understood_refuses_the_file_and_is_named(line: str) -> None:
    fault = refused(TEXT + line + "\n")
    assert "line 7" in fault.text.en
    assert parse_trust(TEXT) == POLICY


@pytest.mark.parametrize("text", ["", "\n", f"log {LOG.text()}\n", TEXT + "quorum none\n"])
def test_the_quorum_is_said_exactly_once(text: str) -> None:
    refused(text)


def test_a_log_key_stands_there_once_under_whatever_name() -> None:
    refused(TEXT + f"log {LOG.text()}\n")
    renamed = SigningKey("example.org/other", bytes([1]) * 32).verifier
    refused(TEXT + f"log {renamed.text()}\n")


def test_a_party_stands_there_once_in_each_role() -> None:
    refused(TEXT + f"#tally provider {PROVIDER.text()} - another name\n")
    both = parse_trust(TEXT + f"#tally verifier {PROVIDER.text()} {CODE} 样例市 演示协会\n")
    assert both.party(PROVIDER.key_id, "verifier").code == CODE


# What other tools take as one comment line must not be two lines to us: a key could hide there.
BREAKS = ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r", "\r\n"]


@pytest.mark.parametrize("mark", BREAKS)
def test_nothing_but_a_newline_ends_a_line(mark: str) -> None:
    for hidden in (f"log {EVIL.text()}", f"#tally provider {EVIL.text()} - evil"):
        for text in (
            TEXT + f"# a comment{mark}{hidden}\n",
            TEXT.replace("演示员", f"演示员{mark}{hidden}"),
        ):
            try:
                policy = parse_trust(text)
            except TallyError as fault:
                reason = fault.reason
            else:
                assert EVIL.text() not in trusted_keys(policy)
                continue
            assert reason is BAD_TRUST_FILE


def test_another_file_is_refused_without_quoting_what_it_holds() -> None:
    for text, line, word in (
        ('{"batch":{"header":"VExZ"},"body":{"reason":"a secret"}}\n', 1, ("回执", "receipt")),
        ('{"batches":[],"records":["a secret"]}\n', 1, ("回执", "receipt")),
        ("# a heading\n\nsecret words of another file\n", 3, ("信任文件", "trust file")),
    ):
        fault = refused(text)
        assert fault.facts["line"] == line
        for said, expected in zip(fault.text, word, strict=True):
            assert expected in said
            assert "secret" not in said
            assert "VExZ" not in said


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x1b", "\x7f", "\r", "\x0b"])
def test_a_control_character_refuses_the_file(mark: str) -> None:
    refused(TEXT + f"# comment {mark}\n")
    refused(TEXT.replace("演示员", f"演示员{mark}"))


@pytest.mark.parametrize("mark", ["\n", *BREAKS, "\x00", "\x1b"])
def test_a_name_cannot_smuggle_a_line_into_the_file(mark: str) -> None:
    smuggled = f"演示员{mark}#tally provider {EVIL.text()} - evil"
    for party in (
        Party("officer", OFFICER, "", smuggled),
        Party("officer", OFFICER, f"-{mark}x", "演示员"),
    ):
        with pytest.raises(TallyError) as refusal:
            TrustPolicy((LOG,), (party,)).text()
        assert refusal.value.reason is BAD_TRUST_FILE


@pytest.mark.parametrize(
    "party",
    [
        Party("officer", OFFICER, "a b", "name"),
        Party("officer", OFFICER, "-", "name"),
        Party("officer", OFFICER, "", ""),
        Party("auditor", OFFICER, "", "name"),
    ],
)
def test_what_would_not_read_back_is_not_written(party: Party) -> None:
    with pytest.raises(TallyError) as refusal:
        TrustPolicy((LOG,), (party,)).text()
    assert refusal.value.reason is BAD_TRUST_FILE


def test_any_changed_character_drops_a_key_or_refuses_the_file_and_never_adds_one() -> None:
    known = trusted_keys(POLICY)
    for at in range(len(TEXT)):
        for mark in ("#", " ", "\n", "A", "+", "\u00e9"):
            try:
                policy = parse_trust(TEXT[:at] + mark + TEXT[at + 1 :])
            except TallyError as fault:
                assert fault.reason is BAD_TRUST_FILE  # noqa: PT017 - most of these are refused
            else:
                assert trusted_keys(policy) <= known


def test_an_ended_or_unknown_key_is_told_with_what_to_do() -> None:
    ended = (Ended("officer", OFFICER, 3, "retired"),)
    policy = TrustPolicy(POLICY.logs, POLICY.parties, ended=ended)
    for key, entry, reason in ((OFFICER, 3, KEY_ENDED), (EVIL, 0, UNKNOWN_KEY)):
        with pytest.raises(TallyError) as refusal:
            policy.party(key.key_id, "officer", entry)
        assert refusal.value.reason is reason
        assert all(refusal.value.remedy)


def test_the_lines_of_every_known_log_key_must_hold() -> None:
    old, new = (SigningKey("example.org/ledger", bytes([n]) * 32) for n in (1, 9))
    ended = Ended("log", old.verifier, 3, "retired")
    policy = TrustPolicy((new.verifier,), POLICY.parties, ended=(ended,))
    for size in (3, 4):
        both = write_checkpoint(new.name, size, bytes(32), [old, new])
        assert policy.check_log(both) == new.verifier
        for at in (0, 1):
            lines = list(both.signatures)
            lines[at] = lines[at]._replace(signature=bytes(64))
            with pytest.raises(TallyError) as refusal:
                policy.check_log(both._replace(signatures=tuple(lines)))
            assert refusal.value.code == "bad_signature"


def test_a_log_is_no_witness_of_itself() -> None:
    past = SigningKey("example.org/ledger", bytes([9]) * 32).verifier
    text = TEXT.replace("quorum", f"#tally log-until 3 retired {past.text()}\nquorum")
    parse_trust(text)
    for seed in (1, 9):
        witness = CosignerKey("example.org/w", bytes([seed]) * 32).verifier
        refused(text + f"witness w {witness.text()}\n")
