"""All users, groups and memberships of a tenant into a new database: `... groups TENANT DATABASE`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec

from tests.benchmarks.baselines.httpx_pages import pages, signed_in
from tests.benchmarks.baselines.tenant import tenant_from_arguments
from tests.benchmarks.baselines.users import database, decode_page, first_url, from_now_on_url, keep

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_CREATE = """
    CREATE TABLE groups (
        id TEXT PRIMARY KEY, displayName TEXT, description TEXT, mail TEXT, mailEnabled INTEGER,
        securityEnabled INTEGER, groupTypes TEXT, visibility TEXT, createdDateTime TEXT, memberCount INTEGER
    )
"""
_INSERT = "INSERT OR IGNORE INTO groups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
_COUNT = """
    UPDATE groups SET memberCount = (SELECT count(*) FROM members WHERE group_id = groups.id)
"""


class Member(msgspec.Struct, gc=False):
    """A member of a group."""

    id: str


class Group(msgspec.Struct, rename="camel"):
    """One group, and some of its members."""

    id: str
    display_name: str | None = None
    description: str | None = None
    mail: str | None = None
    mail_enabled: bool | None = None
    security_enabled: bool | None = None
    group_types: list[str] = []
    visibility: str | None = None
    created_date_time: str | None = None
    members: list[Member] = msgspec.field(name="members@delta", default_factory=list)

    @property
    def row(self) -> tuple[object, ...]:
        """Its row."""
        return (
            self.id,
            self.display_name,
            self.description,
            self.mail,
            self.mail_enabled,
            self.security_enabled,
            ",".join(self.group_types),
            self.visibility,
            self.created_date_time,
        )


class GroupPage(msgspec.Struct):
    """One page of them."""

    value: list[Group]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)
    delta_link: str | None = msgspec.field(name="@odata.deltaLink", default=None)


def first_groups_url(graph: str) -> str:
    """The address of the first page of groups with their members."""
    names = [field.encode_name for field in msgspec.structs.fields(Group)]
    return f"{graph}/v1.0/groups/delta?$select={','.join(names[:-1])},members"


def keep_groups(connection: sqlite3.Connection, groups: Iterable[GroupPage]) -> None:
    """Put all groups and memberships into new tables, and the link to what changes later beside those of users."""
    connection.execute(_CREATE)
    connection.execute("CREATE TABLE members (group_id TEXT NOT NULL, member_id TEXT NOT NULL)")
    link = None
    for page in groups:
        connection.executemany(_INSERT, [group.row for group in page.value])
        connection.executemany(
            "INSERT INTO members VALUES (?, ?)",
            [(group.id, member.id) for group in page.value for member in group.members],
        )
        link = page.delta_link
    connection.execute("CREATE UNIQUE INDEX members_of_group ON members (group_id, member_id)")
    connection.execute(_COUNT)
    connection.execute("INSERT INTO links VALUES (?)", (link,))


def main() -> None:
    """Read and keep them."""
    tenant = tenant_from_arguments()
    decode = msgspec.json.Decoder(GroupPage).decode
    with signed_in(tenant) as http, database(sys.argv[2]) as connection:
        (from_now_on,) = pages(http, from_now_on_url(tenant.graph), decode_page)
        keep(connection, pages(http, first_url(tenant.graph), decode_page), from_now_on.delta_link)
        keep_groups(connection, pages(http, first_groups_url(tenant.graph), decode))


if __name__ == "__main__":
    main()
