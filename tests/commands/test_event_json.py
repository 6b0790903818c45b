"""Each event's JSON is a contract."""

from __future__ import annotations

import json

import pytest

from entra_tui.commands.event_json import event_object
from entra_tui.graph.retry import Wait, WaitReason
from entra_tui.model.entry import Changes
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
CHANGES = Changes(added=1, changed=2, removed=3, unchanged=4)
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
            {"event": "held", "list": LIST, "entries": 9, "added": 1, "changed": 2, "removed": 3, "unchanged": 4},
        ),
        (
            Finished(LIST, CHANGES, SyncMode.FULL, requests=5, pages=2, seconds=3.0),
            {
                "event": "finished",
                "list": LIST,
                "mode": "full",
                "total": 7,
                "added": 1,
                "changed": 2,
                "removed": 3,
                "unchanged": 4,
                "requests": 5,
                "pages": 2,
                "seconds": 3.0,
            },
        ),
        (
            Failed(LIST, FINDING, requests=1, seconds=0.5, can_resume=True),
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
