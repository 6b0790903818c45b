"""Every text that is handed over is whole, escaped for its shell, and honest about what a tool cannot do."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from typing import Final

import pytest

from entra_tui.handover.consent_request import consent_address, consent_message
from entra_tui.handover.instructions import Instruction, Language, Target, Task
from entra_tui.handover.quoting import posix_word, powershell_word
from entra_tui.handover.tools import instructions
from entra_tui.model.environment import BUILT_IN, CHINA, PUBLIC, USGOV, USGOV_DOD, Environment
from entra_tui.model.permission import GUIDE_SET
from tests.handover.known_options import EVERYWHERE, POWERSHELL, SHELL
from tests.handover.powershell_text import commands, strings

TENANT: Final = "6d1f0c84-2b7a-4e39-95c8-40af7e13b6d2"
CLIENT: Final = "0b7e5a92-43cd-4d18-8f6e-97a1c2d503be"
HOSTILE: Final = (
    "O'Brien's app",
    'say "hello"',
    "$(touch /tmp/never) $HOME `id`",
    "two\nlines; rm -rf ~",
    "back\\slash and 'quote'",
    "typographic \u2018one\u2019 and \u201ctwo\u201d",
    "# no comment",
    "-rf",
    "",
)


def _target(environment: Environment = PUBLIC, **values: str) -> Target:
    return Target(environment, values.pop("tenant", TENANT), values.pop("client_id", CLIENT), **values)  # type: ignore[arg-type]


def _all(target: Target) -> list[Instruction]:
    return list(itertools.chain.from_iterable(instructions(task, target) for task in Task))


def _named(tool: str, task: Task, environment: Environment) -> str:
    return next(each.text for each in instructions(task, _target(environment)) if each.tool.startswith(tool))


@pytest.mark.parametrize("environment", BUILT_IN, ids=lambda environment: environment.name)
def test_every_bash_text_is_whole(environment: Environment) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    texts = [each.text for each in _all(_target(environment)) if each.language is Language.BASH]
    assert len(texts) == 8
    for text in texts:
        checked = subprocess.run([bash, "-n"], input=text, text=True, capture_output=True, check=False)
        assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_word_in_bash(name: str) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    told = subprocess.run(
        [bash, "-c", f"printf '%s' {posix_word(name)}"], capture_output=True, text=True, check=True
    ).stdout
    assert told == name


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_does_nothing_in_bash(name: str) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    # The tools are shell functions that print what they were given, one argument a line.
    tools = "az() { printf '<%s>\\n' \"$@\"; }\nm365() { printf '<%s>\\n' \"$@\"; }\n"
    target = _target(app_name=name, secret_description=name)
    for each in _all(target):
        if each.language is Language.BASH:
            ran = subprocess.run(
                [bash, "-c", tools + each.text], capture_output=True, text=True, check=True, env={"PATH": "/nowhere"}
            )
            assert ran.stderr == ""
    secret = next(each for each in instructions(Task.SECRET, target) if each.tool.startswith("Azure CLI"))
    ran = subprocess.run([bash, "-c", tools + secret.text], capture_output=True, text=True, check=True)
    assert f"<--display-name>\n<{name}>\n" in ran.stdout


@pytest.mark.parametrize("environment", BUILT_IN, ids=lambda environment: environment.name)
def test_every_powershell_text_is_whole(environment: Environment) -> None:
    for each in _all(_target(environment)):
        if each.language is Language.POWERSHELL:
            assert TENANT in strings(each.text)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_string_in_powershell(name: str) -> None:
    assert strings(powershell_word(name)) == [name]
    target = _target(app_name=name, secret_description=name, client_id=name or "x")
    for task in (Task.REGISTER, Task.SECRET):
        text = next(each.text for each in instructions(task, target) if each.language is Language.POWERSHELL)
        assert name in strings(text)


def test_what_is_no_whole_powershell_is_noticed() -> None:
    for text in ("'abc", '"abc', "@('a'", "a ` b", "}"):
        with pytest.raises(ValueError, match="no whole script"):
            strings(text)
    with pytest.raises(ValueError, match="early"):
        strings("'typographic \u2019 quote'")


@pytest.mark.parametrize("environment", BUILT_IN, ids=lambda environment: environment.name)
def test_every_command_and_option_exists(environment: Environment) -> None:
    told = _all(_target(environment))
    for each in told:
        if each.language is Language.POWERSHELL:
            assert not [(name, used) for name, used in commands(each.text) if not used <= POWERSHELL[name]]
    # The tools are shell functions that tell each call on a line of its own.
    spies = "".join(f'{tool}() {{ echo "{tool} $*" >&2; echo client; }}\n' for tool in ("az", "m365"))
    for each in told:
        if each.language is Language.BASH:
            ran = subprocess.run(["bash", "-c", spies + each.text], capture_output=True, text=True, check=True)
            for call in ran.stderr.splitlines():
                name, *options = call.replace(" --", "\0--").split("\0")
                assert {option.split(" ")[0] for option in options} <= SHELL[name] | EVERYWHERE, call


@pytest.mark.parametrize("environment", BUILT_IN, ids=lambda environment: environment.name)
def test_no_line_of_a_command_is_wrapped_by_a_screen(environment: Environment) -> None:
    # What is selected from a screen has a line break where the screen wrapped, and a shell would run the halves.
    for each in _all(_target(environment)):
        if each.language is not Language.WORDS:
            assert not [line for line in each.text.splitlines() if len(line) > 79]


def test_az_consents_in_the_public_cloud_only() -> None:
    assert f"az ad app permission admin-consent --id {CLIENT}" in _named("Azure CLI", Task.CONSENT, PUBLIC)
    for environment in (USGOV, CHINA):
        text = _named("Azure CLI", Task.CONSENT, environment)
        assert "public cloud only" in text
        assert all(line.startswith("#") for line in text.splitlines())


def test_az_is_not_sent_to_the_wrong_graph_host() -> None:
    assert "AzureUSGovernment" in _named("Azure CLI", Task.REGISTER, USGOV)
    for task in Task:
        assert "az login" not in _named("Azure CLI", task, USGOV_DOD)


def test_each_tool_speaks_with_the_tenants_own_cloud() -> None:
    assert "-Environment USGovDoD" in _named("Microsoft Graph PowerShell", Task.REGISTER, USGOV_DOD)
    assert "--cloud USGovHigh" in _named("CLI for Microsoft 365", Task.REGISTER, USGOV)
    text = _named("CLI for Microsoft 365", Task.PERMISSIONS, USGOV)
    spy = 'm365() { test "$4" = add && echo "$8"; }\n'
    told = subprocess.run(["bash", "-c", spy + text], capture_output=True, text=True, check=True).stdout
    host = "https://graph.microsoft.us"
    assert told == f"{host}/User.Read.All {host}/Group.Read.All {host}/Directory.Read.All\n"
    assert "https://portal.azure.us" in _named("Portal", Task.REGISTER, USGOV)
    assert "-ClientId $signInApp" in _named("Microsoft Graph PowerShell", Task.REGISTER, CHINA)


def test_m365_makes_no_secret_for_an_app_that_exists() -> None:
    text = _named("CLI for Microsoft 365", Task.SECRET, PUBLIC)
    assert all(line.startswith("#") for line in text.splitlines())


def test_an_unknown_environment_gets_no_commands_that_would_go_elsewhere() -> None:
    own = Environment("own", "Own", "https://login.own.example", "https://graph.own.example", "https://p", "https://p")
    for each in _all(_target(own)):
        if each.language is not Language.WORDS:
            assert all(line.startswith("#") for line in each.text.splitlines())


def test_permissions_are_named_by_their_application_ids() -> None:
    for task in (Task.PERMISSIONS, Task.CONSENT):
        text = _named("Microsoft Graph PowerShell", task, PUBLIC)
        assert all(permission.app_role_id in text for permission in GUIDE_SET)
        assert not any(permission.scope_id in text for permission in GUIDE_SET)


def test_without_an_app_the_place_of_its_id_is_named() -> None:
    target = Target(PUBLIC, TENANT)
    text = next(each.text for each in instructions(Task.SECRET, target) if each.tool.startswith("Azure CLI"))
    assert "--id 'the Application (client) ID'" in text


def test_the_consent_request_says_what_and_who() -> None:
    target = _target(USGOV)
    message = consent_message(target, "https://portal.azure.us/page")
    assert all(f"- {permission.value}: " in message for permission in GUIDE_SET)
    assert "Privileged Role Administrator" in message
    assert "https://portal.azure.us/page" in message
    assert consent_address(target) == f"https://login.microsoftonline.us/{TENANT}/adminconsent?client_id={CLIENT}"
