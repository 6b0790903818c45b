"""What each step tells a person: one source for the screens and for plain mode.

Help texts are paragraphs with a blank line between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from entra_tui.checks.catalogue import Subject
from entra_tui.handover.consent_request import consent_address, consent_message
from entra_tui.handover.instructions import Target, Task
from entra_tui.handover.sheet import sheet
from entra_tui.handover.tools import instructions
from entra_tui.model.connector import APP_NAME, SECRET_DESCRIPTION
from entra_tui.model.permission import needed_permissions
from entra_tui.onboarding import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entra_tui.checks.catalogue import Catalogue
    from entra_tui.model.environment import Environment
    from entra_tui.model.permission import Permission
    from entra_tui.onboarding import Draft

HOME_HELP: Final = """entra-tui sets up the connector through which ASCERA reads identity data from a Microsoft
Entra tenant, proves each step against Microsoft's own services, and synchronizes the lookup
list.

Set up a connector walks through seven steps. It can be left at any time: what was entered is kept, but for the
client secret.

The names are those of ASCERA: ConMon: Maintain > Connectors, Lists > Lookup Lists."""

ACCOUNT_TYPES: Final = "Accounts in this organizational directory only (Single tenant)"
APP_FOUND: Final = "The app is registered in this tenant."
APP_UNKNOWN: Final = "The service does not say yet; the secret at step 3 will show it."
GCC_NOTICE: Final = "This is a GCC tenant. GCC belongs to the Azure Public Cloud, not to Azure US Government."
ROLES: Final = (
    "You will need Application Administrator for steps 2 to 4, and Privileged Role or Global Administrator for step 5."
)


@dataclass(frozen=True, slots=True)
class Guide:
    """One step in words.

    Attributes:
        lead: What to do in the portal.
        values: What to enter there: label and value.
        then: What to do after that; empty where the lead says it all.
        help: The longer explanation.
    """

    lead: str
    help: str
    values: tuple[tuple[str, str], ...] = ()
    then: str = ""


GUIDES: Final[Mapping[Step, Guide]] = {
    Step.TENANT: Guide(
        lead="In the Azure portal open Microsoft Entra ID > Overview and copy the Tenant ID. "
        "With several directories, make sure that the right one is open.",
        then=ROLES,
        help="""Azure portal > Microsoft Entra ID > Overview shows the Tenant ID. With several directories,
see at the top right which one is open.

A domain name of the tenant works as well, such as contoso.onmicrosoft.com. Every Microsoft cloud is asked;
nothing is signed in and nothing is changed.

The environment is found by itself. GCC (moderate) tenants belong to the Azure Public Cloud; Azure US Government
is for GCC High and DoD.

Steps 2 to 4 take an Application Administrator, Cloud Application Administrator or Global Administrator. Step 5
takes a Privileged Role Administrator or Global Administrator: an Application Administrator cannot grant application
permissions of Microsoft Graph.""",
    ),
    Step.REGISTRATION: Guide(
        lead="In App registrations click New registration and enter:",
        values=(("Name", APP_NAME), ("Account types", ACCOUNT_TYPES), ("Redirect URI", "leave it blank")),
        then="Click Register, then copy the ID from the Overview page.",
        help="""Azure portal > Microsoft Entra ID > App registrations > New registration. Enter the values of
this page, click Register, then copy the Application (client) ID from the Overview page that
opens.

The Overview page shows three GUIDs. Application (client) ID is the one that is meant; Object ID is another
number of the same app and signs in nobody; Directory (tenant) ID is the one of step 1.

