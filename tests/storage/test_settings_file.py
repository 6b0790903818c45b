from __future__ import annotations

import stat
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entra_tui.model.connector import Connector, SecretStore
from entra_tui.model.environment import BUILT_IN
from entra_tui.model.permission import Feature
from entra_tui.model.user_columns import USER_COLUMNS
from entra_tui.storage.errors import (
    DamagedError,
    LockedError,
    NameTakenError,
    NewerVersionError,
    StorageError,
    UnknownNameError,
)
from entra_tui.storage.private_file import locked
from entra_tui.storage.settings import Preferences, Settings
from entra_tui.storage.settings_file import SettingsFile

if TYPE_CHECKING:
    from entra_tui.storage.folders import Folders

GUID = "11111111-1111-4111-8111-111111111111"


def written(folders: Folders, text: str) -> SettingsFile:
    file = SettingsFile(folders)
    file.path.write_text(text)
    return file


def refusal(folders: Folders, text: str) -> str:
    """The sentence about a file, which must still be there byte for byte after a read and an attempt to write."""
    file = written(folders, text)
    before = file.path.read_bytes()
    with pytest.raises(StorageError) as caught:
        file.read()
    with pytest.raises(StorageError):
        file.add_connector(Connector("New", GUID, GUID, "public"))
    assert file.path.read_bytes() == before
    assert "\n" not in caught.value.sentence
    return caught.value.sentence


def test_without_a_file_there_are_the_built_in_environments(folders: Folders) -> None:
    assert SettingsFile(folders).read() == Settings(BUILT_IN, (), Preferences())


def test_a_connector_comes_back_as_it_was_saved(folders: Folders, connector: Connector) -> None:
    full = replace(
        connector,
        name='Quotes " and \\ and ümlaut.dots [x]',
        secret_store=SecretStore.KEYRING,
        secret_expires=date(2027, 1, 31),
        features=frozenset(Feature),
        least_privilege=True,
    )
    file = SettingsFile(folders)
    file.add_connector(full)
    file.add_connector(connector)
    assert file.read().connectors == (full, connector)
    assert file.find_connector("CONTOSO") == connector
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert tomllib.loads(file.path.read_text())["version"] == 1


def test_a_name_is_taken_whatever_its_case(folders: Folders, connector: Connector) -> None:
    file = SettingsFile(folders)
    file.add_connector(connector)
    with pytest.raises(NameTakenError, match="'Contoso' already"):
        file.add_connector(replace(connector, name="CONTOSO"))
    assert file.read().connectors == (connector,)


def test_a_connector_of_no_environment_is_refused(folders: Folders, connector: Connector) -> None:
    with pytest.raises(UnknownNameError, match="public, usgov"):
        SettingsFile(folders).add_connector(replace(connector, environment="moon"))
    assert not SettingsFile(folders).path.exists()


def test_replacing_may_rename_but_not_onto_another(folders: Folders, connector: Connector) -> None:
    file = SettingsFile(folders)
    first = replace(connector, name="First", secret_expires=date(2027, 1, 1))
    file.add_connector(first)
    file.add_connector(connector)
    with pytest.raises(NameTakenError):
        file.replace_connector("first", replace(first, name="contoso"))
    renamed = replace(first, name="FIRST", secret_expires=None)
    file.replace_connector("first", renamed)
    assert file.read().connectors == (renamed, connector)


def test_removing(folders: Folders, connector: Connector) -> None:
    file = SettingsFile(folders)
    file.add_connector(connector)
    file.add_connector(replace(connector, name="Other"))
    file.remove_connector("contoso")
    assert [each.name for each in file.read().connectors] == ["Other"]
    with pytest.raises(UnknownNameError, match="choose from 'Other'"):
        file.remove_connector("contoso")


def test_preferences_are_set_and_taken_back(folders: Folders) -> None:
    file = SettingsFile(folders)
    file.set_preferences(Preferences("ansi-dark", mouse=False))
    assert file.read().preferences == Preferences("ansi-dark", mouse=False)
    file.set_preferences(Preferences())
    assert file.read().preferences == Preferences()


