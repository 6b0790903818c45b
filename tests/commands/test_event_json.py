"""Each event's JSON is a contract."""

from __future__ import annotations

import json

import pytest

from entra_tui.commands.event_json import event_object
from entra_tui.graph.retry import Wait, WaitReason
from entra_tui.model.entry import Changes, ColumnLoss
from entra_tui.model.finding import Evidence, Finding
from entra_tui.sync.events import (
    Failed,
    Finished,
    Held,
    PageRead,
    Restarted,
    RestartReason,
    Started,
    SyncEvent,
    SyncMode,
    Waiting,
)

LIST = "Users - Contoso"
CHANGES = Changes(added=1, changed=2, removed=3, unchanged=4, joined=5, left=6)
NUMBERS = {"added": 1, "changed": 2, "removed": 3, "unchanged": 4}
FINDING = Finding(
    "AADSTS7000215",
    "Wrong secret",
    "The secret is not one of this app's.",
    ("Copy the Value.",),
    who="Application Administrator",
    link="https://entra.microsoft.com",
    evidence=Evidence(401, "correlation", "request", "2026-11-23 08:00:00Z"),
    message="Invalid client secret provided.",
)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            Started(LIST, SyncMode.DELTA, 7),
            {"event": "started", "list": LIST, "mode": "delta", "resumed_entries": 7},
        ),
        (
            PageRead(LIST, pages=2, entries=1998, total=None, seconds=1.23456, requests=3),
            {
                "event": "page",
                "list": LIST,
                "pages": 2,
                "entries": 1998,
                "total": None,
                "seconds": 1.235,
                "requests": 3,
            },
        ),
        (
            Waiting(LIST, Wait(WaitReason.THROTTLED, 27.0, 1, 429, asked=True)),
            {"event": "waiting", "list": LIST, "reason": "throttled", "seconds": 27.0, "attempt": 1, "status": 429},
        ),
        (
            Waiting(LIST, Wait(WaitReason.SERVER_ERROR, 5.0, 1, 503, asked=True)),
            {"event": "waiting", "list": LIST, "reason": "server error", "seconds": 5.0, "attempt": 1, "status": 503},
        ),
        (
            Waiting(LIST, Wait(WaitReason.NO_ANSWER, 0.75, 2)),
            {"event": "retrying", "list": LIST, "reason": "no answer", "seconds": 0.75, "attempt": 2, "status": None},
        ),
        (
            Restarted(LIST, RestartReason.DELTA_EXPIRED),
            {"event": "restarted", "list": LIST, "reason": "delta link expired"},
        ),
        (
            Held(LIST, CHANGES, entries=9),
            {"event": "held", "list": LIST, "reason": "too-many-removals", "columns": [], "entries": 9, **NUMBERS},
        ),
        (
            Held(
                LIST, CHANGES, entries=9, losses=(ColumnLoss("mail", 4, everywhere=True), ColumnLoss("city", 3, False))
            ),
            {
                "event": "held",
                "list": LIST,
                "reason": "columns-emptied",
                "columns": [
                    {"column": "mail", "rows": 4, "everywhere": True},
                    {"column": "city", "rows": 3, "everywhere": False},
                ],
                "entries": 9,
                **NUMBERS,
            },
        ),
        (
            Finished(LIST, CHANGES, SyncMode.FULL, requests=5, pages=2, seconds=3.0, warnings=("One.", "Two.")),
            {
                "event": "finished",
                "list": LIST,
                "mode": "full",
                "total": 7,
                **NUMBERS,
                "joined": 5,
                "left": 6,
                "warnings": ["One.", "Two."],
                "requests": 5,
                "pages": 2,
                "seconds": 3.0,
            },
        ),
        (
            Failed(LIST, FINDING, requests=1, seconds=0.5, can_resume=True, mode=SyncMode.DELTA),
            {
                "event": "failed",
                "list": LIST,
                "finding": {
                    "code": "AADSTS7000215",
                    "title": "Wrong secret",
                    "cause": "The secret is not one of this app's.",
                    "remedy": ["Copy the Value."],
                    "who": "Application Administrator",
                    "link": "https://entra.microsoft.com",
                    "message": "Invalid client secret provided.",
                    "evidence": {
                        "http_status": 401,
                        "correlation_id": "correlation",
                        "request_id": "request",
                        "timestamp": "2026-11-23 08:00:00Z",
                    },
                },
                "mode": "delta",
                "requests": 1,
                "seconds": 0.5,
                "can_resume": True,
            },
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, dict) else "",
)
def test_an_event(event: SyncEvent, expected: dict[str, object]) -> None:
    told = event_object(event)
    assert told == expected
    assert json.dumps(told).startswith('{"event": ')


def test_a_failure_before_anything_was_read_has_no_mode() -> None:
    assert event_object(Failed(LIST, FINDING, requests=0, seconds=0.0, can_resume=False))["mode"] is None
