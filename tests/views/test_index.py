from __future__ import annotations

import json
import struct
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.records import KINDS, UNKNOWN_KIND, Body, Delivery, bodies
from tallystick.views import STALE_VIEW, Index, content_of, row_of

SECRET = bytes(range(32))
ROOT = bytes([7]) * 32
SUBJECTS = ["91310113MA1GKDGP4E", "91310110PDY005013Q", "51310110PDY910013P"]
MODEST = settings(max_examples=60, deadline=None)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.none() | st.booleans() | st.integers(-5, 5) | texts | st.lists(texts, max_size=2)
names = st.sampled_from(["a", "digest", "recorded", "imported", "name", "delivered_by", "document"])


def fact(day: str = "2026-01-01", imported: str = "tax-0001", **change: Any) -> Body:
    body = bodies.fact(
        Delivery("0a" * 16, day),
        item="tax.rating",
        subject=SUBJECTS[0],
        key="2024",
        occurred="2025-04-30",
        data={"grade": "A"},
        source={"name": "样例税务局", "code": "", "document": "1", "digest": "ab" * 32},
        channel="transcribed",
        imported=imported,
    )
    return {**body, **change}


def grant(day: str = "2026-01-01", imported: str = "roster-0001", **change: Any) -> Body:
    body = bodies.grant(
        Delivery("0a" * 16, day),
        subject=SUBJECTS[0],
        categories=["tax"],
        purpose="association_evaluation",
        granted_on="2026-01-01",
        until="2026-12-31",
        document_digest="cd" * 32,
        imported=imported,
    )
    return {**body, **change}


def some_bodies() -> list[Body]:
    delivery = Delivery("0a" * 16, "2026-01-01")
    made: list[Body] = [
        bodies.founding(delivery, origin="o", operator="样例协会", code="", sample=True),
        bodies.delivered_file(
            delivery, name="tax-0001", source="tax", digest="d", mapping="m", complete=True
        ),
    ]
    for number in range(12):
        made.append(fact(subject=SUBJECTS[number % 3], key=str(number % 5)))
        if number % 4 == 0:
            made.append(grant(subject=SUBJECTS[number % 3], document_digest=f"{number:064x}"))
    made.append(
        bodies.delivered_file(
            delivery, name="tax-0002", source="tax", digest="e", mapping="", complete=False
        )
    )
    made.append(fact(item="honour.award", imported="tax-0002", subject=SUBJECTS[1]))
    made.append(bodies.retraction(delivery, name="tax-0001", reason="r"))
    return made


def index_of(made: list[Body]) -> Index:
    index = Index(SECRET)
    for body in made:
        index.add(body)
    return index


# -- rows ----------------------------------------------------------------------------------------


def test_a_row_says_kind_item_subject_and_import() -> None:
    row = row_of(fact(), SECRET)
    assert row[:4] == (KINDS.index("fact"), "tax.rating", SUBJECTS[0], "tax-0001")
    assert row.identity > 0
    assert row.content > 0
    other = row_of(bodies.retraction(Delivery("0a", "d"), name="tax-0001", reason=""), SECRET)
    assert other == (KINDS.index("retraction"), "", "", "", 0, 0, 0, 0)
    named = bodies.delivered_file(
        Delivery("0a", "d"), name="n", source="s", digest="", mapping="", complete=False
    )
    assert row_of(named, SECRET)[:4] == (KINDS.index("import"), "", "", "n")


def test_an_unknown_kind_has_no_row() -> None:
    with pytest.raises(TallyError) as refusal:
        row_of({"kind": "grade"}, SECRET)
    assert refusal.value.reason is UNKNOWN_KIND


@pytest.mark.parametrize("encoded", [True, False])
@pytest.mark.parametrize("make", [fact, grant])
def test_the_same_statement_delivered_again_has_the_same_prints(make: Any, encoded: bool) -> None:  # noqa: FBT001
    one, other = make(), make("2026-02-02", "other-0009", delivered_by="0b" * 16)
    if "source" in other:
        other["source"] = {**other["source"], "digest": "ef" * 32}
    prints = {
        row_of(body, SECRET, canonical.encode(body) if encoded else b"")[4:]
        for body in (one, other)
    }
    assert len(prints) == 1
    assert content_of(one) == content_of(other)


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"grade": "B"}},
        {"data": {"grade": "A", "more": 1}},
        {"occurred": "2025-05-01"},
        {"channel": "direct"},
        {"later": 1},
        {"source": {**fact()["source"], "document": "2"}},
    ],
)
def test_another_statement_has_another_content_and_the_same_identity(change: Body) -> None:
    one, other = row_of(fact(), SECRET), row_of(fact(**change), SECRET)
    assert one.identity == other.identity
    assert one.content != other.content
    assert content_of(fact()) != content_of(fact(**change))


