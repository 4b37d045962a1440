"""A ledger run with others: its nodes, who is there, and how a workspace writes to it.

Owns the verbs of `tally network`: the folder of a node and its two small files, the processes of a
node, what a node answers, the members and their votes, and the order in which a workspace hands
its batches to the consortium.
"""

__all__: list[str] = []