def test_an_environment_from_the_file(folders: Folders) -> None:
    file = written(
        folders,
        """
        [environments.lab]
        label = "Test laboratory"
        authority = "https://127.0.0.1:8443/"
        graph = "http://[::1]:8444"
        portal = "https://Portal.lab.example:443/"
        """,
    )
    lab = file.environment("lab")
    assert file.read().environments == (*BUILT_IN, lab)
    assert (lab.authority, lab.graph) == ("https://127.0.0.1:8443", "http://[::1]:8444")
    assert lab.admin_center == lab.portal == "https://portal.lab.example"
    assert lab.login_hosts == {"127.0.0.1:8443"}
    assert not lab.built_in
    with pytest.raises(UnknownNameError, match="lab, or add it"):
        file.environment("moon")


@pytest.mark.parametrize(
    "origin",
    [
        "http://login.example.com",
        "http://127.0.0.1.example.com",
        "https://login.example.com/tenant",
        "https://user@login.example.com",
        "https://login.example.com?x=1",
        "https://login.example.com:99999",
        "https://login example.com",
        "ftp://login.example.com",
        "login.example.com",
        "https://",
        "https://[::1",
    ],
)
def test_an_origin_that_could_lead_a_token_astray_is_refused(folders: Folders, origin: str) -> None:
    sentence = refusal(folders, f'[environments.lab]\nauthority = "https://a.example"\ngraph = "{origin}"\n')
    assert "line 3: environments.lab.graph must b" in sentence


@pytest.mark.parametrize(
    "label",
    [
        "Azure Public Cloud",
        "azure PUBLIC cloud",
        "Azure  Public\tCloud",
        "AzurePublicCloud.",
        "Azure\u200bPublic\u00adCloud",
        "\u0410zure Publi\u0441 Cloud",  # Cyrillic
        "\u13aazure Public Cloud",  # Cherokee, a shape that no table names
        "\u00c1zure P\u016bblic Cloud",
        "\uff21\uff5a\uff55\uff52\uff45 Public Cloud",
        "\U0001d400zure Public Cloud",
        "Azure Pub1ic C|0ud",
        "Azure Public Cloucl",
        "Azure Public Cloud" + " " * 60 + "of ours",
        "Azure US Govemment",
        "Azure China (21Vianet)",
        "Azure China \u3164 21 Vianet",
        "public",
        "US-Gov",
        "\u1d04\u029c\u026a\u0274\u1d00",  # small capitals
    ],
)
def test_an_environment_may_not_pass_for_a_built_in_one(folders: Folders, label: str) -> None:
    text = f'[environments.lab]\nlabel = "{label}"\nauthority = "https://a.example"\ngraph = "https://b.example"\n'
    sentence = refusal(folders, text)
    assert "line 2: environments.lab.label would pass for 'Azure " in sentence
    assert "choose another label" in sentence


@pytest.mark.parametrize("name", ["us-gov", "usgovdod", "pub1ic", "chlna", "azure-public-cloud"])
def test_nor_may_its_name(folders: Folders, name: str) -> None:
    text = f'[environments.{name}]\nauthority = "https://a.example"\ngraph = "https://b.example"\n'
    assert f"line 1: environments.{name} looks like" in refusal(folders, text)


@pytest.mark.parametrize(
    "label",
    [
        "Azure US Government Secret",
        "Air-gapped",
        "\u041c\u043e\u0441\u043a\u0432\u0430",
        "\u30c6\u30b9\u30c8\u74b0\u5883",
        "Publico",
        "",
    ],
)
def test_other_labels_are_taken(folders: Folders, label: str) -> None:
    file = written(
        folders,
        f'[environments.lab]\nlabel = "{label}"\nauthority = "https://a.example"\ngraph = "https://b.example"\n',
    )
    assert file.environment("lab").label == (label or "lab")


