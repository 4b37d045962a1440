"""Models in use: sealed by an officer, and each single score written down.

Owns the record of a model (`sealing`) and the log of single scores (`decision_log`).
"""

__all__ = ["decision_log", "sealing"]
