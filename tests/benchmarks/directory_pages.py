"""The pages of a tenant for measuring, as Graph writes them, each rendered once.

The same sizes give the same people and groups. A delta link "from now on" leads to an empty round, which stands for
the time of a full read; each round after it tells of the same people with another title.
"""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.sync.groups import GROUP_COLUMNS
from tests.benchmarks.people import DOMAIN, changed_user_object, guid, people, user_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PAGE = 999
DELTA_PAGE = 200
GROUPS_ON_A_PAGE = 50
MEMBERS_ON_A_PAGE = 1_000
MEMBERS_AT_A_TIME = 500
"""Members of one group that come together; a bigger group comes again."""

_SEED = 20_260


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is in the tenant.

    Attributes:
        users: People.
        changes: People that each delta tells of.
        groups: Groups.
        memberships: Members of all groups together.
    """

    users: int
    changes: int = 0
    groups: int = 0
    memberships: int = 0


@dataclass(frozen=True, slots=True)
class DirectoryPages:
    """Answers of Graph by their page or delta token; that of a first page is empty.

    Attributes:
        users: `GET /users`.
        users_delta: `GET /users/delta`; `latest` is a token of it.
        groups_delta: `GET /groups/delta`.
        first_user: The first user's JSON.
        first_group: The first group's JSON; empty without groups.
    """

    users: dict[str, bytes]
    users_delta: dict[str, bytes]
    groups_delta: dict[str, bytes]
    first_user: str
    first_group: str

    def user(self, object_id: str) -> bytes | None:
        """The JSON of one user; None where there is none."""
        start = f'{{"id":"{object_id}",'.encode()
        for page in self.users.values():
            if (found := page.find(start)) >= 0:
                return page[found : page.index(b"}", found) + 1]
        return None


def rendered(sizes: Sizes, graph: str) -> DirectoryPages:
    """All pages of a tenant whose Graph is at the origin `graph`."""
    chance = random.Random(_SEED)
    every = sizes.users // sizes.changes if sizes.changes else 0
    changing: list[tuple[str, ...]] = []
    ids: list[str] = []

    def objects() -> Iterator[str]:
        for number, person in enumerate(people(sizes.users, chance)):
            if every and number % every == 0 and len(changing) < sizes.changes:
                changing.append(person)
            if sizes.groups:
                ids.append(person[0])
            yield user_object(person)

    select = ",".join(USER_COLUMNS)
    options = f"?$select={select}&$top={PAGE}&$count=true&$skiptoken="
    users = _Chain(f"{graph}/v1.0", "users", USER_COLUMNS, options, chance)
    pages = dict(users.pages(_slices(objects(), PAGE), count=sizes.users))
    groups = list(_group_rows(sizes, ids, chance))
    return DirectoryPages(
        pages,
        _users_delta(changing, f"{graph}/v1.0", chance),
        _groups_delta(groups, f"{graph}/v1.0", chance),
        first_user=_first_object(pages[""]),
        first_group=groups[0].split(',"members@delta"')[0].removesuffix("}") + "}" if groups else "",
    )


class _Chain:
    """Pages that lead to each other.

    Args:
        root: Where Graph is, with its version.
        path: What is read.
        columns: What is told of each object.
        options: Of a next link, up to the token.
        chance: Makes the tokens.
    """

    def __init__(self, root: str, path: str, columns: Sequence[str], options: str, chance: random.Random) -> None:
        of = f"{path.removesuffix('/delta')}({','.join(columns)})"
        self._context = f'"@odata.context":"{root}/$metadata#{of}"'
        self._link = f"{root}/{path}{options}"
        self._chance = chance

    def pages(
        self, slices: Iterable[Iterable[str]], *, token: str = "", count: int | None = None, delta_link: str = ""
    ) -> Iterator[tuple[str, bytes]]:
        """The pages with their tokens.

        Args:
            slices: The objects of each page, at least of one.
            token: Of the first page.
            count: What the first page tells as the number of all.
            delta_link: Where the last page leads, if anywhere.
        """
        counted = "" if count is None else f',"@odata.count":{count}'
        waiting: str | None = None
        for rows in slices:
            if waiting is not None:
                following = _opaque(self._chance)
                yield token, self._page(counted, f',"@odata.nextLink":"{self._link}{following}"', waiting)
                token, counted = following, ""
            waiting = ",".join(rows)
        yield token, self._page(counted, f',"@odata.deltaLink":"{delta_link}"' if delta_link else "", waiting or "")

    def _page(self, counted: str, link: str, rows: str) -> bytes:
        return f'{{{self._context}{counted}{link},"value":[{rows}]}}'.encode()


def _users_delta(changing: list[tuple[str, ...]], root: str, chance: random.Random) -> dict[str, bytes]:
    chain = _Chain(root, "users/delta", USER_COLUMNS, "?$skiptoken=", chance)
    begun, odd, even = (_opaque(chance) for _ in range(3))
    link = f"{root}/users/delta?$deltatoken="
    pages = dict(chain.pages([[]], token="latest", delta_link=link + begun))
    pages.update(chain.pages([[]], token=begun, delta_link=link + odd))
    for token, title, following in ((odd, "Coordinator", even), (even, "Adviser", odd)):
        rows = (changed_user_object(person, title) for person in changing)
        pages.update(chain.pages(_slices(rows, DELTA_PAGE), token=token, delta_link=link + following))
    return pages


def _groups_delta(rows: list[str], root: str, chance: random.Random) -> dict[str, bytes]:
    chain = _Chain(root, "groups/delta", (*GROUP_COLUMNS, "members"), "?$skiptoken=", chance)
    later = _opaque(chance)
    link = f"{root}/groups/delta?$deltatoken={later}"
    return dict(chain.pages(_group_pages(rows), delta_link=link)) | dict(
        chain.pages([[]], token=later, delta_link=link)
    )


def _group_pages(rows: Iterable[str]) -> Iterator[list[str]]:
    page: list[str] = []
    members = 0
    for row in rows:
        if len(page) >= GROUPS_ON_A_PAGE or members >= MEMBERS_ON_A_PAGE:
            yield page
            page, members = [], 0
        page.append(row)
        members += row.count("@odata.type")
    yield page


def _group_rows(sizes: Sizes, ids: list[str], chance: random.Random) -> Iterator[str]:
    """Each group with its first members, then the big ones again with those that are left."""
    heads = [_group_head(number, chance) for number in range(sizes.groups)]
    members = [
        [f'{{"@odata.type":"#microsoft.graph.user","id":{member}}}' for member in chance.sample(ids, size)]
        for size in _group_sizes(sizes, chance)
    ]
    longest = max(map(len, members), default=0)
    for start in range(0, max(1, longest), MEMBERS_AT_A_TIME):
        for head, all_of_it in zip(heads, members, strict=True):
            told = all_of_it[start : start + MEMBERS_AT_A_TIME]
            if told or not start:
                yield f'{head},"members@delta":[{",".join(told)}]}}' if told else f"{head}}}"


def _group_head(number: int, chance: random.Random) -> str:
    unified = number % 4 == 1
    values = {
        "id": guid(chance),
        "displayName": f"Team {number:05}",
        "description": None if number % 5 == 2 else f"Everybody who works on matter {number:05}.",
        "mail": f"team{number:05}@{DOMAIN}" if unified else None,
        "mailEnabled": unified,
        "securityEnabled": not unified,
        "groupTypes": ["Unified"] if unified else [],
        "visibility": "Private" if unified else None,
        "createdDateTime": f"{2016 + number % 9}-0{1 + number % 9}-1{number % 10}T09:00:00Z",
    }
    assert tuple(values) == GROUP_COLUMNS
    told = {name: value for name, value in values.items() if value not in (None, [])}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).removesuffix("}")


def _group_sizes(sizes: Sizes, chance: random.Random) -> list[int]:
    """How many members each group has: `memberships` in all, small and large ones in turn."""
    if not sizes.groups:
        return []
    if sizes.memberships > sizes.groups * sizes.users:
        raise SystemExit("There are more memberships than so many groups and users can have.")
    usual, more = divmod(sizes.memberships, sizes.groups)
    result = [usual + (number < more) for number in range(sizes.groups)]
    for small in range(0, sizes.groups - 1, 2):
        moved = chance.randint(0, min(result[small], sizes.users - result[small + 1]))
        result[small] -= moved
        result[small + 1] += moved
    return result


def _slices(rows: Iterable[str], size: int) -> Iterator[list[str]]:
    """The rows in lists of `size`; one empty list of none."""
    rows = iter(rows)
    page = list(islice(rows, size))
    yield page
    while page := list(islice(rows, size)):
        yield page


def _first_object(page: bytes) -> str:
    text = page[:2_000].decode("utf-8", "ignore")
    start = text.index('"value":[') + len('"value":[')
    return text[start : text.index("}", start) + 1] if text[start] == "{" else ""


def _opaque(chance: random.Random) -> str:
    """A token as long as Graph's."""
    return base64.urlsafe_b64encode(chance.randbytes(96)).decode()
