"""Binning: columns cut into few bins that tell good from bad.

Owns the way from a column to bins with weights of evidence. Rules: fine cells are cut without
looking at outcomes; what is merged is decided on counts alone, exactly; missing, special codes and
what was never seen stand apart. Compiled by numba, and imported by its modules.
"""

__all__: list[str] = []
