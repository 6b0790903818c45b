"""`entra-tui evidence`: prove a connector once more, and write down what was seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.secret_entry import name_login_host, secret_for
from entra_tui.commands.session import open_session
from entra_tui.handover.evidence import collect_evidence, evidence_json, evidence_markdown
from entra_tui.storage.private_output import private_output

if TYPE_CHECKING:
    from entra_tui.commands.console import Console
    from entra_tui.storage.folders import Folders


def evidence(
    console: Console, folders: Folders, *, name: str, target: str, secret_from_stdin: bool, as_json: bool
) -> ExitCode:
    """Climb the ladder for a saved connector and write an evidence file.

    Args:
        console: Where to read and write.
        folders: Where things are kept.
        name: The connector's name.
        target: The file, readable by its owner alone and replaced whole; `-` for stdout.
        secret_from_stdin: Whether the client secret is on standard input.
        as_json: JSON rather than Markdown.

    Returns:
        DONE when everything holds, FAILED otherwise; the file is written either way.

    Raises:
        UsageError: There is no secret.
        StorageError: There is no such connector, or something cannot be read or written.
    """
    with open_session(console, folders) as session:
        connector = session.services.settings.find_connector(name)
        secret = secret_for(connector, console, session, from_stdin=secret_from_stdin)
        name_login_host(session.services.settings.environment(connector.environment), session.services, console)
        found = session.run(collect_evidence(session.services, connector, secret))
    text = evidence_json(found) if as_json else evidence_markdown(found)
    if target == "-":
        console.write(text.rstrip("\n"))
    else:
        path = Path(target).expanduser()
        with private_output(path) as file:
            file.write(text.encode())
        console.narrate(f"Wrote the evidence for '{connector.name}' to {path}.")
    return ExitCode.DONE if found.is_healthy else ExitCode.FAILED
