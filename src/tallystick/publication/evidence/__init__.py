"""The evidence package: what a court keeps, and what a stranger needs to check it."""

__all__: list[str] = []
