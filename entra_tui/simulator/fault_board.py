"""When faults strike: each lets the first `after` requests of its kind of traffic pass, then strikes `times` times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entra_tui.simulator.faults import CONNECTION_FAULTS, EFFECTS, ONLY_WITH, PAGE_TOKEN, Strike
from entra_tui.simulator.sites import Service
from entra_tui.simulator.traffic import Traffic, covers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from entra_tui.simulator.faults import Fault, FaultKind
    from entra_tui.simulator.messages import Answer, IncomingRequest


class FaultBoard:
    """Which faults are still to strike, and which have."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self._faults = faults
        self._passed = [0] * len(faults)
        self._struck = [0] * len(faults)
        self._dead: dict[str, Fault] = {}
        self._before: dict[Traffic, Answer] = {}
        self._requests = 0

    def answer(
        self, traffic: Traffic, request: IncomingRequest, now: datetime, proceed: Callable[[], Answer]
    ) -> Answer:
        """What a request of a kind is answered, with what may go wrong.

        Raises:
            SignInRefusal, GraphRefusal: As a fault wants it, or as `proceed` does.
        """
        if not self._faults:
            return proceed()
        self._requests += 1
        fault = self._dead.get(request.query) or self._striking(traffic, request)
        if fault is None:
            answer = proceed()
        else:
            strike = Strike(fault, request, now, proceed, self._before.get(traffic), self._requests)
            answer = EFFECTS[fault.kind](strike)
        self._before[traffic] = answer
        return answer

    def connection_fault(self, service: Service) -> FaultKind | None:
        """What prevents a connection to a host of this service; None when nothing does."""
        seen = Traffic.LOGIN if service is Service.LOGIN else Traffic.GRAPH
        for place, fault in enumerate(self._faults):
            reached = fault.kind in CONNECTION_FAULTS and (service is Service.BOTH or covers(fault.where, seen))
            if reached and self._counts(place, fault):
                return fault.kind
        return None

    def _striking(self, traffic: Traffic, request: IncomingRequest) -> Fault | None:
        for place, fault in enumerate(self._faults):
            if fault.kind in CONNECTION_FAULTS or not covers(fault.where, traffic):
                continue
            needed = PAGE_TOKEN if fault.pages_only else ONLY_WITH.get(fault.kind)
            query = request.query.replace("%24", "$")
            if needed is not None and (needed not in query or f"{needed}latest" in query):
                continue
            if self._counts(place, fault):
                if fault.kind in ONLY_WITH:
                    self._dead[request.query] = fault
                return fault
        return None

    def _counts(self, place: int, fault: Fault) -> bool:
        if self._passed[place] < fault.after:
            self._passed[place] += 1
            return False
        if fault.times is not None and self._struck[place] >= fault.times:
            return False
        self._struck[place] += 1
        return True
