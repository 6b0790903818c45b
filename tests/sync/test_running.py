from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from entra_tui.model.entry import Changes
from entra_tui.model.finding import Finding
from entra_tui.simulator.clock import ManualClock
from entra_tui.storage.errors import UnknownNameError
from entra_tui.sync.events import Failed, Finished, Held, Started, SyncMode
from entra_tui.sync.running import RunningSync, RunningSyncs, SyncOutcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from entra_tui.sync.events import SyncEvent
    from entra_tui.sync.pause import Pause

LIST = "Users - Contoso"


def script(*events: SyncEvent, endless: bool = False) -> Callable[[Pause], AsyncIterator[SyncEvent]]:
    async def run(pause: Pause) -> AsyncIterator[SyncEvent]:
        for event in events:
            await pause.passed()
            yield event
        if endless:
            await asyncio.Event().wait()

    return run


STARTED = Started(LIST, SyncMode.FULL)
FINISHED = Finished(LIST, Changes(added=1), SyncMode.FULL, 1, 1, 0.1)
HELD = Held(LIST, Changes(removed=9), 9)


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ((STARTED, FINISHED), SyncOutcome.FINISHED),
        ((STARTED, HELD), SyncOutcome.HELD),
        ((STARTED, HELD, FINISHED), SyncOutcome.HELD),
    ],
)
async def test_the_last_word_is_the_outcome(events: tuple[SyncEvent, ...], outcome: SyncOutcome) -> None:
    sync = RunningSync(script(*events), ManualClock())
    await sync.ended()
    sync.raise_defect()
    assert sync.outcome is outcome


async def test_a_failed_list_makes_a_failed_run(failed: Failed) -> None:
    sync = RunningSync(script(STARTED, failed, FINISHED), ManualClock())
    await sync.ended()
    assert sync.outcome is SyncOutcome.FAILED
    assert sync.progress.failed is failed


async def test_what_storage_refuses_is_kept_as_its_sentence() -> None:
    def refuse(_: Pause) -> AsyncIterator[SyncEvent]:
        raise UnknownNameError("There is no such environment.")

    sync = RunningSync(refuse, ManualClock())
    await sync.ended()
    sync.raise_defect()
    assert (sync.outcome, sync.refusal) == (SyncOutcome.FAILED, "There is no such environment.")


async def test_a_defect_is_not_swallowed() -> None:
    async def broken(_: Pause) -> AsyncIterator[SyncEvent]:
        yield STARTED
        raise ZeroDivisionError

    sync = RunningSync(broken, ManualClock())
    await sync.ended()
    with pytest.raises(ZeroDivisionError):
        sync.raise_defect()


async def test_it_can_be_held_and_canceled() -> None:
    syncs = RunningSyncs()
    sync = syncs.start("Contoso", script(STARTED, FINISHED), ManualClock())
    sync.pause()
    await asyncio.sleep(0)
    assert sync.is_paused
    assert sync.progress.list == ""
    sync.resume()
    sync.pause()
    sync.cancel()
    await sync.ended()
    assert sync.outcome is SyncOutcome.CANCELED
    assert not sync.is_paused


async def test_a_connector_has_one_run_at_a_time_whatever_the_case_of_its_name() -> None:
    syncs = RunningSyncs()
    first = syncs.start("Contoso", script(STARTED, endless=True), ManualClock())
    assert syncs.start("CONTOSO", script(), ManualClock()) is first
    assert syncs.find("contoso") is first
    assert syncs.find("Fabrikam") is None
    await syncs.aclose()
    assert first.outcome is SyncOutcome.CANCELED
    second = syncs.start("Contoso", script(STARTED, FINISHED), ManualClock())
    assert second is not first
    await second.ended()


@pytest.fixture
def failed() -> Failed:
    finding = Finding(code="AADSTS7000222", title="The secret has expired", cause="It ended.", remedy=())
    return Failed(LIST, finding, 1, 0.1, can_resume=False)