@pytest.mark.parametrize(
    "change", [{"item": "tax.x"}, {"subject": SUBJECTS[1]}, {"key": "2023"}, {"key": ""}]
)
def test_another_item_subject_or_key_is_another_identity(change: Body) -> None:
    assert row_of(fact(), SECRET).identity != row_of(fact(**change), SECRET).identity


def test_identities_are_told_apart_wherever_the_parts_are_cut() -> None:
    one = row_of(fact(item="a", subject="b", key="c\0d"), SECRET).identity
    assert one != row_of(fact(item="a", subject="bc", key="\0d"), SECRET).identity
    assert one != row_of(fact(item="ab", subject="", key="c\0d"), SECRET).identity
    assert row_of(grant(), SECRET).identity != row_of(fact(), SECRET).identity


def test_prints_cannot_be_made_without_the_secret() -> None:
    one, other = row_of(fact(), SECRET), row_of(fact(), bytes(32))
    assert one.identity != other.identity
    assert one.content != other.content


@MODEST
@given(
    st.dictionaries(names, values, max_size=4), st.dictionaries(names, values, max_size=4), texts
)
def test_equal_statements_have_equal_prints_and_others_do_not_whatever_they_hold(
    one: Body, other: Body, document: str
) -> None:
    source = {"name": document, "code": "", "document": document, "digest": "ab" * 32}
    first = fact(data=one, source=source)
    again = fact("2027-07-07", data=one, source={**source, "digest": "cd" * 32}, delivered_by="0c")
    second = fact(data=other, source=source)
    for encode in (canonical.encode, lambda _: b""):
        prints = [row_of(body, SECRET, encode(body)).content for body in (first, again, second)]
        assert prints[0] == prints[1]
        assert (prints[0] == prints[2]) == (one == other)


def test_a_field_of_the_data_is_never_taken_for_the_one_of_the_body() -> None:
    # The name of an import and a digest may stand within the data as well, and must count there.
    data = {"imported": "tax-0001", "digest": "ab" * 32, "recorded": "2026-01-01"}
    one = row_of(fact(data=data), SECRET)
    again = row_of(fact("2026-02-02", "tax-0002", data=data), SECRET)
    assert one.content == again.content
    assert one.content != row_of(fact(data={}), SECRET).content


def test_signatures_are_not_part_of_what_is_said() -> None:
    one = fact(signatures=[{"key": "a", "signature": "b"}])
    other = fact("2026-02-02", signatures=[{"key": "c", "signature": "d"}])
    assert row_of(one, SECRET)[4:] == row_of(other, SECRET)[4:]


# -- the index -----------------------------------------------------------------------------------


def test_the_index_finds_records_by_kind_and_by_subject() -> None:
    made = some_bodies()
    index = index_of(made)
    assert len(index) == len(made)
    for kind in KINDS:
        found = [n for n, body in enumerate(made) if body["kind"] == kind]
        assert list(index.of_kind(kind)) == found
    for subject in (*SUBJECTS, "91000000000000000X", ""):
        found = [n for n, body in enumerate(made) if subject and body.get("subject") == subject]
        assert index.of_subject(subject) == found


def bytes_of(index: Index) -> bytes:
    return b"".join(index.parts(ROOT))


def test_an_unknown_kind_is_not_looked_for() -> None:
    with pytest.raises(TallyError):
        list(index_of([]).of_kind("grade"))


@MODEST
@given(st.lists(st.integers(1, 6), max_size=12))
def test_the_bytes_depend_on_the_records_and_not_on_how_they_came(steps: list[int]) -> None:
    made = some_bodies()
    whole = bytes_of(index_of(made))
    index = Index(SECRET)
    at = 0
    for step in steps:
        index.add_rows([row_of(body, SECRET) for body in made[at : at + step]])
        at += step
        index, root = Index.read(BytesIO(bytes_of(index)).read, SECRET)
        assert root == ROOT
    for body in made[at:]:
        index.add(body, canonical.encode(body))
    assert bytes_of(index) == whole


