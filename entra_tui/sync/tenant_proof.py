"""Whether Graph reads from the connector's own tenant: asked once a run, before a row of any list is written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from entra_tui.graph.errors import Refused, Unreachable, Unreadable, WrongOrganization
from entra_tui.model.fields import parse_guid

if TYPE_CHECKING:
    from entra_tui.graph.directory import Directory


class TenantProof:
    """Compares `GET /organization` with the tenant ID; `tid` and `appid` of each token are compared where it comes.

    Args:
        directory: Where to ask.
        tenant_id: Whose rows the lists are to hold; a domain name is compared with nothing.
    """

    def __init__(self, directory: Directory, tenant_id: str) -> None:
        self._directory = directory
        self._tenant_id = parse_guid(tenant_id)
        self._asked: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Ask, while the first page is asked for."""
        self._asked = asyncio.create_task(self._ask())

    async def confirm(self) -> None:
        """Come back when the tenant is known to be the right one, or cannot be known.

        Raises:
            WrongOrganization: It is another one.
            RequestFailed: There is no token.
        """
        if self._asked is None:
            self.begin()
        assert self._asked is not None  # noqa: S101 - begun just now
        await asyncio.shield(self._asked)

    async def aclose(self) -> None:
        """Wait for an answer no longer."""
        if self._asked is not None:
            self._asked.cancel()
            await asyncio.gather(self._asked, return_exceptions=True)

    async def _ask(self) -> None:
        try:
            organization = await self._directory.organization()
        except Refused as refusal:
            # Whoever may read users need not be allowed to read this; the token was compared already.
            if refusal.is_sign_in:
                raise
            return
        except (Unreadable, Unreachable):
            # What keeps this from being answered keeps the pages too, or is of no concern.
            return
        if organization.id and self._tenant_id and organization.id != self._tenant_id:
            raise WrongOrganization(host=self._directory.host, found=organization.id, expected=self._tenant_id)
