"""What a person reads: findings, sentences about a synchronization, tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from entra_tui.commands.console import Color, Console
from entra_tui.commands.finding_text import write_result, write_verdict
from entra_tui.commands.sync_display import NarratedLines
from entra_tui.commands.sync_text import describe_failure, describe_held, describe_result, narrate
from entra_tui.graph.retry import Wait, WaitReason
from entra_tui.model.entry import Changes, ColumnLoss
from entra_tui.model.finding import CheckId, CheckResult, CheckStatus, Evidence, Finding
from entra_tui.sync.events import Failed, Finished, Held, PageRead, Restarted, RestartReason, Started, SyncMode, Waiting
from entra_tui.sync.sentences import RESTARTS

if TYPE_CHECKING:
    from collections.abc import Callable

LIST = "Users - Contoso"
LINK = "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/2222"
FINDING = Finding(
    "AADSTS7000215",
    "The client secret is wrong",
    "The value that was sent is none of this app's client secrets; perhaps it is another app's, or was cut short.",
    ("Open Certificates & secrets of the app registration.", "Create a new client secret and copy its Value column."),
    who="Application Administrator",
    link=LINK,
    evidence=Evidence(401, "c0ffee", None, "2026-11-23 08:00:00Z"),
    message="AADSTS7000215: Invalid client secret provided.",
)


class Screen(io.TextIOWrapper):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def stream(*, encoding: str = "utf-8", terminal: bool = False) -> io.TextIOWrapper:
    return (Screen if terminal else io.TextIOWrapper)(io.BytesIO(), encoding=encoding, errors="backslashreplace")


def written(text: io.TextIOWrapper) -> str:
    text.flush()
    assert isinstance(text.buffer, io.BytesIO)
    return text.buffer.getvalue().decode(text.encoding)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run(result: CheckResult, *, encoding: str = "utf-8", terminal: bool = False) -> str:
        out = stream(encoding=encoding, terminal=terminal)
        write_result(result, Console(io.StringIO(), out, stream()))
        return written(out)

    return run


FAILED = CheckResult(CheckId.SIGN_IN, CheckStatus.FAILED, FINDING.title, FINDING)


def test_a_finding_says_cause_remedy_who_link_and_ids(show: Callable[..., str]) -> None:
    assert (
        show(FAILED)
        == f"""\
✗ failed   sign-in        The client secret is wrong

  Cause    The value that was sent is none of this app's client secrets; perhaps
           it is another app's, or was cut short.
  Remedy   1. Open Certificates & secrets of the app registration.
           2. Create a new client secret and copy its Value column.
  Who      Application Administrator
  Link     {LINK}
  Message  AADSTS7000215: Invalid client secret provided.
  Code     AADSTS7000215
  HTTP status      401
  Correlation ID   c0ffee
  Time             2026-11-23 08:00:00Z

