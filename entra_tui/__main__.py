"""The program's entry: `entra-tui`, `python -m entra_tui`."""

from __future__ import annotations

import atexit
import gc
import signal
import sys
from typing import TYPE_CHECKING

from entra_tui.cli import home_folder, parse, run
from entra_tui.commands.console import Console
from entra_tui.commands.exit_code import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line.

    Args:
        argv: The arguments without the program's name; None takes the process's own.

    Returns:
        The exit code, one of `ExitCode`.

    Raises:
        SystemExit: After `--help`, `--version` or wrong usage, with the exit code, as argparse does.
    """
    if argv is None:
        # Modules make much and drop nothing: looking for garbage while they load, and again when the process ends, is a
        # sixth of a short command. `cli.run` turns it on for the command's own work.
        gc.disable()
        atexit.register(gc.freeze)
    console = Console.of_process()
    earlier = signal.signal(signal.SIGTERM, signal.default_int_handler)
    home = None
    try:
        arguments = parse(sys.argv[1:] if argv is None else argv)
        home = home_folder(arguments)
        code = run(arguments, console)
        console.flush()
    except KeyboardInterrupt:
        console.narrate("entra-tui: Interrupted.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output, such as `head`, has seen enough.
        console.abandon()
        return ExitCode.INTERRUPTED
    except ModuleNotFoundError as error:
        console.narrate(
            f"entra-tui: The installation lacks {error.name}; install it again with `pip install entra-tui`."
        )
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - the last resort: a person gets a sentence, never a traceback
        from entra_tui.commands.failure import end_with  # noqa: PLC0415 - knows every error, so it loads every layer

        return end_with(error, console, home)
    finally:
        signal.signal(signal.SIGTERM, earlier)
    return code


if __name__ == "__main__":
    sys.exit(main())
