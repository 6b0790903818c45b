"""What can be typed: every command with its options, and the help that describes them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

from entra_tui import __version__
from entra_tui.commands.parser import Parser, folder, port, refuse_secret, speed, users
from entra_tui.model.connector import SecretStore
from entra_tui.model.permission import Feature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Commands = argparse._SubParsersAction[Parser]  # noqa: SLF001 - argparse has no other name for it

_PORT: Final = 8443
_PAGE_PORT: Final = 8000
_ENVIRONMENTS: Final = "public (the default), usgov, usgov-dod, china, or one from config.toml"

_DESCRIPTION: Final = """\
Set up the ASCERA connector for Microsoft Entra ID, prove that it works, and
keep its lookup lists synchronized. Without a command the wizard opens and leads
through the whole set-up."""

_EPILOG: Final = """\
exit codes:
  0    done and healthy
  1    a check or a synchronization failed
  2    wrong usage or bad input
  130  interrupted

environment variables:
  ENTRA_TUI_CLIENT_SECRET  the client secret, where it is not kept or piped in
  ENTRA_TUI_PASSPHRASE     the passphrase of the encrypted secrets file
  ENTRA_TUI_HOME           one folder for everything stored, as --data-dir
  SSL_CERT_FILE            certificates to trust besides the system's
  HTTPS_PROXY, NO_PROXY    the proxy, and the hosts that need none
  NO_COLOR                 no colors, whatever its value
  ACCESSIBLE               1 is the same as --plain

Results go to stdout, everything else to stderr. A client secret is never an
argument: pipe it in with --client-secret-stdin, set ENTRA_TUI_CLIENT_SECRET, or
type it where you are asked.

