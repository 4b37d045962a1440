"""The simulated world: institutions, members and disks that exist only for tests and the demo.

Owns the sample of about forty fictional members, one public set of real and anonymous companies
under made-up codes, the large files the benchmarks read, the markers
that show whether personal data leaks, the disk that fails on demand, and witnesses on the network
of this machine. Shipped, so that others
can test against it. Rules: everything depends on a seed and a date that are passed in; every name
says 样例 (sample) or 演示 (demonstration); no code was ever given to a real organisation.

    manifest = write_sample(Path("sample"))
    for file in manifest.files:
        import_files(store, [manifest.folder / file.name], file.source, complete=file.complete)
"""

__all__ = [
    "benching",
    "bulk",
    "chance",
    "demo",
    "disk",
    "fiction",
    "markers",
    "membership",
    "published",
    "sample",
    "sample_backtest",
    "stories",
    "witnesses",
    "world",
]