Whether the app exists is asked without a sign-in, so no failed one shows in the tenant's log.""",
    ),
    Step.SECRET: Guide(
        lead="In Certificates & secrets click New client secret:",
        values=(("Description", SECRET_DESCRIPTION), ("Expires", "per your security policy")),
        then="Click Add and copy the Value; it is shown only now.",
        help="""Azure portal > App registrations > your app > Certificates & secrets > Client secrets > New
client secret. Copy the Value at once: it is shown only this time. The Secret ID next to it
is a GUID and signs in nobody.

The secret goes to the login service of the tenant's own cloud and nowhere else. It is not written anywhere
until you say where to keep it, at step 6.

A new secret may need up to a minute until the service knows it everywhere; the sign-in is tried again by
itself, and you can stop that.""",
    ),
    Step.PERMISSIONS: Guide(
        lead="In API permissions click Add a permission > Microsoft Graph > Application permissions, and add:",
        help="""Azure portal > App registrations > your app > API permissions > Add a permission > Microsoft
Graph > Application permissions. Not Delegated: a delegated permission looks the same on the
page, but the connector signs in as an application and never carries it.

ASCERA's guide asks for User.Read.All, Group.Read.All and Directory.Read.All. "Least privilege" asks for no more
than the features that are on really use.

What was added shows here only after admin consent, since a token carries what was granted, not what was
requested. Without consent, go on to step 5.""",
    ),
    Step.CONSENT: Guide(
        lead="On the same page click Grant admin consent for your tenant, and confirm. It takes a Privileged Role "
        "Administrator or a Global Administrator; an Application Administrator cannot do it.",
        help="""Azure portal > App registrations > your app > API permissions > Grant admin consent for your
tenant.

Only a Privileged Role Administrator or a Global Administrator can grant application permissions of Microsoft
Graph. An Application Administrator cannot, although the guide names that role: the button stays grey or the
page reports an error. Among the values of this step is a message to send to somebody who can.

Granting replaces: permissions granted before that are no longer on the page may be taken back.

A fresh token is taken every few seconds, then more slowly, since Microsoft stops a client that asks too
often. It can take a minute until a grant shows.""",
    ),
    Step.CONNECTOR: Guide(
        lead="In ASCERA open ConMon: Maintain > Connectors > Create > Microsoft Entra ID, and enter the same values.",
        help="""In ASCERA: ConMon: Maintain > Connectors > Create > Microsoft Entra ID. The fields have the
same names there, and the values of this step are what to enter.

Check and save runs the whole verification ladder on what is in the form, then saves the connector and creates
its lookup list.

Keep the secret: the system keyring is best. Where there is none, a file encrypted under a passphrase, or
nowhere; then it is asked for each time, or read from the variable ENTRA_TUI_CLIENT_SECRET.""",
    ),
    Step.SYNCHRONIZE: Guide(
        lead="ASCERA has created the lookup list '{users_list}'. Synchronize it to prove the whole way.",
        help="""In ASCERA: Lists > Lookup Lists, open the list, click Synchronize.

The list is replaced as a whole at the end, so nobody sees half of it, and a synchronization that fails changes
nothing. When Microsoft asks to slow down, the wait is shown and obeyed. Users are saved page by page: an
interrupted full read resumes from the last page.""",
    ),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value that a person takes out of the terminal.

    Attributes:
        label: What it is.
        text: The value; several lines for a message.
    """

    label: str
    text: str


def values_of(step: Step, draft: Draft, environment: Environment, catalogue: Catalogue) -> tuple[Value, ...]:
    """What the portal, ASCERA or a colleague is to be given at `step`, as the draft stands."""
    subject = Subject(environment, draft.tenant_id, draft.client_id)
    match step:
        case Step.TENANT:
            known = (Value("Tenant ID", draft.tenant_id),) if draft.tenant_id else ()
            return (Value("Page with the Tenant ID", catalogue.page("tenant", Subject(environment))), *known)
        case Step.REGISTRATION:
            return (
                Value("App registrations page", catalogue.page("registrations", Subject(environment))),
                Value("Name", APP_NAME),
                Value("Supported account types", ACCOUNT_TYPES),
                Value("Redirect URI", "(leave it blank)"),
            )
        case Step.SECRET:
            return (
                Value("Certificates & secrets page", catalogue.page("secrets", subject)),
                Value("Description", SECRET_DESCRIPTION),
            )
        case Step.PERMISSIONS:
            return (
                Value("API permissions page", catalogue.page("permissions", subject)),
                *(Value("Application permission", permission.value) for permission in _needed(draft)),
            )
        case Step.CONSENT:
            return _consent_values(draft, environment, catalogue.page("permissions", subject))
        case _:
            return _form_values(draft, environment) if step is Step.CONNECTOR else ()


def _needed(draft: Draft) -> tuple[Permission, ...]:
    return needed_permissions(draft.features, least_privilege=draft.least_privilege)


def handed_over(step: Step, draft: Draft, environment: Environment) -> tuple[Value, ...]:
    """What lets a colleague do `step` in the person's place, in the portal or with a command-line tool."""
    task = _TASKS.get(step)
    if task is None:
        return ()
    told = instructions(task, _target(draft, environment))
    return tuple(Value(f"For a colleague: {each.tool}", each.text) for each in told)


_TASKS: Final = {
    Step.REGISTRATION: Task.REGISTER,
    Step.SECRET: Task.SECRET,
    Step.PERMISSIONS: Task.PERMISSIONS,
    Step.CONSENT: Task.CONSENT,
}


def _target(draft: Draft, environment: Environment) -> Target:
    return Target(environment, draft.tenant_id or draft.tenant, draft.client_id, _needed(draft))


def _consent_values(draft: Draft, environment: Environment, page: str) -> tuple[Value, ...]:
    target = _target(draft, environment)
    return (
        Value("API permissions page, with the button", page),
        Value(
            "Consent address (an error page after the grant is fine)",
            consent_address(target),
        ),
        Value("Message to a colleague", consent_message(target, page)),
    )


def _form_values(draft: Draft, environment: Environment) -> tuple[Value, ...]:
    return tuple(Value(field, value) for field, value in sheet(draft.connector(), environment))
