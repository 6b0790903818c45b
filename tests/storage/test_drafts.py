from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entra_tui.model.secret import Secret
from entra_tui.storage.drafts import DraftFile
from entra_tui.storage.errors import DamagedError, FolderError, NewerVersionError, SecretRefusedError

if TYPE_CHECKING:
    from entra_tui.storage.folders import Folders

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(), _JSON, max_size=4))
def test_a_draft_comes_back(folders: Folders, draft: dict[str, object]) -> None:
    file = DraftFile(folders)
    file.write(draft)
    assert file.read() == draft
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_no_draft_is_none_and_clearing_is_final(folders: Folders) -> None:
    file = DraftFile(folders)
    assert file.read() is None
    file.clear()
    file.write({"step": 4})
    file.clear()
    assert file.read() is None


@pytest.mark.parametrize(
    "draft",
    [
        {"secret": Secret("planted")},
        {"deep": [{"er": (Secret("planted"),)}]},
        {"set": frozenset({Secret("planted")})},
        {Secret("planted"): 1},
    ],
)
def test_a_secret_is_refused_wherever_it_hides(folders: Folders, draft: dict[str, object]) -> None:
    file = DraftFile(folders)
    file.write({"step": 4})
    with pytest.raises(SecretRefusedError):
        file.write(draft)
    assert file.read() == {"step": 4}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[]", b"{}", b'{"version": 1}', b'{"version": 1, "draft": 3}', b"[" * 100_000]
)
def test_a_damaged_draft_is_kept_aside_and_told_once(folders: Folders, content: bytes) -> None:
    file = DraftFile(folders)
    file.path.write_bytes(content)
    with pytest.raises(DamagedError, match="begin again at step 1"):
        file.read()
    assert file.read() is None
    assert file.path.with_name("onboarding.json.damaged").read_bytes() == content


def test_a_newer_releases_draft_stays(folders: Folders) -> None:
    file = DraftFile(folders)
    file.path.write_text(json.dumps({"version": 2}))
    with pytest.raises(NewerVersionError):
        file.read()
    assert file.path.exists()


def test_a_draft_that_cannot_be_removed_is_told(folders: Folders) -> None:
    file = DraftFile(folders)
    file.path.mkdir()
    with pytest.raises(FolderError, match="remove it yourself"):
        file.clear()
