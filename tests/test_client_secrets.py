"""Client secrets on their way: to no other host, not twice where they were refused, and gone with what needed them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from entra_tui.graph.client import HttpClient
from entra_tui.model.connector import Connector, SecretStore
from entra_tui.model.environment import PUBLIC
from entra_tui.model.secret import Secret
from entra_tui.model.secret_key import SecretKey
from entra_tui.services import Services, open_practice
from entra_tui.simulator.clock import ManualClock
from entra_tui.simulator.cloud import PracticeCloud
from entra_tui.simulator.scenario import find_scenario
from entra_tui.simulator.transport import PracticeTransport
from entra_tui.storage.errors import KeyringError, NameTakenError, StorageError
from entra_tui.storage.folders import Folders
from entra_tui.sync.events import Failed, Finished

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from entra_tui.sync.events import SyncEvent

SERVICE = "entra-tui"
WRONG = Secret("Wr0~Q-mistyped.secret_value-0123456789ab")
LAB = """
[environments.{name}]
label = "Laboratory"
authority = "https://{host}"
graph = "https://graph.lab.example"
"""


class MemoryKeyring(KeyringBackend):
    """A keyring that keeps in memory what it is given, and can be locked."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[str, str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open(service)
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open(service)
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open(service)
        del self.kept[username]

    def _open(self, service: str) -> None:
        assert service == SERVICE
        if self.locked:
            raise RuntimeError("the collection is locked")


@dataclass
class Office:
    """The services with a keyring, over a practice tenant's wire."""

    folder: Path
    ring: MemoryKeyring
    cloud: PracticeCloud
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        clock = self.cloud.clock
        self.services = Services(
            Folders.locate(self.folder),
            lambda: HttpClient(transport=PracticeTransport(self.cloud), clock=clock),
        )
        self.services.unlock(Secret("four words and more"))

    @property
    def secret(self) -> Secret:
        return self.cloud.inputs.secret

    def connector(self, store: SecretStore = SecretStore.KEYRING, *, name: str = "Contoso") -> Connector:
        given = self.cloud.inputs
        return Connector(name, given.tenant, given.client_id, PUBLIC.name, store)

    def add_environment(self, name: str = "lab", host: str = "login.lab.example") -> None:
        """As a person with an editor does."""
        path = self.services.settings.path
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text() if path.exists() else "version = 1\n"
        path.write_text(before + LAB.format(name=name, host=host))

    def edit(self, before: str, after: str) -> None:
        path = self.services.settings.path
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def stored(self) -> set[str]:
        """The names of all secrets that are stored: in the keyring, or in the file."""
        file = self.services.folders.data / "secrets.json"
        in_file = json.loads(file.read_text())["secrets"] if file.exists() else {}
        return {name for name, text in self.ring.kept.items() if text == self.secret.reveal()} | {*in_file}

    def names(self) -> list[str]:
        return [one.name for one in self.services.settings.read().connectors]

    def key(self, environment: str = PUBLIC.name) -> SecretKey:
        one = self.connector()
        return SecretKey.of(self.services.settings.environment(environment), one.tenant_id, one.client_id)

    async def synchronize(self, connector: Connector) -> list[SyncEvent]:
        """As a screen does: with the secret that is known."""
        secret = await self.services.secret_of(connector)
        assert secret is not None
        return [event async for event in self.services.synchronize(connector, secret)]


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    one = MemoryKeyring()
    keyring.set_keyring(one)
    yield one
    keyring.set_keyring(before)


