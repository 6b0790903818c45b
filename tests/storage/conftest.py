from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from entra_tui.model.connector import Connector, SecretStore
from entra_tui.storage.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Folders of their own, made."""
    found = Folders.locate(tmp_path / "home")
    found.ensure()
    return found


@pytest.fixture
def connector() -> Connector:
    return Connector(
        name="Contoso",
        tenant_id="11111111-1111-4111-8111-111111111111",
        client_id="22222222-2222-4222-8222-222222222222",
        environment="public",
        secret_store=SecretStore.FILE,
    )
