"""Drills: what may go wrong in a ledger that several keep, made to happen to a real network.

Owns the field a drill is held on (four nodes of this machine in a folder of their own, and who
writes to them all the while), its faults, and the drills. What a drill promises is checked after
it: everything acknowledged is in every replica, once, and the replicas are the same.
"""

__all__: list[str] = []
