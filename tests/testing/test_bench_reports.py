from __future__ import annotations

from tallystick.testing.bench_reports import reports


def test_a_short_run_measures_everything_it_promises() -> None:
    measured = reports(number=4, processes=1)
    assert measured.keys() == {"machine", "versions", "settings", "results"}
    assert measured["results"].keys() == {
        *("collect_seconds", "sealed_pdf_seconds", "ahp"),
        *(f"{form}_{what}_seconds" for form in ("html", "pdf") for what in ("first", "warm")),
        *(f"{form}_warm_worst_seconds" for form in ("html", "pdf")),
        *("pdf_many_seconds", "pdf_per_second", "pdf_bytes_each", "pdf_many_rss_mib"),
    }
    assert measured["results"]["pdf_bytes_each"] > 50_000