def test_an_index_read_back_is_the_index_that_was_written() -> None:
    index = index_of(some_bodies())
    again, root = Index.read(BytesIO(bytes_of(index)).read, SECRET)
    assert root == ROOT
    assert again.columns() == index.columns()
    assert again.of_subject(SUBJECTS[1]) == index.of_subject(SUBJECTS[1])
    assert bytes_of(again) == bytes_of(index)


def test_the_bytes_are_those_of_the_specification() -> None:
    made = some_bodies()
    rows = [row_of(body, SECRET) for body in made]
    subjects, items, imports = (
        list(dict.fromkeys(["", *(str(row[column]) for row in rows)])) for column in (2, 1, 3)
    )
    head = canonical.encode(
        {
            "format": 2,
            "records": len(made),
            "root": ROOT.hex(),
            "subjects": subjects,
            "items": items,
            "imports": imports,
        }
    )
    count = len(made)
    expected = struct.pack(">Q", len(head)) + head
    expected += bytes(row.kind for row in rows)
    expected += struct.pack(f"<{count}H", *(items.index(row.item) for row in rows))
    expected += struct.pack(f"<{count}I", *(subjects.index(row.subject) for row in rows))
    expected += struct.pack(f"<{count}I", *(imports.index(row.imported) for row in rows))
    expected += struct.pack(f"<{count}Q", *(row.identity for row in rows))
    expected += struct.pack(f"<{count}Q", *(row.content for row in rows))
    expected += struct.pack(f"<{count}Q", *(row.twin for row in rows))
    expected += struct.pack(f"<{count}I", *(row.ends for row in rows))
    assert bytes_of(index_of(made)) == expected


def stale(data: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        Index.read(BytesIO(data).read, SECRET)
    assert refusal.value.reason is STALE_VIEW


def test_an_index_cut_anywhere_or_with_more_at_its_end_is_stale() -> None:
    data = bytes_of(index_of(some_bodies()))
    for size in range(len(data)):
        stale(data[:size])
    for more in (b"\x00", b"\n", data):
        stale(data + more)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", 0),
        ("format", 1),
        ("format", True),
        ("format", None),
        ("records", 0),
        ("records", -1),
        ("records", 1),
        ("records", 2**50),
        ("records", "18"),
        ("records", None),
        ("root", ""),
        ("root", "zz"),
        ("root", "00" * 31),
        ("root", ROOT.hex().upper() + " "),
        ("root", None),
        ("subjects", None),
        ("subjects", []),
        ("subjects", ""),
        ("subjects", {}),
        ("subjects", [""]),
        ("subjects", ["x", *SUBJECTS]),
        ("subjects", ["", SUBJECTS[0], SUBJECTS[0], SUBJECTS[1]]),
        ("subjects", ["", 1, 2, 3]),
        ("items", [""]),
        ("imports", ["", None]),
        ("more", 1),
    ],
)
def test_a_head_that_does_not_fit_is_stale(name: str, value: Any) -> None:
    data = bytes_of(index_of(some_bodies()))
    length = int.from_bytes(data[:8], "big")
    head = {**json.loads(data[8 : 8 + length]), name: value}
    encoded = canonical.encode(head)
    stale(len(encoded).to_bytes(8, "big") + encoded + data[8 + length :])


@pytest.mark.parametrize(
    "head", [b"", b"{}", b"[]", b"null", b"1", b"{", b'{"a": 1}', b"[" * 1000 + b"]" * 1000]
)
def test_what_is_no_head_is_stale(head: bytes) -> None:
    stale(len(head).to_bytes(8, "big") + head)
    stale(head)


def test_a_number_without_a_name_is_stale() -> None:
    index = index_of(some_bodies())
    for column in (index.kind, index.item, index.subject, index.imported):
        kept = column[3]
        column[3] = 200
        stale(bytes_of(index))
        column[3] = kept
    Index.read(BytesIO(bytes_of(index)).read, SECRET)


def test_the_index_holds_no_content() -> None:
    made = [fact(data={"fine": "98765.43", "name": "样例一号有限公司"}, key="(2025)例01号")]
    data = bytes_of(index_of(made))
    for told in ("98765.43", "样例", "(2025)", "税务局"):
        assert told.encode() not in data
