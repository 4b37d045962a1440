"""One function a command: read what was given, call `app`, show what came of it.

Owns no rules of the field. Each function takes the screen and what was given, and returns an exit
status or None for 0; what they need of `app` they import themselves, so that one command does not
wait for what another needs.

    >>> from tallystick.cli.acts import proof
"""

__all__ = ["administration", "facts", "judgement", "proof", "start", "upkeep"]
