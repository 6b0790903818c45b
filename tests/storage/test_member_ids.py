from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from entra_tui.storage.lists.membership_table import MembershipTable, pack_member, stored_changes, unpack_member

# Of the lengths of a GUID, with and without what GUIDs are written with elsewhere.
ODD = st.text("0aF-{} _\n٣", min_size=32, max_size=40) | st.from_regex(r"[0-9a-fA-F-]{36}|\{?[0-9a-f-]{34}\}?")
GUIDS = st.uuids().map(str)
IDS = st.one_of(GUIDS, GUIDS.map(str.upper), GUIDS.map(lambda guid: guid.replace("-", "")), ODD, st.text(max_size=4))
MEMBERS = st.one_of(GUIDS, st.sampled_from(["user:1", "", "é", "\U0001f600", "\uffff", "0" * 36]))


def as_uuid(member: str) -> bytes | str:
    try:
        guid = uuid.UUID(member)
    except ValueError:
        return member
    return guid.bytes if str(guid) == member.lower() else member


@given(IDS)
def test_a_guid_alone_is_stored_as_bytes(member: str) -> None:
    stored = pack_member(member)
    assert stored == as_uuid(member)
    assert unpack_member(stored) == (member if stored == member else str(uuid.UUID(member)))


@given(st.lists(IDS, max_size=4) | st.lists(GUIDS, max_size=4), st.integers(30, 40))
def test_many_ids_are_stored_as_each_of_them(members: list[str], cut: int) -> None:
    # Two pieces of other lengths that look like GUIDs where they are put together.
    pieces = "".join(members)[:72]
    for told in (members, [pieces[:cut], pieces[cut:]]):
        assert stored_changes(dict.fromkeys(told, True)) == dict.fromkeys(map(as_uuid, told), True)


@given(st.lists(st.dictionaries(MEMBERS, st.booleans(), max_size=120), max_size=3))
def test_who_joins_and_leaves_is_there_and_gone(told: list[dict[str, bool]]) -> None:
    table, members = MembershipTable(1), set[str]()
    with closing(sqlite3.connect(":memory:")) as connection:
        table.create(connection)
        for changes in told:
            effect = table.effect(connection, 7, stored_changes(changes))
            after = (members | {member for member, joins in changes.items() if joins}) - {
                member for member, joins in changes.items() if not joins
            }
            assert {*map(unpack_member, effect.joined)} == after - members
            assert {*map(unpack_member, effect.left)} == members - after
            table.change(connection, 7, stored_changes(changes))
            members = after
            assert effect.count == table.count(connection, 7) == len(members)
            assert set(table.read(connection, 7)) == members
