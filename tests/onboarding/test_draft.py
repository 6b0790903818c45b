"""A draft survives its file, and a damaged one is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.model.connector import SecretStore
from entra_tui.model.permission import Feature
from entra_tui.model.secret import Secret
from entra_tui.onboarding import Draft, Onboarding, Standing, Step
from entra_tui.storage.drafts import DraftFile
from entra_tui.storage.errors import SecretRefusedError
from entra_tui.storage.folders import Folders

if TYPE_CHECKING:
    from pathlib import Path

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
DRAFTS = st.builds(
    Draft,
    step=st.sampled_from(Step),
    tenant=TEXT,
    tenant_id=TEXT,
    environment=TEXT,
    client_id=TEXT,
    secret_expires=st.none() | st.dates(),
    features=st.frozensets(st.sampled_from(Feature)),
    least_privilege=st.booleans(),
    name=TEXT,
    secret_store=st.sampled_from(SecretStore),
    saved=st.booleans(),
    standings=st.dictionaries(st.sampled_from(Step), st.sampled_from(Standing)),
    proofs=st.dictionaries(st.sampled_from(Step), TEXT),
)


@given(DRAFTS)
def test_a_draft_comes_back_from_its_file_as_it_was(draft: Draft) -> None:
    assert Draft.from_mapping(json.loads(json.dumps(draft.to_mapping()))) == draft


@given(DRAFTS)
def test_any_draft_can_be_gone_on_with(draft: Draft) -> None:
    onboarding = Onboarding(draft)
    assert onboarding.draft.step is (Step.SECRET if onboarding.returns_to else draft.step)
    onboarding.back()
    assert onboarding.draft.tenant == draft.tenant


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(DRAFTS, st.sampled_from(sorted(Draft().to_mapping())), _JSON)
def test_a_damaged_value_is_refused_or_read_but_never_breaks_anything(draft: Draft, key: str, value: object) -> None:
    raw = draft.to_mapping() | {key: value}
    try:
        read = Draft.from_mapping(raw)
    except ValueError:
        return
    assert isinstance(read, Draft)
    json.dumps(read.to_mapping())


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("version", 2, "version 2"),
        ("version", None, "version None"),
        ("step", "somewhere", "somewhere"),
        ("tenant", 7, "tenant is no text"),
        ("features", "users", "features is no list"),
        ("features", ["mailboxes"], "mailboxes"),
        ("secret_expires", "soon", "isoformat"),
        ("secret_store", "plain", "plain"),
        ("standings", [], "standings is no table"),
        ("standings", {"tenant": "well"}, "well"),
        ("proofs", "all", "proofs is no table"),
    ],
)
def test_what_makes_no_sense_is_named(key: str, value: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Draft.from_mapping(Draft().to_mapping() | {key: value})


def test_a_draft_without_a_version_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="version"):
        Draft.from_mapping({})


def test_the_file_holds_the_draft_and_refuses_a_secret(tmp_path: Path) -> None:
    file = DraftFile(Folders.locate(tmp_path))
    secret = Secret("abc8Q~not-a-real-secret-0123456789abcde")
    onboarding = Onboarding(save=lambda draft: file.write(draft.to_mapping()))
    onboarding.enter_tenant("contoso.com")
    onboarding.enter_secret(secret)
    raw = file.read()
    assert raw is not None
    assert Draft.from_mapping(raw) == onboarding.draft
    assert secret.reveal().encode() not in file.path.read_bytes()
    with pytest.raises(SecretRefusedError):
        file.write(onboarding.draft.to_mapping() | {"secret": secret})
