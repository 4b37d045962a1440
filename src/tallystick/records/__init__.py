"""The vocabulary: every kind of signed record.

Owns the kinds, the shape of each body, provenance and signatures inside bodies. Rules: pure; a body
is canonical JSON; unknown fields survive; source, deliverer and channel are never confused.

    >>> body = bodies.retraction(Delivery("00" * 16, "2026-01-01"), name="tax-0001", reason="error")
    >>> body["kind"]
    'retraction'
"""

from tallystick.records import bodies
from tallystick.records.bodies import Body, Delivery
from tallystick.records.facts import Fact
from tallystick.records.kinds import BAD_FORM, KINDS, UNKNOWN_KIND, check_form, number_of
from tallystick.records.provenance import CHANNELS, channel_of, provenance_sentence
from tallystick.records.signatures import BAD_ACT, NOT_SIGNED, act_message, check_act, sign_act

__all__ = [
    "BAD_ACT",
    "BAD_FORM",
    "CHANNELS",
    "KINDS",
    "NOT_SIGNED",
    "UNKNOWN_KIND",
    "Body",
    "Delivery",
    "Fact",
    "act_message",
    "bodies",
    "channel_of",
    "check_act",
    "check_form",
    "number_of",
    "provenance_sentence",
    "sign_act",
]
