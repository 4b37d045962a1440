"""One ledger run by several institutions: what is replicated, how it is ordered, how it is checked.

Owns transactions, the replicated state and its rules, the members and their votes, the server
through which CometBFT drives them, snapshots, and the light verification of its headers. Rules:
everything a replica computes follows from the blocks alone (no clock, chance, float or locale);
each institution has a log of its own in the ledger, which it alone appends to and all replicas
keep; bodies of records never come here. Its modules are imported by name, since a workspace needs
few of them and the engine's messages none.
"""

__all__: list[str] = []
