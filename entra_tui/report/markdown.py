"""The part of a report that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.model.finding import CheckStatus, is_healthy
from entra_tui.model.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entra_tui.model.finding import CheckResult, Finding
    from entra_tui.report.report import Report

_SPECIAL: Final = str.maketrans({each: f"\\{each}" for each in "\\`*_<>|[]#"})


def readable(report: Report) -> str:
    """Markdown: what was checked, what was found, what was asked."""
    return "\n".join(_lines(report))


def contents(report: Report) -> tuple[str, ...]:
    """What the file holds, for whoever is to give it away."""
    hosts = ", ".join(dict.fromkeys(exchange.host for exchange in report.exchanges)) or "nobody"
    ids = "replaced by made-up ones" if report.anonymous else f"{report.inputs.tenant} and {report.inputs.client_id}"
    proxies = ", ".join(dict.fromkeys(report.proxies.values())) or "none"
    return (
        f"The results of {len(report.results)} checks, with their findings.",
        f"{len(report.exchanges)} requests to {hosts}; of each answer only what names nobody.",
        f"Tenant and app: {ids}.",
        f"Persons: {f'{report.persons}, each by a number' if report.persons else 'none'}.",
        f"Environment: {report.inputs.environment.label}; proxy: {proxies}.",
        f"Versions of {', '.join(report.versions)}; terminal: {', '.join(report.terminal) or 'none'}.",
        "No client secret, no token, no passphrase.",
    )


def _lines(report: Report) -> Iterator[str]:
    verdict = "healthy" if is_healthy(report.results) else "not healthy"
    yield "# Support report of entra-tui"
    yield ""
    yield f"Made {report.made:%Y-%m-%d %H:%M:%S} UTC. The connector is **{verdict}**."
    yield ""
    yield "It holds:"
    yield ""
    for line in contents(report):
        yield f"- {_plain(line)}"
    yield ""
    yield "`entra-tui replay FILE` shows the same checks and requests on another machine, offline."
    yield ""
    yield "## Checks"
    yield ""
    yield "| check | status | what was seen |"
    yield "| --- | --- | --- |"
    for result in report.results:
        yield f"| {result.check.value} | {result.status.value} | {_plain(result.summary)} |"
    for result in report.results:
        if result.finding is not None:
            yield from _finding(result, result.finding)
    yield ""
    yield "## Requests"
    yield ""
    yield "| time (UTC) | method | host and path | status | ms | try |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for exchange in report.exchanges:
        outcome = exchange.status if exchange.status is not None else exchange.failure
        address = _plain(f"{exchange.host}{exchange.path}")
        yield (
            f"| {exchange.started:%H:%M:%S} | {_plain(exchange.method)} | {address} | {_plain(str(outcome))} "
            f"| {exchange.milliseconds:.0f} | {exchange.attempt} |"
        )
    yield ""
    yield "## Surroundings"
    yield ""
    offset = report.clock_offset
    yield f"- seconds by which Microsoft's clock is ahead: {'not told' if offset is None else round(offset)}"
    for name, value in {**report.versions, **report.terminal}.items():
        yield f"- {_plain(name)}: {_plain(value)}"
    yield ""
    yield "## For the program"
    yield ""
    yield "Nothing below is meant to be read or changed by hand."
    yield ""


def _finding(result: CheckResult, finding: Finding) -> Iterator[str]:
    word = "Warning" if result.status is CheckStatus.WARNING else "Failed"
    yield ""
    yield f"### {word}: {_plain(finding.title)}"
    yield ""
    yield _plain(finding.cause)
    yield ""
    for number, step in enumerate(finding.remedy, start=1):
        yield f"{number}. {_plain(step)}"
    yield ""
    for label, value in (("who", finding.who), ("code", finding.code), ("message", finding.message)):
        if value:
            yield f"- {label}: {_plain(value)}"
    for label, value in finding.evidence.labelled():
        yield f"- {label}: {_plain(value)}"


def _plain(text: str) -> str:
    # One line, and nothing in it is a mark of Markdown's: a text from outside must not look like a part of the file.
    return harmless(text).translate(_SPECIAL)