@pytest.mark.parametrize("name", ["usgov", '"with blank"', "UPPER"])
def test_an_environments_name_follows_the_rules(folders: Folders, name: str) -> None:
    text = f'version = 1\n[environments.{name}]\nauthority = "https://a.example"\ngraph = "https://b.example"\n'
    assert "line 2: environments." in refusal(folders, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version = 1\nname = = 2\n", "line 2, column 8: Invalid value; correct that line."),
        ("version = 1\n[preferences\n", "line 2"),
        ('version = 1\na = """open\n', "line 2: Unterminated string at the end of the file"),
        ("version = 1\nversion = 2\n", "line 2"),
        ("a = " + "[" * 5000, "nested too deeply"),
        ("version = 'one'\n", "line 1: version must be a whole number"),
        ("\nversion = 0\n", "line 2: version must be a number from 1 to 1"),
        ("connectors = 3\n", "line 1: connectors must be tables, each written [[connectors]]"),
        ("environments = 3\n", "line 1: environments must be a table"),
        ("[environments]\nlab = 1\n", "line 2: environments.lab must be a table, written [environments.lab]"),
        ("[environments.lab]\nlabel = 'x'\n", "line 1: environments.lab.authority is missing"),
        ("[preferences]\nmouse = 'no'\n", "line 2: preferences.mouse must be true or false"),
        ("[preferences]\n\ntheme = 4\n", "line 3: preferences.theme must be a text"),
        ("[[connectors]]\nname = ''\n", "line 2: connectors[1].name is refused"),
        (f"[[connectors]]\nname='a'\ntenant_id = '{GUID}'\nclient_id = 'x'\n", "line 4: connectors[1].client_id must"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(folders: Folders, text: str, words: str) -> None:
    sentence = refusal(folders, text)
    assert sentence.startswith(str(folders.config / "config.toml"))
    assert words in sentence


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("secret_store = 'paper'", "must be one of keyring, file, none"),
        ("secret_expires = '2027-01-01'", "must be a date"),
        ("secret_expires = 2027-01-01T00:00:00Z", "must be a date"),
        ("features = 'users'", "must be a list"),
        ("features = ['mail']", "may hold users, groups, directory-roles, not 'mail'"),
        ("least_privilege = 1", "must be true or false"),
        ("environment = 7", "must be a text"),
    ],
)
def test_the_second_connectors_values_are_checked_too(folders: Folders, line: str, words: str) -> None:
    one = f"[[connectors]]\nname = 'a'\ntenant_id = '{GUID}'\nclient_id = '{GUID}'\n"
    sentence = refusal(folders, one + one.replace("'a'", "'b'") + line + "\n")
    assert f"line 9: connectors[2].{line.split(maxsplit=1)[0]} {words}" in sentence


def test_one_name_twice_in_the_file(folders: Folders) -> None:
    one = f"[[connectors]]\nname = 'a'\ntenant_id = '{GUID}'\nclient_id = '{GUID}'\n"
    assert "line 6: connectors[2].name 'A' is there twice" in refusal(folders, one + one.replace("'a'", "'A'"))


def test_a_file_of_a_newer_release(folders: Folders) -> None:
    assert "has version 2, this release knows 1; upgrade entra-tui" in refusal(folders, "version = 2\nconnectors = 5")
    with pytest.raises(NewerVersionError):
        SettingsFile(folders).read()


def test_a_file_that_is_not_utf_8(folders: Folders) -> None:
    file = SettingsFile(folders)
    file.path.write_bytes(b"version = 1\nlabel = '\xff'\n")
    with pytest.raises(DamagedError, match="line 2: this is not UTF-8"):
        file.read()


def test_another_copy_holds_the_file(folders: Folders, connector: Connector, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SettingsFile(folders)
    monkeypatch.setattr("entra_tui.storage.settings_file.locked", lambda path: locked(path, seconds=0))
    with locked(file.path), pytest.raises(LockedError):
        file.add_connector(connector)
    assert file.read().connectors == ()


_KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8).map(
    lambda k: f"x{k}"
)
_SCALARS = (
    st.integers(-(2**60), 2**60)
    | st.booleans()
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
    | st.floats(allow_nan=False)
    | st.dates()
    | st.datetimes().map(lambda moment: moment.replace(microsecond=0))
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=6
)
_UNKNOWN = st.dictionaries(_KEYS, _VALUES, max_size=3)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(top=_UNKNOWN, in_environment=_UNKNOWN, in_connector=_UNKNOWN, in_preferences=_UNKNOWN)
def test_unknown_keys_survive_every_change(
    folders: Folders,
    top: dict[str, object],
    in_environment: dict[str, object],
    in_connector: dict[str, object],
    in_preferences: dict[str, object],
) -> None:
    document = {
        "version": 1,
        **top,
        "environments": {"lab": {"authority": "https://a.example", "graph": "https://b.example", **in_environment}},
        "connectors": [{"name": "a", "tenant_id": GUID, "client_id": GUID, **in_connector}],
        "preferences": {"theme": "nord", **in_preferences},
    }
    file = SettingsFile(folders)
    file.path.write_bytes(tomli_w.dumps(document).encode())
    before = tomllib.loads(file.path.read_text())

    file.add_connector(Connector("b", GUID, GUID, "lab"))
    file.replace_connector("a", replace(file.find_connector("a"), name="c", secret_expires=date(2027, 1, 1)))
    file.replace_connector("c", replace(file.find_connector("c"), name="a", secret_expires=None))
    file.set_preferences(Preferences("nord"))
    file.remove_connector("b")

    after = tomllib.loads(file.path.read_text())
    kept = after["connectors"][0]
    assert {key: value for key, value in kept.items() if key.startswith("x")} == {
        key: value for key, value in before["connectors"][0].items() if key.startswith("x")
    }
    assert {**after, "connectors": None} == {**before, "connectors": None}


