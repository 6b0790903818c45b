"""The error catalogue: from an error to a finding that says what to do.

The entries are data, in `catalogue.toml`; how to add one is told at its top. The first entry that matches wins,
so the specific ones stand before the general ones, and the last two match everything: one what passes, one the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from entra_tui.graph.errors import (
    Refused,
    RequestFailed,
    Unreachable,
    Unreadable,
    UnsafeDestination,
    WrongOrganization,
    WrongToken,
)
from entra_tui.graph.transient import passes
from entra_tui.model.finding import Evidence, Finding
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from entra_tui.model.environment import Environment

_NO_EVIDENCE: Final = Evidence()
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Sighting:
    """What an entry is held against.

    Attributes:
        code: `AADSTS...`, a Graph code, or one of ours.
        status: HTTP status; None when there was no answer.
        error: OAuth's `error` member; empty otherwise.
        message: The service's own words.
        evidence: Ids and times.
        values: What the entry's texts may name besides the connector's own values.
        transient: Whether the error passes, as the one who met it knows; None is what `graph.transient` says of code,
            status and error.
    """

    code: str
    status: int | None = None
    error: str = ""
    message: str = ""
    evidence: Evidence = _NO_EVIDENCE
    values: Mapping[str, str] | None = None
    transient: bool | None = None

    @property
    def passes(self) -> bool:
        """Whether the error passes by waiting."""
        return passes(self.code, self.status, self.error) if self.transient is None else self.transient


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule of the catalogue, as it stands in the file.

    Attributes:
        codes: Codes that it explains, compared without regard to case; empty means any.
        statuses: HTTP statuses, as `503` or `5xx`; empty means any.
        errors: OAuth `error` members; empty means any.
        contains: Texts in lower case, one of which stands in the service's message; empty means any.
        title: What was seen, in a few words.
        cause: The likely cause.
        remedy: What to do, step by step.
        who: Which role can do it.
        link: Name of a page in `[links]`, or empty.
        transient: Whether it explains what passes and is tried again; it never matches anything else.
        spreading: Whether a person's change may still be spreading.
    """

    codes: frozenset[str]
    statuses: frozenset[str]
    errors: frozenset[str]
    contains: tuple[str, ...]
    title: str
    cause: str
    remedy: tuple[str, ...]
    who: str
    link: str
    transient: bool
    spreading: bool

    @property
    def may_pass(self) -> bool:
        """Whether waiting can help."""
        return self.transient or self.spreading

    def matches(self, sighting: Sighting) -> bool:
        """Whether this entry explains `sighting`."""
        status = str(sighting.status or "")
        return (
            self.transient is sighting.passes
            and (not self.codes or sighting.code.lower() in self.codes)
            and (not self.statuses or bool(self.statuses & {status, f"{status[:1]}xx"}))
            and (not self.errors or sighting.error in self.errors)
            and (not self.contains or any(text in sighting.message.lower() for text in self.contains))
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose error it is: the values that texts and links may name.

    Attributes:
        environment: The environment in use.
        tenant_id: Tenant ID (or the domain name) in use, or empty.
        client_id: Client ID in use, or empty.
    """

    environment: Environment
    tenant_id: str = ""
    client_id: str = ""

    def values(self) -> dict[str, str]:
        """By the names that texts use."""
        return {
            "environment": self.environment.shown_label,
            "login_host": self.environment.login_host,
            "graph_host": self.environment.graph_host,
            "portal": self.environment.portal,
            "admin_center": self.environment.admin_center,
            "tenant_id": harmless(self.tenant_id, limit=100),
            "client_id": harmless(self.client_id, limit=100),
        }


class Catalogue:
    """All entries, in order."""

    def __init__(self, entries: Iterable[Entry], links: Mapping[str, str], roles: Mapping[str, str]) -> None:
        self.entries = tuple(entries)
        self._links = dict(links)
        self._roles = dict(roles)

    def find(self, sighting: Sighting) -> Entry:
        """The first entry that matches; one of the last two always does."""
        return next(entry for entry in self.entries if entry.matches(sighting))

    def explain(self, sighting: Sighting, subject: Subject) -> Finding:
        """The finding for what was seen."""
        entry = self.find(sighting)
        values = {
            **subject.values(),
            "code": sighting.code,
            "status": str(sighting.status or ""),
            "message": sighting.message,
            **(sighting.values or {}),
        }
        return Finding(
            code=sighting.code,
            title=_fill(entry.title, values),
            cause=_fill(entry.cause, values),
            remedy=tuple(_fill(step, values) for step in entry.remedy),
            who=self._roles.get(entry.who, entry.who),
            link=_fill(self._links[entry.link], values) if entry.link else None,
            evidence=sighting.evidence,
            message=sighting.message,
            may_pass=entry.may_pass,
        )

    def explain_error(self, error: RequestFailed, subject: Subject, clean: Callable[[str], str]) -> Finding:
        """The finding for a request that failed.

        Args:
            error: What failed.
            subject: Whose error it is.
            clean: Masks the secrets that somebody's answer may quote.
        """
        seen = sighting_of(error)
        values = {name: clean(value) for name, value in (seen.values or {}).items()}
        return self.explain(replace(seen, message=clean(seen.message), values=values), subject)

    def page(self, name: str, subject: Subject) -> str:
        """Address of the portal page `name`, for this subject's cloud."""
        return _fill(self._links[name], subject.values())


def sighting_of(error: RequestFailed) -> Sighting:
    """What a failed request shows, in the catalogue's terms."""
    values = {"host": error.host}
    match error:
        case Refused():
            return Sighting(
                error.code, error.status, error.error, error.message, error.evidence, values, error.transient
            )
        case Unreachable():
            return Sighting(
                error.fault.value,
                message=error.detail,
                values=values | {"detail": error.detail},
                transient=error.transient,
            )
        case Unreadable():
            return Sighting(
                error.fault.value,
                error.evidence.http_status,
                evidence=error.evidence,
                message=error.detail,
                values=values | {"detail": error.detail},
            )
        case UnsafeDestination() | WrongOrganization() | WrongToken():
            code, found = _mistaken(error)
            return Sighting(code, values=values | found)
        case _:
            return Sighting("unknown", message=str(error), evidence=error.evidence, values=values)


def _mistaken(error: UnsafeDestination | WrongOrganization | WrongToken) -> tuple[str, dict[str, str]]:
    """The code for an answer from the wrong place, and what the texts may name."""
    match error:
        case UnsafeDestination():
            return "unsafe-destination", {"expected": error.expected}
        case WrongOrganization():
            return "organization-mismatch", {"organization_id": error.found}
        case WrongToken():
            whose = "tenant" if error.claim == "tid" else "app"
            return f"token-of-another-{whose}", {f"token_{whose}": error.found}


def _fill(text: str, values: Mapping[str, str]) -> str:
    # In one pass: a value that itself holds {braces} stays as it is.
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


@cache
def load_catalogue() -> Catalogue:
    """The catalogue of this package."""
    import tomllib  # noqa: PLC0415 - only what went wrong is explained
    from importlib.resources import files  # noqa: PLC0415 - the same

    document = tomllib.loads(files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8"))
    return Catalogue([_entry(raw) for raw in document["entry"]], document["links"], document["roles"])


def _entry(raw: Mapping[str, Any]) -> Entry:
    return Entry(
        codes=frozenset(code.lower() for code in raw.get("codes", ())),
        statuses=frozenset(raw.get("statuses", ())),
        errors=frozenset(raw.get("errors", ())),
        contains=tuple(text.lower() for text in raw.get("contains", ())),
        title=raw["title"],
        cause=raw["cause"],
        remedy=tuple(raw["remedy"]),
        who=raw.get("who", ""),
        link=raw.get("link", ""),
        transient=raw.get("transient", False),
        spreading=raw.get("may_pass", False),
    )
