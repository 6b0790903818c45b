"""The columns that a list of users may hold, and how Graph is asked for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ABSENT: Final = object()
"""What `UserColumn.value` gives where an object says nothing about the column; null is None, which says "not set"."""

USER_COLUMNS: Final[tuple[str, ...]] = (
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "givenName",
    "surname",
    "jobTitle",
    "department",
    "companyName",
    "employeeId",
    "accountEnabled",
    "userType",
    "createdDateTime",
)
"""Properties of the Graph resource `user` that ASCERA reads, in the order of the list's columns; `id` is first."""

NEEDED_USER_COLUMNS: Final = ("id", "userPrincipalName", "displayName")
"""Columns that every list of users has, whatever is chosen: it is sorted by name, and searched by name and address."""

FURTHER_USER_COLUMNS: Final[tuple[str, ...]] = (
    "ageGroup",
    "city",
    "consentProvidedForMinor",
    "country",
    "creationType",
    "employeeHireDate",
    "employeeType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesImmutableId",
    "onPremisesLastSyncDateTime",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "passwordPolicies",
    "postalCode",
    "preferredDataLocation",
    "preferredLanguage",
    "securityIdentifier",
    "showInAddressList",
    "signInSessionsValidFromDateTime",
    "state",
    "streetAddress",
    "usageLocation",
)
"""Properties of `user` that may be chosen besides; each is one value, and needs no permission of its own."""

LIST_USER_COLUMNS: Final[tuple[str, ...]] = ("businessPhones", "imAddresses", "otherMails", "proxyAddresses")
"""Properties that hold several texts; the column joins them."""

EXTENSION_ATTRIBUTES: Final[tuple[str, ...]] = tuple(f"extensionAttribute{number}" for number in range(1, 16))
"""The custom attributes of Exchange and on-premises AD, which Graph keeps in one complex property."""

MANAGER: Final = "manager"
"""The column that holds the object id of a user's manager."""

DIRECTORY_EXTENSION: Final = re.compile(r"extension_[0-9a-f]{32}_[A-Za-z0-9_]+")
"""Shape of a directory extension's name, with the app ID of its owner."""

CHOOSABLE: Final = (
    f"{', '.join((*USER_COLUMNS, *FURTHER_USER_COLUMNS, *LIST_USER_COLUMNS, MANAGER))}, "
    f"{EXTENSION_ATTRIBUTES[0]} to {EXTENSION_ATTRIBUTES[-1]}, or extension_<app ID>_<name>"
)
"""What may be chosen, as a text."""

_EXTENSION_PROPERTY: Final = "onPremisesExtensionAttributes"
_ALIKE: Final = 0.75


@dataclass(frozen=True, slots=True)
class UserColumn:
    """One column of a list of users.

    Attributes:
        name: The column's name.
        prop: The property of Graph's `user` that it comes from.
        expand: What `$expand` names where a full read takes a relationship with it; a delta selects it by `prop`.
        read: Takes the value from a user that Graph gave, as it is in the JSON, or `ABSENT`; None where that is one
            value under the column's own name.
    """

    name: str
    prop: str
    expand: str | None = None
    read: Callable[[Mapping[str, object]], object] | None = None


def user_column(name: str) -> UserColumn:
    """The column of that name; one that is not known is a property of that name with one value."""
    if DIRECTORY_EXTENSION.fullmatch(name):
        return UserColumn(name, name, read=_under(name))
    return _DERIVED.get(name) or UserColumn(name, name)


def is_user_column(name: str) -> bool:
    """Whether a list of users may hold a column of that name."""
    return name in _NAMES or DIRECTORY_EXTENSION.fullmatch(name) is not None


def nearest_user_column(name: str) -> str | None:
    """The column that was probably meant by a name that is none: the wrong case, a separator, a slip."""
    if (extension := re.fullmatch(r"extension_([0-9a-f-]{32,36})_(\w+)", name, re.ASCII | re.IGNORECASE)) is not None:
        corrected = f"extension_{extension[1].replace('-', '').lower()}_{extension[2]}"
        return corrected if is_user_column(corrected) else None
    if _plainly(name) == _plainly(_EXTENSION_PROPERTY):
        return EXTENSION_ATTRIBUTES[0]
    import difflib  # noqa: PLC0415 - needed after a slip alone

    known = {_plainly(column): column for column in _NAMES}
    found = difflib.get_close_matches(_plainly(name), known, n=1, cutoff=_ALIKE)
    return known[found[0]] if found else None


def select_of(columns: Iterable[str], *, of_delta: bool = False) -> str:
    """The `$select` that brings these columns, for a full read or for a delta query, which takes no `$expand`."""
    chosen = (user_column(name) for name in columns)
    return ",".join(dict.fromkeys(column.prop for column in chosen if of_delta or column.expand is None))


def expand_of(columns: Iterable[str]) -> str | None:
    """The `$expand` that a full read of these columns takes besides; None where it takes none."""
    chosen = (user_column(name).expand for name in columns)
    return ",".join(dict.fromkeys(expand for expand in chosen if expand is not None)) or None


def _plainly(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _under(key: str) -> Callable[[Mapping[str, object]], object]:
    return lambda user: user.get(key, ABSENT)


def _extension_attribute(name: str) -> Callable[[Mapping[str, object]], object]:
    def read(user: Mapping[str, object]) -> object:
        attributes = user.get(_EXTENSION_PROPERTY, ABSENT)
        # A change may tell some of the attributes only.
        if isinstance(attributes, dict):
            return attributes.get(name, ABSENT)
        return ABSENT if attributes is ABSENT else None

    return read


def _manager(user: Mapping[str, object]) -> object:
    """The manager's id from an expanded `manager`, or from the changes that `manager@delta` tells."""
    told = user.get(f"{MANAGER}@delta")
    if isinstance(told, list) and told:
        # A new manager comes beside the removed one, in any order.
        present = [change.get("id") for change in told if isinstance(change, dict) and "@removed" not in change]
        return present[-1] if present else None
    manager = user.get(MANAGER, ABSENT)
    if isinstance(manager, dict):
        return manager.get("id")
    return ABSENT if manager is ABSENT else None


_DERIVED: Final[dict[str, UserColumn]] = {
    **{name: UserColumn(name, name, read=_under(name)) for name in LIST_USER_COLUMNS},
    **{name: UserColumn(name, _EXTENSION_PROPERTY, read=_extension_attribute(name)) for name in EXTENSION_ATTRIBUTES},
    MANAGER: UserColumn(MANAGER, MANAGER, expand=f"{MANAGER}($select=id)", read=_manager),
}
_NAMES: Final = (*USER_COLUMNS, *FURTHER_USER_COLUMNS, *_DERIVED)