_WRITER = """
import sys
from pathlib import Path
from entra_tui.model.connector import Connector
from entra_tui.storage.folders import Folders
from entra_tui.storage.settings_file import SettingsFile

file = SettingsFile(Folders.locate(Path(sys.argv[1])))
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    file.add_connector(Connector(f"{sys.argv[2]} {number}", sys.argv[3], sys.argv[3], "public"))
"""


def test_two_processes_that_write_at_once_lose_nothing(folders: Folders) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(folders.config), name, GUID],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("left", "right")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n", timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0]
    names = {connector.name for connector in SettingsFile(folders).read().connectors}
    assert names == {f"{side} {number}" for side in ("left", "right") for number in range(20)}


def test_columns_of_users_are_chosen_in_the_file(folders: Folders) -> None:
    assert SettingsFile(folders).read().lists.user_columns == USER_COLUMNS
    chosen = written(folders, '[lists]\nuser_columns = ["mail", "employeeType", "id", "mail"]\n')
    assert chosen.read().lists.user_columns == ("id", "userPrincipalName", "displayName", "mail", "employeeType")
    assert written(folders, "[lists]\nuser_columns = []\n").read().lists.user_columns == (
        "id",
        "userPrincipalName",
        "displayName",
    )


def test_a_column_that_no_user_has_is_refused_with_those_that_may_be_chosen(folders: Folders) -> None:
    told = refusal(folders, '[lists]\nuser_columns = ["mail", "shoeSize"]\n')
    assert "user_columns" in told
    assert "officeLocation" in told
    assert "not 'shoeSize'" in told


@pytest.mark.parametrize(
    ("value", "period"),
    [
        ('"7d"', timedelta(days=7)),
        ('"12h"', timedelta(hours=12)),
        ('"2 W"', timedelta(days=14)),
        ('"3"', timedelta(days=3)),
        ("3", timedelta(days=3)),
        ('"never"', None),
    ],
)
def test_how_often_everything_is_read_can_be_chosen(folders: Folders, value: str, period: timedelta | None) -> None:
    assert SettingsFile(folders).read().lists.full_read_every == timedelta(days=7)
    assert written(folders, f"[lists]\nfull_read_every = {value}\n").read().lists.full_read_every == period


@pytest.mark.parametrize("value", ['"soon"', '"0d"', '"-1d"', '""', "true", "[]", "1.5", '"7 days or so"'])
def test_a_time_that_is_none_is_refused_with_an_example(folders: Folders, value: str) -> None:
    told = refusal(folders, f"[lists]\nfull_read_every = {value}\n")
    assert '"7d"' in told
    assert "line 2" in told


def test_the_comparison_of_counts_can_be_turned_off(folders: Folders) -> None:
    assert SettingsFile(folders).read().lists.compare_counts
    assert not written(folders, "[lists]\ncompare_counts = false\n").read().lists.compare_counts


@pytest.mark.parametrize(
    ("name", "meant"),
    [("employeeID", "employeeId"), ("extensionattribute3", "extensionAttribute3"), ("managerId", "manager")],
)
def test_a_column_in_the_wrong_case_is_refused_with_a_hint(folders: Folders, name: str, meant: str) -> None:
    told = refusal(folders, f'[lists]\nuser_columns = ["{name}"]\n')
    assert told.endswith(f"lists.user_columns may not hold '{name}'; did you mean '{meant}'?")