"""
    )


def test_a_narrow_terminal_wraps_but_never_breaks_an_address(
    show: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "48")
    lines = show(FAILED).splitlines()
    assert [line for line in lines if len(line) > 48] == [f"  Link     {LINK}"]


def test_signs_are_ascii_where_the_stream_is(show: Callable[..., str]) -> None:
    signs = {status: show(CheckResult(CheckId.TENANT, status, "Seen."), encoding="ascii")[0] for status in CheckStatus}
    assert signs == {
        CheckStatus.PASSED: "+",
        CheckStatus.WARNING: "!",
        CheckStatus.FAILED: "x",
        CheckStatus.SKIPPED: "-",
    }


def test_color_is_for_terminals_that_want_it(show: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    passed = CheckResult(CheckId.TENANT, CheckStatus.PASSED, "The tenant exists.")
    assert show(passed, terminal=True).startswith("\x1b[32m✓ passed \x1b[0m  tenant")
    assert "\x1b" not in show(passed)
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as context:
            context.setenv(name, value)
            assert "\x1b" not in show(passed, terminal=True)


def test_the_verdict_counts() -> None:
    out = stream()
    results = [
        CheckResult(CheckId.INPUT, CheckStatus.PASSED, ""),
        FAILED,
        CheckResult(CheckId.READ, CheckStatus.SKIPPED, ""),
    ]
    console = Console(io.StringIO(), out, stream())
    write_verdict(results, console)
    write_verdict(results[:1], console)
    assert written(out) == "Not healthy: 1 passed, 1 failed, 1 skipped.\nHealthy: 1 passed.\n"


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Started(LIST, SyncMode.FULL), f"{LIST}: reading everything."),
        (Started(LIST, SyncMode.DELTA), f"{LIST}: reading what changed since the last run."),
        (
            Started(LIST, SyncMode.FULL, 1998),
            f"{LIST}: resuming after 1,998 entries that an interrupted run read.",
        ),
        (PageRead(LIST, 2, 1998, 5000, 3.4, 2), f"{LIST}: 1,998 of 5,000 entries after 3 s."),
        (PageRead(LIST, 2, 1998, None, 3.4, 2), f"{LIST}: 1,998 entries after 3 s."),
        (
            Waiting(LIST, Wait(WaitReason.THROTTLED, 26.2, 1, 429, asked=True)),
            f"{LIST}: Retry in 27 s: throttled by Microsoft (HTTP 429).",
        ),
        (
            Waiting(LIST, Wait(WaitReason.NO_ANSWER, 0.5, 1)),
            f"{LIST}: Retry in 1 s: no response.",
        ),
        (
            Waiting(LIST, Wait(WaitReason.SIGN_IN, 3.0, 1, 401)),
            f"{LIST}: Retry in 3 s: the sign-in was refused (HTTP 401).",
        ),
        (
            Restarted(LIST, RestartReason.DELTA_EXPIRED),
            f"{LIST}: The delta link expired. Everything is read.",
        ),
        (Finished(LIST, Changes(), SyncMode.FULL, 1, 1, 1.0), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_narration(event: Started, line: str | None) -> None:
    assert narrate(event) == line


def test_results() -> None:
    changes = Changes(added=1000, changed=2, removed=3, unchanged=4)
    assert describe_result(Finished(LIST, changes, SyncMode.FULL, 1, 2, 1.26)) == (
        f"{LIST}: 1,006 entries (1,000 added, 2 changed, 3 removed, 4 unchanged), 1 request, 1.3 s."
    )
    assert describe_result(Finished("", changes, SyncMode.FULL, 9, 2, 1.26)).startswith("All lists: ")
    held = describe_held(Held(LIST, Changes(removed=30, unchanged=10), 40), "O'Brien & Co")
    assert "nothing was changed. It would remove 30 of 40 entries (0 added" in held
    assert held.endswith("""entra-tui sync 'O'"'"'Brien & Co' --yes""")


@pytest.mark.parametrize(
    ("failed", "full", "then"),
    [
        (
            Failed(LIST, FINDING, 9, 1.0, can_resume=True, mode=SyncMode.FULL),
            False,
            " The next run resumes from the last page.",
        ),
        (
            Failed(LIST, FINDING, 9, 1.0, can_resume=True, mode=SyncMode.FULL),
            True,
            " The next run without --full resumes from the last page.",
        ),
        (Failed(LIST, FINDING, 9, 1.0, can_resume=False, mode=SyncMode.FULL), False, " The next run reads everything."),
        # Without --full it asks for the changes, where there is a delta link.
        (Failed(LIST, FINDING, 9, 1.0, can_resume=False, mode=SyncMode.FULL), True, ""),
        (
            Failed(LIST, FINDING, 2, 1.0, can_resume=False, mode=SyncMode.DELTA),
            False,
            " The next run asks for the changes again.",
        ),
        # Nothing was asked, or what for is not known.
        (Failed(LIST, FINDING, 0, 0.0, can_resume=False, mode=SyncMode.FULL), False, ""),
        (Failed(LIST, FINDING, 1, 0.0, can_resume=False), False, ""),
    ],
)
def test_a_failure_says_with_what_the_next_run_begins(failed: Failed, full: bool, then: str) -> None:
    said = describe_failure(failed, full=full)
    assert said == f"{LIST}: not synchronized, {FINDING.title}. The list is unchanged.{then}"


def test_members_and_emptied_columns_are_told_in_numbers() -> None:
    changes = Changes(changed=2, unchanged=4, joined=3, left=1)
    assert "2 changed, 0 removed, 4 unchanged; 3 joined, 1 left)" in describe_result(
        Finished(LIST, changes, SyncMode.DELTA, 1, 1, 0.4)
    )
    losses = (ColumnLoss("mail", 6000, everywhere=True), ColumnLoss("jobTitle", 1, everywhere=False))
    held = describe_held(Held(LIST, Changes(changed=6000), 8000, losses=losses), "Contoso")
    assert "nothing was changed. It would empty mail of 6,000 entries, jobTitle of 1 entry (" in held
    assert "remove" not in held.replace("0 removed", "")


@pytest.mark.parametrize("reason", RestartReason)
def test_every_restart_has_a_sentence_of_its_own(reason: RestartReason) -> None:
    said = narrate(Restarted(LIST, reason))
    assert said is not None
    assert said.endswith(".")
    assert sum(sentence == RESTARTS[reason] for sentence in RESTARTS.values()) == 1


@pytest.mark.parametrize("reason", WaitReason)
def test_every_wait_has_its_words(reason: WaitReason) -> None:
    assert (narrate(Waiting(LIST, Wait(reason, 2.0, 1))) or "").startswith(f"{LIST}: Retry in 2 s: ")


def test_pages_are_told_every_five_seconds() -> None:
    err = stream()
    with NarratedLines(Console(io.StringIO(), stream(), err)) as display:
        display.show(Started(LIST, SyncMode.FULL))
        for second in range(13):
            display.show(PageRead(LIST, second, 999 * second, None, float(second), second))
    assert [line.rpartition(" after ")[2] for line in written(err).splitlines()[1:]] == ["5 s.", "10 s."]


def test_narration_that_nobody_can_read_disturbs_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    Console(io.StringIO(), stream(), Gone()).narrate("Is anybody there?")


def test_paint_leaves_text_alone_off_a_terminal() -> None:
    assert Console(io.StringIO(), stream(), stream()).paint("Healthy", Color.GREEN) == "Healthy"
