from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from entra_tui.model.environment import BUILT_IN, CHINA, GRAPH_APP_ID, PUBLIC, USGOV, USGOV_DOD, Environment
from tests.facts import load_facts

_IDS = {"public": PUBLIC, "usgov_l4": USGOV, "usgov_l5": USGOV_DOD, "china": CHINA}


def test_hosts_scopes_and_portals_are_those_of_the_facts() -> None:
    facts = load_facts("clouds.toml")
    assert facts["meta"]["graph_app_id"] == GRAPH_APP_ID
    assert {cloud["id"] for cloud in facts["cloud"]} == set(_IDS)
    for cloud in facts["cloud"]:
        environment = _IDS[cloud["id"]]
        assert environment.login_host == cloud["login_host"]
        assert environment.login_aliases == set(cloud["login_aliases"])
        assert environment.graph_host == cloud["graph_host"] == cloud["msgraph_host"]
        assert environment.scope == cloud["graph_scope"]
        assert environment.portal == cloud["azure_portal"]
        assert environment.admin_center == cloud["entra_admin_center"]


def test_the_guides_two_choices_come_first() -> None:
    facts = load_facts("clouds.toml")
    for cloud, label in (("public", "Azure Public Cloud"), ("usgov_l4", "Azure US Government")):
        assert label in [entry["guide_environment_type"] for entry in facts["cloud"]]
        assert _IDS[cloud].label == label
    assert BUILT_IN[:2] == (PUBLIC, USGOV)


@pytest.mark.parametrize("environment", BUILT_IN, ids=lambda environment: environment.name)
def test_every_address_is_an_origin_over_tls(environment: Environment) -> None:
    for address in (environment.authority, environment.graph, environment.portal, environment.admin_center):
        parts = urlsplit(address)
        assert (parts.scheme, parts.path, parts.query) == ("https", "", "")
    assert environment.login_host in environment.login_hosts


def test_no_graph_host_serves_two_environments() -> None:
    assert len({environment.graph_host for environment in BUILT_IN}) == len(BUILT_IN)
    assert len({environment.name for environment in BUILT_IN}) == len(BUILT_IN)


def test_a_port_belongs_to_the_host() -> None:
    local = Environment("local", "Local", "https://127.0.0.1:8443", "https://127.0.0.1:8444", "", "", built_in=False)
    assert (local.login_host, local.graph_host) == ("127.0.0.1:8443", "127.0.0.1:8444")
    assert local.login_hosts == {"127.0.0.1:8443"}


def test_a_host_that_is_not_built_in_is_always_shown() -> None:
    assert [known.shown_label for known in BUILT_IN] == [known.label for known in BUILT_IN]
    assert {known.place for known in BUILT_IN} == {""}
    lab = Environment("lab", "Lab", "https://l.example", "https://g.example:8443", "", "", built_in=False)
    assert lab.shown_label == "l.example, g.example:8443 (Lab)"
    assert lab.place == " at l.example"
    assert replace(lab, graph=lab.authority).shown_label == "l.example (Lab)"
    long = replace(
        lab, authority=f"https://login.microsoftonline.com.{'a' * 60}.evil.example", graph="https://g.example"
    )
    assert long.shown_label.startswith("login.mi...aaa")
    assert long.shown_label.endswith("aaa.evil.example, g.example (Lab)")
    assert len(long.place) < 50
