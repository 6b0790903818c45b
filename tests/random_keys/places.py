"""Where random keys begin: every screen, opened directly on a practice tenant that has something to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from entra_tui.checks.ladder_run import LadderRun
from entra_tui.model.environment import PUBLIC
from entra_tui.onboarding import Onboarding, Step
from entra_tui.screens.ask_secret import AskPassphrase, AskSecret
from entra_tui.screens.change import ChangeScreen
from entra_tui.screens.connectors import ConnectorsScreen, ConnectorTypeScreen
from entra_tui.screens.create_connector import CreateConnectorScreen
from entra_tui.screens.entry import EntryScreen
from entra_tui.screens.exchange import ExchangeScreen
from entra_tui.screens.export import ExportScreen
from entra_tui.screens.help import HelpScreen
from entra_tui.screens.history import HistoryScreen
from entra_tui.screens.home import HomeScreen
from entra_tui.screens.lookup_list import LookupListScreen
from entra_tui.screens.lookup_lists import LookupListsScreen
from entra_tui.screens.plain_page import PlainPage
from entra_tui.screens.removal import RemoveScreen
from entra_tui.screens.report import ReportScreen
from entra_tui.screens.requests import RequestsScreen
from entra_tui.screens.run import RunScreen
from entra_tui.screens.scenario_picker import ScenarioPicker
from entra_tui.screens.sync import SyncScreen
from entra_tui.screens.troubleshoot import TroubleshootScreen
from entra_tui.screens.wizard.screen import WizardScreen
from entra_tui.simulator.scenario import list_scenarios
from tests.screens.past_runs import LIST, eventful_history

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.screen import Screen

    from entra_tui.guidance import Value
    from entra_tui.model.secret import Secret
    from entra_tui.services import Services
    from tests.screens.stage import Stage

    AnyScreen = Screen[None] | Screen[bool] | Screen[str | None] | Screen[Secret | None]
    Place = Callable[[Stage], AnyScreen]


async def furnish(stage: Stage) -> None:
    """A connector, a list with a history, and the requests that this took."""
    await eventful_history(stage)
    stage.services.remember_secret(stage.connector, stage.secret)


def _at(step: Step) -> Place:
    """The wizard at a step, with all steps before it proven."""

    def make(stage: Stage) -> AnyScreen:
        given = stage.cloud.inputs
        onboarding = Onboarding()
        onboarding.enter_tenant(given.tenant)
        onboarding.prove_tenant(given.tenant, given.environment, "Found.")
        onboarding.enter_client_id(given.client_id)
        onboarding.enter_secret(given.secret)
        while onboarding.draft.step is not step:
            onboarding.prove(onboarding.draft.step, "Held.")
            onboarding.forward()
        services = stage.services

        def save(draft: object) -> None:
            services.drafts.write(onboarding.draft.to_mapping())

        onboarding._save = save
        return WizardScreen(services, onboarding)

    return make


def _history(stage: Stage) -> HistoryScreen:
    return HistoryScreen(stage.services, LIST, simulated=True)


def _run(stage: Stage) -> RunScreen:
    run = next(run for run in stage.services.lists.runs(LIST) if run.changes.changed)
    return RunScreen(stage.services, LIST, run, simulated=True)


def _change(stage: Stage) -> ChangeScreen:
    lists = stage.services.lists
    run = next(run for run in lists.runs(LIST) if run.changes.changed)
    changes = lists.run_changes(run.number, offset=0, limit=10)
    change = next(one for one in changes if one.before and one.after)
    return ChangeScreen(stage.services, change, list_name=LIST, run=run.number, simulated=True)


def _entry(stage: Stage) -> EntryScreen:
    (entry,) = stage.services.lists.rows(LIST, limit=1)
    return EntryScreen(stage.services, entry, simulated=True)


def _export(stage: Stage) -> ExportScreen:
    (wanted,) = (one for one in stage.services.lists.overview() if one.name == LIST)
    return ExportScreen(stage.services, wanted, simulated=True)


def _report(stage: Stage) -> ReportScreen:
    context = stage.services.check_context(stage.services.inputs_of(stage.connector, stage.secret))
    return ReportScreen(stage.services, LadderRun(context), simulated=True)


def _values(stage: Stage) -> tuple[Value, ...]:
    from entra_tui.guidance import values_of  # noqa: PLC0415

    services = stage.services
    onboarding = Onboarding()
    onboarding.enter_tenant(stage.cloud.inputs.tenant)
    environment = services.settings.environment(stage.cloud.inputs.environment)
    return values_of(Step.CONSENT, onboarding.draft, environment, services.catalogue)


def _services(make: Callable[[Services], AnyScreen]) -> Place:
    return lambda stage: make(stage.services)


PLACES: Final[Mapping[str, Place]] = {
    "home": _services(HomeScreen),
    **{step.value: _at(step) for step in Step},
    "connectors": _services(ConnectorsScreen),
    "connector-type": lambda _: ConnectorTypeScreen(),
    "remove": lambda stage: RemoveScreen(stage.services.secret_sharing(stage.connector)),
    "form": _services(CreateConnectorScreen),
    "sync": lambda stage: SyncScreen(stage.services, stage.connector),
    "troubleshoot": _services(TroubleshootScreen),
    "lookup-lists": _services(LookupListsScreen),
    "lookup-list": lambda stage: LookupListScreen(stage.services, LIST),
    "entry": _entry,
    "history": _history,
    "run": _run,
    "change": _change,
    "export": _export,
    "report": _report,
    "requests": _services(RequestsScreen),
    "exchange": lambda stage: ExchangeScreen(stage.services, stage.services.http.trace.exchanges[-1]),
    "help": lambda _: HelpScreen("Set up a connector", "Some words.\n\nAnd more of them."),
    "plain-page": lambda stage: PlainPage(_values(stage), file=stage.services.folders.data / "page.txt"),
    "ask-secret": lambda stage: AskSecret(stage.connector, PUBLIC, again=stage.cloud.inputs.secret),
    "ask-passphrase": lambda _: AskPassphrase(choose=True),
    "scenario-picker": lambda stage: ScenarioPicker(stage.services, list_scenarios(), lambda _scenario, _plays: None),
}
