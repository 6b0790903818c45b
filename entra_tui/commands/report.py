"""`entra-tui report`: run the checks and write what was seen into one file that can be given away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.checks.ladder_run import LadderRun
from entra_tui.commands.check import saved_inputs
from entra_tui.commands.errors import Declined
from entra_tui.commands.exit_code import ExitCode
from entra_tui.commands.secret_entry import name_login_host
from entra_tui.commands.session import open_session
from entra_tui.commands.wait_text import describe_wait
from entra_tui.report.document import write_report
from entra_tui.report.making import report_of
from entra_tui.report.markdown import contents
from entra_tui.storage.private_output import private_output

if TYPE_CHECKING:
    from pathlib import Path

    from entra_tui.commands.console import Console
    from entra_tui.storage.folders import Folders


def report(
    console: Console,
    folders: Folders,
    *,
    name: str,
    target: Path,
    anonymous: bool,
    confirmed: bool,
    secret_from_stdin: bool,
) -> ExitCode:
    """Write the report of one connector.

    Args:
        console: Where to read and write.
        folders: Where things are kept.
        name: The connector's name.
        target: The file.
        anonymous: Whether tenant, domains and app are replaced too.
        confirmed: Whether nobody is to be asked.
        secret_from_stdin: Whether the client secret is on standard input.

    Raises:
        UsageError: There is no secret.
        Declined: The person does not want the file.
        StorageError: There is no such connector, or the file cannot be written.
    """
    with open_session(console, folders) as session:
        connector = session.services.settings.find_connector(name)
        inputs = saved_inputs(connector, console, session, secret_from_stdin)
        name_login_host(inputs.environment, session.services, console)
        context = session.services.check_context(inputs, on_wait=lambda wait: console.narrate(describe_wait(wait)))
        run = LadderRun(context)
        session.run(run.climb())
        made = session.run(report_of(run, anonymous=anonymous))
    console.narrate("The report will hold:")
    for line in contents(made):
        console.narrate(f"  - {console.redact(line)}")
    if not confirmed and console.can_ask and not console.confirm(f"Write it to {target}?"):
        raise Declined("Nothing was written.")
    with private_output(target) as file:
        file.write(write_report(made).encode())
    console.narrate(f"Written to {target}; `entra-tui replay` opens it.")
    return ExitCode.DONE
