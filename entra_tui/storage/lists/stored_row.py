"""The stored form of an entry: one form only, so that what is equal has equal bytes, and a digest over it."""

from __future__ import annotations

import json
from operator import attrgetter
from struct import unpack
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from xxhash import xxh3_64_digest

from entra_tui.model.entry import Entry, Scalar
from entra_tui.model.list_row import ListRow, list_row_type
from entra_tui.model.text import search_key, search_keys
from entra_tui.storage.lists.stored_values import StrangeValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from entra_tui.model.user_row import UserRow

DISABLED: Final = 1
GUEST: Final = 2

StoredRow = tuple[str, int, str, int, str]
"""Id, digest, text to sort by and to search in, flags, JSON of the values: what the columns of `rows_N` hold."""

Made = TypeVar("Made")

_UP_TO_ID: Final = b'{"id":"'
_ID_MEMBER: Final = len(_UP_TO_ID) + len('",')
_id_of = attrgetter("id")
_encode_row = msgspec.json.Encoder().encode
_encode_values = msgspec.json.Encoder(order="sorted").encode
_decode_object = msgspec.json.Decoder(dict[str, object]).decode
_escape = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def stored_row(entry: Entry) -> StoredRow:
    """An entry in its stored form. None and an absent property are one thing in a list."""
    body = body_of(entry.values)
    text, flags = sought_by(entry.values)
    return entry.id, digest_of(entry.id.encode(), body), search_key(text), flags, body.decode()


def body_of(values: Mapping[str, Scalar]) -> bytes:
    """The values of an entry as they are stored."""
    if None in values.values():
        values = {name: value for name, value in values.items() if value is not None}
    return encode(values)


def sought_by(values: Mapping[str, Scalar]) -> tuple[str, int]:
    """The text that an entry is sorted by and searched in, still to be folded, and the flags that it is filtered by."""
    get = values.get
    text = f"{get('displayName') or ''}\n{_addresses(get('userPrincipalName'), get('mail'))}"
    return text, (get("accountEnabled") is False) * DISABLED | (get("userType") == "Guest") * GUEST


def stored_rows(users: Sequence[UserRow]) -> list[StoredRow]:
    """A page of users in stored form, as `stored_row` makes it of one; of an id that comes twice the last counts."""
    ids = [*map(_id_of, users)]
    if len(set(ids)) != len(ids):
        last = {user.id: user for user in users}
        users, ids = [*last.values()], [*last]
    if users and not "".join(ids).replace("-", "").encode().isalnum():
        # Where JSON escapes an id, its member cannot be cut off by length.
        return [stored_row(Entry(user.id, _values(user))) for user in users]
    whole_rows = [*map(_encode_row, users)]
    digests = b"".join(map(xxh3_64_digest, whole_rows))
    bodies = [
        # A row's id is a column of its own.
        "{" + (whole[_ID_MEMBER + len(entry_id) :].decode() or "}")
        for entry_id, whole in zip(ids, whole_rows, strict=True)
    ]
    names = search_keys([f"{user.displayName or ''}" for user in users])
    addresses = search_keys([_addresses(user.userPrincipalName, user.mail) for user in users])
    searches = [f"{name}\n{address}" for name, address in zip(names, addresses, strict=True)]
    flags = [(user.accountEnabled is False) * DISABLED | (user.userType == "Guest") * GUEST for user in users]
    return [*zip(ids, unpack(f">{len(ids)}q", digests), searches, flags, bodies, strict=True)]


def _addresses(user_principal_name: Scalar, mail: Scalar) -> str:
    # Most people have one for both, which is found as well when it is there once.
    return f"{user_principal_name or ''}\n{mail or ''}" if mail != user_principal_name else f"{mail or ''}\n"


def digest_of(entry_id: bytes, body: bytes) -> int:
    """By what a row that changed is told from one that did not, and one that is damaged from one as it was put in.

    It is over the row as it is encoded with its id, as long as that needs no escapes.
    """
    return int.from_bytes(xxh3_64_digest(_whole_row(entry_id, body)), "big", signed=True)


def decode_sound(rows: Sequence[tuple[object, object, object]], made: Callable[[str, bytes], Made]) -> list[Made]:
    """What `made` makes of the id and the JSON of some stored rows; a digest is third in each.

    Raises:
        StrangeValueError: One is not as it was put in.
    """
    ids = [entry_id for entry_id, _, _ in rows if isinstance(entry_id, str)]
    bodies = [body for _, body, _ in rows if isinstance(body, bytes)]
    if not len(ids) == len(bodies) == len(rows):
        raise StrangeValueError("an entry is not text")
    digests = b"".join(map(xxh3_64_digest, map(_whole_row, map(str.encode, ids), bodies)))
    if unpack(f">{len(rows)}q", digests) != tuple([digest for _, _, digest in rows]):
        raise StrangeValueError("an entry has another digest")
    return [*map(made, ids, bodies)]


def _whole_row(entry_id: bytes, body: bytes) -> bytes:
    return b'{"id":"%b"}' % entry_id if body == b"{}" else b'{"id":"%b",%b' % (entry_id, body[1:])


def encode(values: Mapping[str, Scalar]) -> bytes:
    """Values as JSON."""
    try:
        return _encode_values(values)
    except UnicodeEncodeError:
        # ASCII escapes keep what SQLite cannot store, such as half a surrogate pair, as it came.
        return _escape(values).encode()


def decode(entry_id: str, body: bytes) -> Entry:
    """An entry from its stored form.

    Raises:
        StrangeValueError: It is no object of JSON.
    """
    try:
        return Entry(entry_id, _decode_object(body))  # type: ignore[arg-type]
    except msgspec.ValidationError as error:
        raise StrangeValueError("an entry is not an object of JSON") from error
    except (msgspec.DecodeError, RecursionError):
        # The quick one does not know half a surrogate pair.
        try:
            values = json.loads(body.decode())
        except (ValueError, RecursionError) as error:
            raise StrangeValueError("an entry is not JSON") from error
    if not isinstance(values, dict):
        raise StrangeValueError("an entry is not an object of JSON")
    return Entry(entry_id, values)


def row_decoder(columns: Sequence[str]) -> Callable[[str, bytes], Entry | ListRow]:
    """What decodes into rows with these columns, `id` first, and as `decode` where such a row cannot hold the values.

    A row takes a third of the time of an entry whose columns are picked.
    """
    try:
        quick = msgspec.json.Decoder(list_row_type(tuple(columns[1:]))).decode
    except ValueError:
        return decode

    def made(entry_id: str, body: bytes) -> Entry | ListRow:
        try:
            row = quick(body)
        except (msgspec.DecodeError, RecursionError):
            return decode(entry_id, body)
        row.id = entry_id
        return row

    return made


def _values(user: UserRow) -> dict[str, Scalar]:
    values = msgspec.structs.asdict(user)
    del values["id"]
    return values
