"""The practice tenant's whole world: tenants, tokens, faults, time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from entra_tui.model.clock import Clock, SystemClock
from entra_tui.simulator.administration import Administration
from entra_tui.simulator.device_sign_in import DeviceSignIns
from entra_tui.simulator.fault_board import FaultBoard
from entra_tui.simulator.graph_api.throttling import Budgets
from entra_tui.simulator.identifiers import Identifiers, mixed
from entra_tui.simulator.refresh_tokens import RefreshTokens
from entra_tui.simulator.settling import Settling
from entra_tui.simulator.signing import signing_key, verified_claims
from entra_tui.simulator.tenant import Tenant
from entra_tui.simulator.timeline import Timeline, perform

if TYPE_CHECKING:
    from entra_tui.simulator.specification import Inputs, Scenario
    from entra_tui.simulator.traffic import Traffic

_TOKENS_REMEMBERED = 64


class PracticeCloud(Administration):
    """Microsoft's clouds with the tenants of one scenario in them.

    Args:
        scenario: What is in it and what happens.
        users: How many users the scenario's tenant has; None for as many as the scenario says.
        clock: Time, as everything in it sees it.

    Attributes:
        scenario: The scenario.
        tenants: Every tenant; the scenario's own first.
        tenant: The scenario's own tenant, which the administrator's operations are about.
        clock: Time, as the client sees it; the servers' own is `server_time`.
        identifiers: Where fresh ids come from.
        device_sign_ins: Sign-ins with a device code.
        refresh_tokens: With which people stay signed in.
        faults: What goes wrong.
        budgets: How much each app may still ask of Graph.
        key_generation: Which signing key is in use.
    """

    def __init__(self, scenario: Scenario, *, users: int | None = None, clock: Clock | None = None) -> None:
        self.scenario = scenario
        self.clock = clock or SystemClock()
        self.started = self.clock.now()
        self.propagation = timedelta(seconds=scenario.propagation)
        self.settling = Settling(timedelta(seconds=scenario.graph_delay))
        self.identifiers = Identifiers(scenario.users.seed)
        self.device_sign_ins = DeviceSignIns(self.identifiers)
        self.refresh_tokens = RefreshTokens(self.identifiers)
        self.faults = FaultBoard(scenario.faults)
        self.budgets = Budgets()
        self.key_generation = mixed(scenario.users.seed) % 4
        self._timeline = Timeline(scenario.timeline, self.started)
        self._verified: dict[str, dict[str, Any]] = {}
        self.tenants = tuple(
            Tenant(spec, scenario.users, count=users if place == 0 else 25)
            for place, spec in enumerate(scenario.tenants)
        )
        self.tenant = self.tenants[0]
        by_id = {tenant.spec.tenant_id: tenant for tenant in self.tenants}
        for application in scenario.applications:
            by_id[application.tenant_id].register(application, self.started)

    def __repr__(self) -> str:
        return f"PracticeCloud({self.scenario.name!r}, {self.tenant!r})"

    @property
    def inputs(self) -> Inputs:
        """What a person would type in this scenario."""
        return self.scenario.inputs

    def server_time(self) -> datetime:
        """The present moment by the servers' clocks."""
        return self.clock.now() + timedelta(seconds=self.scenario.clock_skew)

    def note(self, traffic: Traffic) -> None:
        """Take note of a request, and let happen what is due."""
        self._timeline.note(traffic, self.clock.now())
        self.catch_up()

    def catch_up(self) -> None:
        """Let everything happen whose moment has come."""
        self.settling.settle(self.clock.now())
        for event in self._timeline.due(self.clock.now()):
            try:
                perform(event, self, self.scenario.applications[0].client_id)
            except LookupError:
                # What it is about is not there yet, such as a sign-in that nobody began.
                self._timeline.postpone(event)

    def claims(self, token: str) -> dict[str, Any] | None:
        """The claims of a token that this world issued, expired or not; None for any other text."""
        found = self._verified.get(token)
        if found is None:
            keys = tuple(
                signing_key(place) for place in range(max(0, self.key_generation - 1), self.key_generation + 1)
            )
            found = verified_claims(token, keys)
            if found is not None:
                while len(self._verified) >= _TOKENS_REMEMBERED:
                    del self._verified[next(iter(self._verified))]
                self._verified[token] = found
        return found
