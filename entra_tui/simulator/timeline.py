"""What happens in a practice tenant by itself, as if an administrator were at work elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.simulator.timeline_event import Action, Event

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from entra_tui.simulator.administration import Administration
    from entra_tui.simulator.traffic import Traffic


def perform(event: Event, world: Administration, client_id: str) -> None:
    """Do what an event says, to the app with `client_id` where it is about an app."""
    _DEEDS[event.action](event, world, client_id)


_DEEDS: Final[dict[Action, Callable[[Event, Administration, str], object]]] = {
    Action.GRANT_CONSENT: lambda event, world, app: world.grant_consent(app, event.permission),
    Action.REVOKE_CONSENT: lambda event, world, app: world.revoke_consent(app, event.permission),
    Action.DISABLE_APPLICATION: lambda _, world, app: world.disable_application(app),
    Action.ENABLE_APPLICATION: lambda _, world, app: world.enable_application(app),
    Action.DELETE_APPLICATION: lambda _, world, app: world.delete_application(app),
    Action.REMOVE_SECRETS: lambda _, world, app: world.remove_secrets(app),
    Action.CREATE_USERS: lambda event, world, _: world.create_users(event.count),
    Action.CHANGE_USERS: lambda event, world, _: world.change_users(event.count),
    Action.DELETE_USERS: lambda event, world, _: world.delete_users(event.count),
    Action.APPROVE_DEVICE_SIGN_IN: lambda event, world, _: world.approve_device_sign_in(event.role),
    Action.DECLINE_DEVICE_SIGN_IN: lambda _event, world, _app: world.decline_device_sign_in(),
    Action.ROTATE_SIGNING_KEYS: lambda _event, world, _app: world.rotate_signing_keys(),
}


class Timeline:
    """The events of one run; each happens once, when its moment has come and somebody asks the practice tenant."""

    def __init__(self, events: tuple[Event, ...], started: datetime) -> None:
        self._started = started
        self._waiting = list(events)
        self._seen: dict[Traffic, list[datetime]] = {}

    def note(self, traffic: Traffic, now: datetime) -> None:
        """Remember that a request of this kind came."""
        if self._waiting:
            self._seen.setdefault(traffic, []).append(now)

    def due(self, now: datetime) -> list[Event]:
        """The events whose moment has come, in order of time; they are not given again."""
        moments = [(moment, event) for event in self._waiting if (moment := self._moment(event)) is not None]
        ripe = sorted(
            (pair for pair in moments if (now - pair[0]).total_seconds() >= pair[1].seconds),
            key=lambda pair: pair[0].timestamp() + pair[1].seconds,
        )
        for _, event in ripe:
            self._waiting.remove(event)
        return [event for _, event in ripe]

    def postpone(self, event: Event) -> None:
        """Let an event wait until it is possible."""
        self._waiting.append(event)

    def _moment(self, event: Event) -> datetime | None:
        if event.after is None:
            return self._started
        seen = self._seen.get(event.after, [])
        return seen[event.nth - 1] if len(seen) >= event.nth else None