examples:
  entra-tui                      the wizard
  entra-tui demo                 the wizard on a practice tenant, offline
  entra-tui connector add Contoso --tenant-id ID --client-id ID
  entra-tui check Contoso        does it work, and if not, why
  entra-tui check --tenant-id contoso.com --client-id ID --environment usgov
  entra-tui sync Contoso         bring 'Users - Contoso' up to date
  entra-tui export 'Users - Contoso' --format csv -o users.csv"""

_CHECK: Final = """\
Checks a saved connector, or values that are not saved. It stops at the first
rung that breaks; the rest are skipped. The exit code is 0 when everything holds
(warnings do not count), and 1 when a rung broke."""

_CONNECTOR_ADD: Final = """\
The secret is piped in, taken from ENTRA_TUI_CLIENT_SECRET, or asked for. By
default it is kept in the system's keyring, and where there is none it is not
kept: then ENTRA_TUI_CLIENT_SECRET is read at each use. Makes no request."""

_SYNC: Final = """\
The first run reads everything, later ones what changed. A list changes as a
whole or not at all: after an error or Ctrl+C it is unchanged, and the failure
says what the next run begins with. A result that would remove more than a
quarter of a list, or empty a column, is held back, with exit code 1, until it
is confirmed with --yes. Objects that cannot be listed are counted and named on
stderr; the exit code is still 0."""

_EXPORT: Final = """\
For Excel choose the format excel: it keeps leading zeros, phone numbers and
umlauts; a text is cut at 32,767 characters, the most that a cell holds.
In CSV a single quote stands before each = + - @ that could begin a cell, also
after a comma, a semicolon, a tab or a line break, so that no spreadsheet runs a
formula; --raw leaves it out. JSON has every value as it is. On a terminal no
control character gets through."""

_DEMO: Final = """\
Without a scenario it offers all of them. In the set-up F5 fills in the
scenario's values, F6 lets a simulated administrator act, and F9 starts over
with a fresh tenant. While it plays by itself any key hands it over to you, and
F7 plays on. With --data-dir what was entered is kept, in its folder `demo`."""

_EVIDENCE: Final = """\
Climbs the ladder once more, and writes who did it, when, the permissions needed
against granted, every check, and the latest synchronization, with a SHA-256
over it. The exit code is 0 when everything holds, and 1 when a rung broke; the
file is written either way."""

_REPORT: Final = """\
Runs every check, shows on stderr what the file will hold, and asks before it is
written. It holds no secret, no token and no person's name. The exit code is 0
when it was written, whatever the checks say."""

_REPLAY: Final = """\
Opens Troubleshoot on the recorded answers; nothing reaches the network. With
--json it prints the checks instead: exit code 0 when everything held, 1 when a
rung broke."""

_SERVE: Final = """\
Prints the page's address; only a browser on this machine can open it. Each
visitor gets a demo with a practice tenant of their own, thrown away at the end.
With --no-demo whoever knows the address works with your connectors; no client
secret is taken from the environment then, it is typed in. Ctrl+C ends it.
Needs the package textual-serve."""

_SIMULATE: Final = """\
Prints where it serves, the values to enter, and the file with its certificate
authority (for SSL_CERT_FILE); then tells each request on stderr. Ctrl+C and
SIGTERM end it, with exit code 0 once it serves."""


def build_parser(first: str | None = None) -> Parser:
    """The whole command line; `command` and `prog` say which command was typed.

    Args:
        first: The first word that was typed. Where it is a command, only that one's options are made: no word leads to
            the others.
    """
    everywhere = _everywhere()
    parser = Parser(
        prog="entra-tui",
        usage="entra-tui [COMMAND] [OPTIONS]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        parents=[everywhere],
    )
    parser.add_argument(
        "--version", action="version", version=f"entra-tui {__version__}\n", help="show the version and exit"
    )
    _plain_argument(parser)
    parser.set_defaults(command="wizard", prog="entra-tui")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="entra-tui", parser_class=Parser)
    for name, add in _COMMANDS.items():
        if name == first or first not in _COMMANDS:
            add(commands, everywhere)
    return parser


def _everywhere() -> Parser:
    """Options that may stand before or after a command; SUPPRESS keeps the later parser from undoing the earlier."""
    options = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument(
        "--data-dir", type=folder, metavar="DIR", help="one folder for everything that is stored (or ENTRA_TUI_HOME)"
    )
    options.add_argument("--client-secret", nargs="?", const="", type=refuse_secret, help=argparse.SUPPRESS)
    return options


def _add_demo(commands: Commands, everywhere: Parser) -> None:
    parser = _command(
        commands,
        everywhere,
        "demo",
        "the wizard on a practice tenant, offline, in a throw-away folder",
        more=_DEMO,
        examples=(
            "entra-tui demo                              choose a scenario",
            "entra-tui demo no-consent                   play one yourself",
            "entra-tui demo no-consent --autoplay        let it play, with captions",
            "entra-tui demo healthy --autoplay --exit    a smoke test: exit code 0",
        ),
    )
    _scenario_arguments(parser)
    parser.add_argument("--autoplay", action="store_true", help="let the scenario play by itself, with captions")
    parser.add_argument("--speed", type=speed, metavar="N", help="with --autoplay: how many times as quick; 1 is usual")
    parser.add_argument(
        "--exit", action="store_true", help="with --autoplay: end with the story; 0 when it ended as expected, else 1"
    )
    _plain_argument(parser)


def _add_check(commands: Commands, everywhere: Parser) -> None:
    parser = _command(
        commands,
        everywhere,
        "check",
        "climb the verification ladder and name what is broken, with its remedy",
        more=_CHECK,
        examples=(
            "entra-tui check Contoso",
            "entra-tui check Contoso --json | jq .healthy",
            "entra-tui check --tenant-id contoso.com --client-id ID --environment usgov",
        ),
    )
    parser.add_argument(
        "connector", nargs="?", metavar="CONNECTOR", help="its name; may be left out when it is the only one"
    )
    parser.add_argument("--tenant-id", metavar="ID", help="instead of a connector: the tenant ID, or a domain name")
    parser.add_argument("--client-id", metavar="ID", help="instead of a connector: the Application (client) ID")
    parser.add_argument(
        "--environment",
        metavar="NAME",
        help=f"instead of a connector: {_ENVIRONMENTS}",
    )
    _secret_argument(parser)
    _json_argument(parser, "one JSON document: healthy, and each check with its finding")


def _add_connector(commands: Commands, everywhere: Parser) -> None:
    parser = _command(commands, everywhere, "connector", "save, show and remove connectors")
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser, required=True)
    _add_connector_add(actions, everywhere)
    every = _command(actions, everywhere, "connector list", "all connectors")
    _json_argument(every, "a JSON array of connectors")
    one = _command(actions, everywhere, "connector show", "one connector; never its secret")
    one.add_argument("name", metavar="NAME", help="the connector's name")
    _json_argument(one, "the connector as a JSON object")
    gone = _command(actions, everywhere, "connector remove", "remove a connector, its secret and its lists")
    gone.add_argument("name", metavar="NAME", help="the connector's name")
    gone.add_argument("--yes", action="store_true", help="do not ask")
    _json_argument(gone, '{"removed": NAME}')


def _add_connector_add(actions: Commands, everywhere: Parser) -> None:
    parser = _command(
        actions,
        everywhere,
        "connector add",
        "save a connector and its empty lookup lists",
        more=_CONNECTOR_ADD,
        examples=(
            "entra-tui connector add Contoso --tenant-id ID --client-id ID",
            "pass ascera | entra-tui connector add Contoso --client-secret-stdin \\",
            "    --tenant-id ID --client-id ID",
        ),
    )
    parser.add_argument("name", metavar="NAME", help="the connector's name, such as 'Contoso'")
    parser.add_argument("--tenant-id", required=True, metavar="ID", help="Microsoft Entra ID > Overview > Tenant ID")
    parser.add_argument("--client-id", required=True, metavar="ID", help="the app's Application (client) ID")
    parser.add_argument(
        "--environment",
        default="public",
        metavar="NAME",
        help=_ENVIRONMENTS,
    )
    _secret_argument(parser)
    parser.add_argument(
        "--secret-store",
        choices=[store.value for store in SecretStore],
        help="the system's keyring, a file encrypted under a passphrase, or nowhere",
    )
    parser.add_argument("--secret-expires", metavar="YYYY-MM-DD", help="the day on which the secret ends")
    parser.add_argument(
        "--feature",
        action="append",
        default=[],
        choices=[feature.value for feature in Feature],
        help="what ASCERA reads besides users; may be given several times",
    )
    parser.add_argument(
        "--least-privilege", action="store_true", help="ask only for the permissions that the features need"
    )
    _json_argument(parser, "the saved connector as a JSON object")


def _add_sync(commands: Commands, everywhere: Parser) -> None:
    parser = _command(
        commands,
        everywhere,
        "sync",
        "bring a connector's lookup lists up to date",
        more=_SYNC,
        examples=(
            "entra-tui sync Contoso",
            "entra-tui sync Contoso --json > run.jsonl",
        ),
    )
    parser.add_argument("connector", metavar="CONNECTOR", help="the connector's name")
    parser.add_argument("--full", action="store_true", help="read everything, not only what changed")
    parser.add_argument(
        "--yes", action="store_true", help="apply the result even if it removes much or empties columns"
    )
    _secret_argument(parser)
    _json_argument(parser, "one JSON object a line, `event` first; the last one is finished or failed")


def _add_list(commands: Commands, everywhere: Parser) -> None:
    parser = _command(commands, everywhere, "list", "the lookup lists and how they stand")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--runs", metavar="LIST", help="the synchronizations of one list instead, the newest first")
    instead.add_argument("--remove", metavar="LIST", help="remove a list whose connector was removed")
    parser.add_argument("--yes", action="store_true", help="with --remove: do not ask")
    _json_argument(parser, 'a JSON array of lists, or of the runs of one; with --remove {"removed": LIST}')


def _add_export(commands: Commands, everywhere: Parser) -> None:
    parser = _command(
        commands,
        everywhere,
        "export",
        "write a lookup list as CSV, Excel, JSON or JSON Lines",
        more=_EXPORT,
        examples=(
            "entra-tui export 'Users - Contoso' --format excel -o users.xlsx",
            "entra-tui export 'Users - Contoso' --format csv --raw -o users.csv",
            "entra-tui export 'Users - Contoso' --format jsonl | head",
            "entra-tui export 'Groups - Contoso' --memberships -o members.csv",
        ),
    )
    parser.add_argument("list", metavar="LIST", help="the list's name, such as 'Users - Contoso'")
    parser.add_argument(
        "--format", choices=["csv", "excel", "json", "jsonl"], help="by default what FILE's ending names, else csv"
    )
    parser.add_argument(
        "--raw", action="store_true", help="CSV without single quotes before formulas, for programs alone"
    )
    parser.add_argument(
        "--memberships", action="store_true", help="a line for each member of a group or role, with the member's name"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="a file, readable by you alone; stdout otherwise")


def _add_evidence(commands: Commands, everywhere: Parser) -> None:
    parser = _command(
        commands,
        everywhere,
        "evidence",
        "write down, for an auditor, what a connector was proven to do",
        more=_EVIDENCE,
        examples=(
            "entra-tui evidence Contoso -o contoso.md",
            "entra-tui evidence Contoso --json -o contoso.json",
        ),
    )
    parser.add_argument("connector", metavar="CONNECTOR", help="the connector's name")
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="a file, readable by you alone; - for stdout"
    )
    _secret_argument(parser)
    _json_argument(parser, "JSON instead of Markdown")


def _add_report(commands: Commands, everywhere: Parser) -> None:
    parser = _command(
        commands,
        everywhere,
        "report",
        "write a redacted support report of one connector",
        more=_REPORT,
        examples=("entra-tui report Contoso -o contoso.md",),
    )
    parser.add_argument("connector", metavar="CONNECTOR", help="the connector's name")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the file, readable by you alone")
    parser.add_argument(
        "--anonymous-tenant", action="store_true", help="replace tenant ID, domains and client ID as well"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before it is written")
    _secret_argument(parser)


def _add_replay(commands: Commands, everywhere: Parser) -> None:
    parser = _command(
        commands,
        everywhere,
        "replay",
        "open a support report: the same checks, offline",
        more=_REPLAY,
        examples=(
            "entra-tui replay contoso.md",
            "entra-tui replay contoso.md --json",
        ),
    )
    parser.add_argument("file", metavar="FILE", help="a file that `entra-tui report` wrote")
    parser.add_argument(
        "--scenario", metavar="OUT", help="write a scenario file that brings the practice tenant into the same state"
    )
    _json_argument(parser, "one JSON document: healthy, and each check with its finding")


def _add_simulate(commands: Commands, everywhere: Parser) -> None:
    parser = _command(
        commands,
        everywhere,
        "simulate",
        "serve a practice tenant over HTTPS on this machine",
        more=_SIMULATE,
        examples=(
            "entra-tui simulate --list",
            "entra-tui simulate no-consent --port 8443",
        ),
    )
    _scenario_arguments(parser)
    parser.add_argument("--list", action="store_true", help="describe the scenarios and end")
    parser.add_argument("--port", type=port, default=_PORT, help=f"{_PORT} is the default; 0 takes any that is free")
    parser.add_argument("--host", default="127.0.0.1", help="the address to serve at; 127.0.0.1 is the default")
    parser.add_argument(
        "--allow-other-machines", action="store_true", help="serve at an address that other machines can reach"
    )
    _json_argument(parser, "one line when it serves: authority, graph, tenant_id, client_id, client_secret, ca_file")


def _add_serve(commands: Commands, everywhere: Parser) -> None:
    parser = _command(
        commands,
        everywhere,
        "serve",
        "show the demo in a browser on this machine",
        more=_SERVE,
        examples=(
            "entra-tui serve",
            "entra-tui serve no-consent --port 8000",
        ),
    )
    _scenario_arguments(parser)
    parser.add_argument(
        "--port", type=port, default=_PAGE_PORT, help=f"{_PAGE_PORT} is the default; 0 takes any that is free"
    )
    parser.add_argument("--no-demo", action="store_true", help="the wizard with your own connectors instead")


def _command(
    commands: Commands, everywhere: Parser, path: str, summary: str, *, more: str = "", examples: tuple[str, ...] = ()
) -> Parser:
    """A parser for one command; `arguments.command` is then its path, such as `connector add`."""
    opening = f"{summary[0].upper()}{summary[1:]}."
    parser = commands.add_parser(
        path.rpartition(" ")[2],
        help=summary,
        description=f"{opening}\n\n{more}".rstrip(),
        epilog="\n  ".join(("examples:", *examples)) if examples else None,
        parents=[everywhere],
    )
    parser.set_defaults(command=path, prog=parser.prog)
    return parser


def _scenario_arguments(parser: Parser) -> None:
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO", help="see `entra-tui simulate --list`")
    parser.add_argument("--users", type=users, metavar="N", help="how many users the practice tenant has")


def _plain_argument(parser: Parser) -> None:
    parser.add_argument(
        "--plain",
        action="store_true",
        default=argparse.SUPPRESS,
        help="questions and lines instead of screens, for screen readers and serial consoles",
    )


def _secret_argument(parser: Parser) -> None:
    parser.add_argument(
        "--client-secret-stdin", action="store_true", help="read the client secret from the first line of stdin"
    )


def _json_argument(parser: Parser, what: str) -> None:
    parser.add_argument("--json", action="store_true", help=what)


_COMMANDS: Final[Mapping[str, Callable[[Commands, Parser], None]]] = {
    "demo": _add_demo,
    "check": _add_check,
    "connector": _add_connector,
    "sync": _add_sync,
    "list": _add_list,
    "export": _add_export,
    "evidence": _add_evidence,
    "report": _add_report,
    "replay": _add_replay,
    "simulate": _add_simulate,
    "serve": _add_serve,
}
"""Who tells the options of each command, in the order of the help."""