@pytest.fixture
async def office(tmp_path: Path, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    for name in ("ENTRA_TUI_CLIENT_SECRET", "ENTRA_TUI_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    one = Office(tmp_path, ring, PracticeCloud(find_scenario("healthy"), users=20, clock=ManualClock()))
    yield one
    await one.services.aclose()


def reopened(office: Office) -> Office:
    """The program, begun again."""
    return Office(office.folder, office.ring, office.cloud)


KEPT = (SecretStore.KEYRING, SecretStore.FILE)
ALL = (*KEPT, SecretStore.NONE)

# ---------------------------------------------------------------- to its own host alone


@pytest.mark.parametrize("store", ALL)
@pytest.mark.parametrize("again", [False, True])
async def test_a_secret_is_not_given_for_a_changed_environment(
    office: Office, store: SecretStore, *, again: bool
) -> None:
    office.add_environment()
    connector = office.connector(store)
    await office.services.save_connector(connector, office.secret)
    office.edit('environment = "public"', 'environment = "lab"')
    if again:
        office = reopened(office)
    moved = office.services.settings.find_connector("Contoso")
    assert moved.environment == "lab"
    assert await office.services.secret_of(moved) is None
    reason, offered = office.services.why_asked(moved)
    assert bool(reason) == (store is not SecretStore.NONE)
    assert offered is None


@pytest.mark.parametrize("store", KEPT)
async def test_nor_for_a_changed_host_of_the_same_environment(office: Office, store: SecretStore) -> None:
    office.add_environment()
    connector = replace(office.connector(store), environment="lab")
    await office.services.save_connector(connector, office.secret)
    assert await office.services.secret_of(connector) == office.secret
    office.edit("https://login.lab.example", "https://login.lab.example:8443")
    assert await office.services.secret_of(connector) is None
    assert await reopened(office).services.secret_of(connector) is None


@pytest.mark.parametrize("store", ALL)
async def test_a_host_that_changes_while_the_secret_is_at_hand_does_not_get_it(
    office: Office, store: SecretStore
) -> None:
    office.add_environment()
    connector = replace(office.connector(store), environment="lab")
    await office.services.save_connector(connector, office.secret)
    secret = await office.services.secret_of(connector)
    assert secret is not None
    office.edit("https://login.lab.example", "https://login.evil.example")
    for use in (office.services.inputs_of, office.services.synchronize):
        with pytest.raises(StorageError, match=r"signs in at login\.evil\.example by now.*login\.lab\.example"):
            use(connector, secret)
    assert office.services.inputs_of(connector, secret, entered=True).environment.login_host == "login.evil.example"


async def test_a_secret_of_the_first_releases_stays_with_microsoft(office: Office) -> None:
    office.add_environment()
    app = office.key().app
    office.ring.kept[app] = office.secret.reveal()
    lab = replace(office.connector(), environment="lab")
    assert await office.services.secret_of(lab) is None
    assert await office.services.secret_of(office.connector()) == office.secret
    assert office.stored() == {str(office.key())}
    assert await office.services.secret_of(lab) is None


# ---------------------------------------------------------------- gone with what needed them


@pytest.mark.parametrize("store", KEPT)
async def test_a_removal_says_what_it_did(office: Office, store: SecretStore) -> None:
    await office.services.save_connector(office.connector(store), office.secret)
    assert office.services.secret_sharing(office.connector(store)).scope == "'Contoso', its secret and its lookup lists"
    removal = await office.services.remove_connector("contoso")
    assert removal.sentence == "Removed the connector 'Contoso', its secret and its lookup lists."
    assert (removal.left, office.stored(), office.names()) == ((), set(), [])


async def test_where_no_secret_was_stored_none_is_said_to_be_removed(office: Office) -> None:
    await office.services.save_connector(office.connector(SecretStore.NONE), office.secret)
    removal = await office.services.remove_connector("Contoso")
    assert removal.sentence == "Removed the connector 'Contoso' and its lookup lists."


@pytest.mark.parametrize("store", KEPT)
async def test_a_secret_that_another_connector_needs_stays_and_that_is_said(office: Office, store: SecretStore) -> None:
    await office.services.save_connector(office.connector(store), office.secret)
    twin = office.connector(store, name="Fabrikam")
    await office.services.save_connector(twin, office.secret)
    assert office.services.secret_sharing(twin).scope == "'Fabrikam' and its lookup lists"
    removal = await office.services.remove_connector("Fabrikam")
    assert removal.sentence.startswith("Removed the connector 'Fabrikam' and its lookup lists. Its secret stays in ")
    assert removal.sentence.endswith(" for 'Contoso'.")
    assert await reopened(office).services.secret_of(office.connector(store)) == office.secret
    last = await office.services.remove_connector("Contoso")
    assert "its secret and its lookup lists." in last.sentence
    assert office.stored() == set()


@pytest.mark.parametrize(("gone", "stays"), [KEPT, KEPT[::-1]])
async def test_each_store_goes_with_the_last_connector_that_uses_it(
    office: Office, gone: SecretStore, stays: SecretStore
) -> None:
    await office.services.save_connector(office.connector(gone), office.secret)
    await office.services.save_connector(office.connector(stays, name="Fabrikam"), office.secret)
    removal = await office.services.remove_connector("Contoso")
    assert removal.sentence == "Removed the connector 'Contoso', its secret and its lookup lists."
    assert office.stored() == {str(office.key())}
    assert await reopened(office).services.secret_of(office.connector(stays)) == office.secret


async def test_one_host_keeps_its_secret_when_a_connector_for_another_goes(office: Office) -> None:
    office.add_environment()
    lab = replace(office.connector(name="Lab"), environment="lab")
    await office.services.save_connector(office.connector(), office.secret)
    await office.services.save_connector(lab, office.secret)
    assert len(office.stored()) == 2
    removal = await office.services.remove_connector("Lab")
    assert removal.sentence == "Removed the connector 'Lab', its secret and its lookup lists."
    assert office.stored() == {str(office.key())}


@pytest.mark.parametrize("store", KEPT)
async def test_secrets_for_hosts_of_former_days_go_too(office: Office, store: SecretStore) -> None:
    office.add_environment()
    await office.services.save_connector(replace(office.connector(store), environment="lab"), office.secret)
    office.edit("https://login.lab.example", "https://login2.lab.example")
    removal = await office.services.remove_connector("Contoso")
    assert removal.sentence == "Removed the connector 'Contoso', its secret and its lookup lists."
    assert office.stored() == set()


@pytest.mark.parametrize("store", KEPT)
async def test_an_environment_that_is_gone_keeps_no_secret(office: Office, store: SecretStore) -> None:
    office.add_environment()
    await office.services.save_connector(replace(office.connector(store), environment="lab"), office.secret)
    office.edit('environment = "lab"', 'environment = "moon"')
    assert (await office.services.remove_connector("Contoso")).forgotten
    assert office.stored() == set()


async def test_a_secret_left_in_a_store_of_former_days_goes_too(office: Office) -> None:
    office.ring.kept[office.key().app] = office.secret.reveal()
    await office.services.save_connector(office.connector(SecretStore.FILE), office.secret)
    removal = await office.services.remove_connector("Contoso")
    assert removal.forgotten
    assert office.stored() == set()


async def test_a_locked_keyring_keeps_the_connector_with_its_secret(office: Office) -> None:
    await office.services.save_connector(office.connector(), office.secret)
    office.ring.locked = True
    with pytest.raises(KeyringError) as raised:
        await office.services.remove_connector("Contoso")
    assert raised.value.sentence.startswith("'Contoso' was not removed, since its secret cannot be: The system keyring")
    assert "unlock it" in raised.value.sentence
    assert office.names() == ["Contoso"]
    assert len(office.services.lists.overview()) == 1
    office.ring.locked = False
    assert (await office.services.remove_connector("Contoso")).forgotten
    assert (office.stored(), office.names()) == (set(), [])


async def test_where_there_is_no_keyring_any_more_the_connector_goes_and_the_rest_is_told(office: Office) -> None:
    await office.services.save_connector(office.connector(), office.secret)
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    removal = await office.services.remove_connector("Contoso")
    assert removal.sentence == "Removed the connector 'Contoso' and its lookup lists."
    (left,) = removal.left
    assert "may be left in the system keyring" in left
    assert office.key().app in left
    assert office.names() == []


async def test_another_stores_connector_does_not_hang_on_a_locked_keyring(office: Office) -> None:
    await office.services.save_connector(office.connector(SecretStore.FILE), office.secret)
    office.ring.locked = True
    removal = await office.services.remove_connector("Contoso")
    assert removal.forgotten
    assert office.names() == []


@pytest.mark.parametrize(("before", "after"), [(old, new) for old in ALL for new in ALL if old is not new])
@pytest.mark.parametrize("entered", [True, False])
async def test_a_changed_store_leaves_nothing_in_the_old_one(
    office: Office, before: SecretStore, after: SecretStore, *, entered: bool
) -> None:
    await office.services.save_connector(office.connector(before), office.secret)
    changed = office.connector(after)
    await office.services.save_connector(changed, office.secret if entered else None, instead_of="Contoso")
    assert office.stored() == (set() if after is SecretStore.NONE else {str(office.key())})
    assert await office.services.secret_of(changed) == office.secret
    assert (str(office.key()) in office.ring.kept) == (after is SecretStore.KEYRING)


@pytest.mark.parametrize("store", KEPT)
@pytest.mark.parametrize("what", ["client_id", "tenant_id", "environment"])
async def test_a_changed_app_or_host_leaves_no_secret_of_the_old_one(
    office: Office, store: SecretStore, what: str
) -> None:
    office.add_environment()
    old = office.connector(store)
    await office.services.save_connector(old, office.secret)
    other = "33333333-3333-4333-8333-333333333333"
    new = {
        "client_id": replace(old, client_id=other),
        "tenant_id": replace(old, tenant_id=other),
        "environment": replace(old, environment="lab"),
    }[what]
    await office.services.save_connector(new, office.secret, instead_of="Contoso")
    environment = office.services.settings.environment(new.environment)
    assert office.stored() == {str(SecretKey.of(environment, new.tenant_id, new.client_id))}
    assert await reopened(office).services.secret_of(old) is None


@pytest.mark.parametrize("store", KEPT)
async def test_a_change_leaves_what_another_connector_needs(office: Office, store: SecretStore) -> None:
    await office.services.save_connector(office.connector(store), office.secret)
    await office.services.save_connector(office.connector(store, name="Fabrikam"), office.secret)
    changed = office.connector(SecretStore.NONE, name="Fabrikam")
    await office.services.save_connector(changed, office.secret, instead_of="Fabrikam")
    assert office.stored() == {str(office.key())}


async def test_a_keyring_that_keeps_the_old_secret_stops_the_change(office: Office) -> None:
    await office.services.save_connector(office.connector(), office.secret)
    office.ring.locked = True
    changed = office.connector(SecretStore.FILE)
    with pytest.raises(KeyringError, match="Nothing was changed, since the secret cannot be removed from its old"):
        await office.services.save_connector(changed, office.secret, instead_of="Contoso")
    office.ring.locked = False
    assert office.services.settings.find_connector("Contoso").secret_store is SecretStore.KEYRING
    assert str(office.key()) in office.ring.kept
    assert json.loads((office.services.folders.data / "secrets.json").read_text())["secrets"] == {}


async def test_a_connector_that_cannot_be_saved_leaves_no_secret(office: Office) -> None:
    await office.services.save_connector(office.connector(SecretStore.NONE), office.secret)
    with suppress(StorageError):
        await office.services.save_connector(
            replace(office.connector(name="Other"), environment="nowhere"), office.secret
        )
    with pytest.raises(NameTakenError):
        await office.services.save_connector(office.connector(), office.secret)
    office.services.lists.create_list(next(iter(office.connector().features)), "Fabrikam")
    with pytest.raises(NameTakenError):
        await office.services.save_connector(office.connector(name="Fabrikam"), office.secret, instead_of="Contoso")
    assert office.stored() == set()


# ---------------------------------------------------------------- not twice where they were refused


@pytest.mark.parametrize("store", ALL)
async def test_a_refused_secret_is_asked_for_again_with_the_finding(office: Office, store: SecretStore) -> None:
    connector = office.connector(store)
    await office.services.save_connector(connector, WRONG)
    end = (await office.synchronize(connector))[-1]
    assert isinstance(end, Failed)
    assert end.finding.code == "AADSTS7000215"
    assert await office.services.secret_of(connector) is None
    reason, again = office.services.why_asked(connector)
    assert reason.startswith("The client secret is wrong. ")
    assert again == WRONG
    assert WRONG.reveal() not in reason
    office.services.remember_secret(connector, office.secret)
    assert isinstance((await office.synchronize(connector))[-1], Finished)
    assert await office.services.secret_of(connector) == office.secret


async def test_the_variables_secret_is_not_used_again_either(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    connector = office.connector(SecretStore.NONE)
    await office.services.save_connector(connector, None)
    monkeypatch.setenv("ENTRA_TUI_CLIENT_SECRET", WRONG.reveal())
    assert isinstance((await office.synchronize(connector))[-1], Failed)
    assert await office.services.secret_of(connector) is None
    monkeypatch.setenv("ENTRA_TUI_CLIENT_SECRET", office.secret.reveal())
    assert await office.services.secret_of(connector) == office.secret


async def test_a_stored_secret_is_used_where_a_typed_one_was_refused(office: Office) -> None:
    connector = office.connector()
    await office.services.save_connector(connector, office.secret)
    office.services.remember_secret(connector, WRONG)
    assert isinstance((await office.synchronize(connector))[-1], Failed)
    assert await office.services.secret_of(connector) == office.secret


async def test_a_secret_entered_anew_gets_another_chance(office: Office) -> None:
    connector = office.connector(SecretStore.NONE)
    await office.services.save_connector(connector, WRONG)
    await office.synchronize(connector)
    office.services.remember_secret(connector, WRONG)
    assert await office.services.secret_of(connector) == WRONG


async def test_an_expired_secret_is_asked_for_and_not_offered_again(tmp_path: Path, ring: MemoryKeyring) -> None:
    office = Office(tmp_path, ring, PracticeCloud(find_scenario("expired-secret"), users=5, clock=ManualClock()))
    connector = office.connector(SecretStore.NONE)
    await office.services.save_connector(connector, office.secret)
    await office.synchronize(connector)
    assert await office.services.secret_of(connector) is None
    reason, again = office.services.why_asked(connector)
    assert (reason.startswith("The client secret has expired. "), again) == (True, None)
    await office.services.aclose()


async def test_a_demo_has_the_same_rules_and_leaves_the_keyring_alone(tmp_path: Path, ring: MemoryKeyring) -> None:
    ring.locked = True
    cloud = PracticeCloud(find_scenario("healthy"), users=5, clock=ManualClock())
    services = open_practice(Folders.locate(tmp_path), cloud)
    one = Connector("Contoso", cloud.inputs.tenant, cloud.inputs.client_id, cloud.inputs.environment)
    await services.save_connector(one, cloud.inputs.secret)
    removal = await services.remove_connector("Contoso")
    assert (removal.forgotten, removal.left) == (False, ())
    await services.aclose()
