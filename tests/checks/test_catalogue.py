from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.checks.catalogue import Entry, Sighting, Subject, load_catalogue, sighting_of
from entra_tui.graph.answer import Answer
from entra_tui.graph.errors import (
    AnswerFault,
    NetworkFault,
    Refused,
    RequestFailed,
    Unreachable,
    Unreadable,
    UnsafeDestination,
)
from entra_tui.graph.refusals import graph_refusal, sign_in_refusal
from entra_tui.model.environment import BUILT_IN, PUBLIC, Environment
from tests.facts import load_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUBJECT = Subject(PUBLIC, "11111111-2222-4333-8444-555555555555", "66666666-7777-4888-9999-aaaaaaaaaaaa")
_CATALOGUE = load_catalogue()
_GENERAL = _CATALOGUE.entries[-1]
_BY_KIND = {entry for entry in _CATALOGUE.entries if not entry.codes}
_ALWAYS = {*_SUBJECT.values(), "code", "status", "message"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

# What each check adds to the texts of its own codes.
_ADDED: dict[str, set[str]] = {
    "environment-mismatch": {"actual"},
    "environment-gcc": {"actual"},
    "environment-unknown": {"issuer_host", "tenant_graph_host"},
    "consent-missing": {"missing", "granted"},
    "permission-missing": {"missing", "granted", "reason"},
    "permission-delegated": {"missing", "granted", "delegated"},
    "clock-skewed": {"apart", "direction"},
    "secret-expires-soon": {"day", "days", "source"},
    "token-of-another-tenant": {"token_tenant"},
    "token-of-another-app": {"token_app"},
    "organization-mismatch": {"organization_id"},
    "too-many-removals": {"removed", "entries"},
    "columns-emptied": {"columns", "losses"},
    "unsafe-destination": {"host", "expected"},
    **{fault.value: {"host", "detail"} for fault in (*NetworkFault, *AnswerFault)},
}


def _name(entry: Entry) -> str:
    return ",".join(sorted(entry.codes or entry.errors or entry.statuses)) or "general"


def _sightings(entry: Entry) -> Iterator[Sighting]:
    """Everything that the entry says it explains."""
    for code in sorted(entry.codes) or ["no-such-code"]:
        for status in sorted(entry.statuses) or [""]:
            for error in sorted(entry.errors) or [""]:
                for text in entry.contains or ("",):
                    number = int(status.replace("xx", "17")) if status else None
                    yield Sighting(code, status=number, error=error, message=text, transient=entry.transient)


_EACH = pytest.mark.parametrize("entry", _CATALOGUE.entries, ids=_name)


@_EACH
def test_no_entry_is_hidden_by_one_before_it(entry: Entry) -> None:
    for sighting in _sightings(entry):
        assert _CATALOGUE.find(sighting) is entry, sighting


def test_the_last_entry_explains_everything() -> None:
    assert (_GENERAL.codes, _GENERAL.statuses, _GENERAL.errors, _GENERAL.contains) == (
        frozenset(),
        frozenset(),
        frozenset(),
        (),
    )


@_EACH
def test_an_entry_fits_a_small_terminal(entry: Entry) -> None:
    assert len(entry.title) <= 60
    assert 1 <= len(entry.remedy) <= 4
    for step in entry.remedy:
        assert len(step) <= 110, step
        assert step.endswith((".", "{client_id}")), step
    assert len(entry.cause) <= 240
    assert entry.cause == "{message}" or entry.cause.endswith(".")
    assert len(re.findall(r"[.!?](?= |$)", entry.cause.replace("{message}", "x."))) <= 2


@_EACH
def test_an_entry_says_who_can_do_it_and_names_a_known_page(entry: Entry) -> None:
    finding = _CATALOGUE.explain(next(_sightings(entry)), _SUBJECT)
    assert finding.who
    assert finding.who != entry.who or " " in entry.who, f"{entry.who} is in no [roles]"
    assert bool(finding.link) == bool(entry.link)


@_EACH
def test_an_entry_names_only_what_somebody_fills_in(entry: Entry) -> None:
    texts = " ".join([entry.title, entry.cause, *entry.remedy])
    named = set(_PLACEHOLDER.findall(texts))
    # A field's refusal brings its name; an answer of a host brings the host.
    for code in entry.codes or {"no-such-code"}:
        added = _ADDED.get(code, set())
        if code == "no-such-code" or code.startswith("aadsts"):
            added = added | {"host"}
        if re.match(r"(tenant|client|secret|name)-", code):
            added = added | {"field"}
        assert named <= _ALWAYS | added, code


@pytest.mark.parametrize("environment", BUILT_IN, ids=lambda environment: environment.name)
def test_every_page_is_a_whole_address_of_the_right_cloud(environment: Environment) -> None:
    subject = Subject(environment, _SUBJECT.tenant_id, _SUBJECT.client_id)
    used = {entry.link for entry in _CATALOGUE.entries if entry.link}
    for name in used | {"new_registration", "registrations", "application", "secrets", "permissions", "my_roles"}:
        page = _CATALOGUE.page(name, subject)
        assert page.startswith((environment.portal + "/#view/", environment.admin_center + "/#view/"))
        assert not _PLACEHOLDER.search(page)


def test_pages_are_those_of_the_facts() -> None:
    facts = load_facts("clouds.toml")["portal_links"]
    names = {
        "tenant": "tenant_overview",
        "registrations": "app_registrations_list",
        "new_registration": "new_registration",
        "application": "app_overview",
        "secrets": "app_certificates_secrets",
        "permissions": "app_api_permissions",
        "my_roles": "pim_my_roles",
    }
    for ours, theirs in names.items():
        expected = facts[theirs].format(
            portal=PUBLIC.portal, entra_admin_center=PUBLIC.admin_center, client_id=_SUBJECT.client_id
        )
        assert _CATALOGUE.page(ours, _SUBJECT) == expected


def _known_errors(kind: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = load_facts("errors.toml")[kind]
    return entries


def _sign_in_sighting(entry: dict[str, Any]) -> Sighting:
    code = f"AADSTS{entry['code']}" if entry["code"] else entry["key"]
    return Sighting(code, entry["http_status"] or None, entry["oauth_error"], entry["shape"])


def test_every_number_of_the_facts_has_advice_of_its_own() -> None:
    for entry in _known_errors("aadsts"):
        found = _CATALOGUE.find(_sign_in_sighting(entry))
        assert found not in _BY_KIND, entry["code"]


def test_every_graph_code_of_the_facts_has_advice_of_its_own() -> None:
    for entry in _known_errors("graph"):
        for code in (entry["code"], *entry.get("aliases", ())):
            for status in entry["http_status"]:
                assert _CATALOGUE.find(Sighting(code, status)) not in _BY_KIND, code
                assert _CATALOGUE.find(Sighting(code.upper(), status)) not in _BY_KIND, code


def test_every_kind_of_oauth_error_has_advice() -> None:
    for error in load_facts("errors.toml")["oauth_errors"]:
        if error == "verified":
            continue
        assert _CATALOGUE.find(Sighting(error, 400, error)) is not _GENERAL, error


def test_waiting_is_offered_just_where_it_can_help() -> None:
    # Request_BadRequest and Directory objects that were just created are the facts' own exceptions to "no".
    for entry in _known_errors("aadsts"):
        found = _CATALOGUE.find(_sign_in_sighting(entry))
        assert found.may_pass == (entry["retry"] in {"propagation", "transient"}), entry["code"]
    for entry in _known_errors("graph"):
        found = _CATALOGUE.find(Sighting(entry["code"], entry["http_status"][0]))
        assert found.may_pass == (entry["retry"] in {"propagation", "transient"}), entry["code"]


def _all_errors() -> Iterator[Refused | Unreachable]:
    """Every code of the catalogue with every status, with and without a promise, and every fault of the network."""
    graph_codes = {code for entry in _CATALOGUE.entries for code in entry.codes if not code.startswith("aadsts")}
    numbers = {code.removeprefix("aadsts") for entry in _CATALOGUE.entries for code in entry.codes} - graph_codes
    errors = {"", *(error for entry in _CATALOGUE.entries for error in entry.errors)}
    for status in (400, 401, 403, 404, 405, 408, 409, 410, 423, 424, 425, 429, 499, 500, 501, 503, 507, 520, 599):
        for promise in ({}, {"Retry-After": "2, 2"}):
            for code in ("no-such-code", *graph_codes):
                body = msgspec.json.encode({"error": {"code": code, "message": "x"}})
                yield _refused(graph_refusal(Answer("graph.test", status, httpx.Headers(promise), body)))
            for number in ("1", *numbers):
                body = msgspec.json.encode({"error": "odd", "error_codes": [int(number)]})
                yield _refused(sign_in_refusal(Answer("login.test", status, httpx.Headers(promise), body)))
            for error in errors:
                body = msgspec.json.encode({"error": error})
                yield _refused(sign_in_refusal(Answer("login.test", status, httpx.Headers(promise), body)))
    for fault in NetworkFault:
        for proxied in (None, 403, 407, 408, 429, 502):
            for heard_before in (False, True):
                yield Unreachable(fault, host="x.test", detail="x", status=proxied, heard_before=heard_before)


def _refused(error: RequestFailed) -> Refused:
    assert isinstance(error, Refused)
    return error


def test_what_is_tried_again_is_said_to_pass_and_nothing_else_is() -> None:
    for error in _all_errors():
        entry = _CATALOGUE.find(sighting_of(error))
        finding = _CATALOGUE.explain_error(error, _SUBJECT, str)
        assert entry.transient is error.transient, error
        assert finding.may_pass is (error.transient or entry.spreading), error


def test_the_words_of_an_entry_are_those_of_its_kind() -> None:
    for entry in _CATALOGUE.entries:
        says_so = re.search(r"\bpasses as a rule|of its own that passes|\bis busy\b", f"{entry.title} {entry.cause}")
        assert entry.transient or not says_so, entry.title
        assert not (entry.transient and entry.spreading), entry.title
        if entry.transient:
            assert any(re.search(r"[Ww]ait|again", step) for step in entry.remedy), entry.title
        elif not entry.spreading:
            assert not any(step.startswith("Wait") for step in entry.remedy), entry.title


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (Unreachable(NetworkFault.PROXY, host="x.test", detail="503 Busy", status=503), "The proxy is busy"),
        (Unreachable(NetworkFault.PROXY, host="x.test", detail="407 Who", status=407), "The proxy refused"),
        (Unreachable(NetworkFault.TLS, host="x.test"), "No safe connection to the service"),
        (
            Unreachable(NetworkFault.TLS, host="x.test", heard_before=True),
            "The secure connection to x.test was cut",
        ),
        (
            graph_refusal(Answer("x.test", 403, httpx.Headers({"Retry-After": "9"}), b"<html>")),
            "x.test asks to come back later",
        ),
        (
            graph_refusal(Answer("x.test", 403, httpx.Headers(), b'{"error": {"code": "UnknownError"}}')),
            "x.test refuses the request",
        ),
        (
            graph_refusal(Answer("x.test", 404, httpx.Headers(), b'{"error": {"code": "UnknownError"}}')),
            "Microsoft Graph is busy",
        ),
        (
            graph_refusal(Answer("x.test", 501, httpx.Headers(), b'{"error": {"code": "NotImplemented"}}')),
            "This tenant's Graph does not offer this question",
        ),
        (graph_refusal(Answer("x.test", 501, httpx.Headers(), b"<html>")), "x.test has a fault of its own"),
        (graph_refusal(Answer("x.test", 423, httpx.Headers(), b"")), "x.test asks to come back later"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_fault_that_may_pass_or_not_has_two_explanations(error: RequestFailed, title: str) -> None:
    assert _CATALOGUE.explain_error(error, _SUBJECT, str).title == title


def test_no_sentence_is_copied_from_the_facts() -> None:
    texts = {
        re.sub(r"\W+", " ", sentence).strip().lower()
        for entry in _CATALOGUE.entries
        for text in (entry.cause, *entry.remedy)
        for sentence in re.split(r"(?<=[.;:]) ", text)
    }
    for kind in ("aadsts", "graph"):
        for entry in _known_errors(kind):
            for text in (entry.get("shape", ""), entry["cause"], entry["remedy"]):
                for sentence in re.split(r"(?<=[.;:]) ", text):
                    plain = re.sub(r"\W+", " ", sentence).strip().lower()
                    assert len(plain.split()) < 7 or plain not in texts, sentence


def test_every_fault_of_the_network_has_advice_of_its_own() -> None:
    for fault in NetworkFault:
        sighting = sighting_of(Unreachable(fault, host="graph.microsoft.com", detail="x"))
        assert _CATALOGUE.find(sighting) not in _BY_KIND, fault
    for answer in AnswerFault:
        sighting = sighting_of(Unreadable(answer, host="graph.microsoft.com", detail="x"))
        assert _CATALOGUE.find(sighting) not in _BY_KIND, answer


def test_a_number_with_two_meanings_is_told_apart_by_its_text() -> None:
    cross = Sighting("AADSTS700023", 400, message="Client assertion audience claim does not match Realm issuer.")
    scope = Sighting("AADSTS700023", 400, message="Something about a resourceless scope.")
    assert _CATALOGUE.find(cross).title == "Wrong cloud"
    assert _CATALOGUE.find(scope).title != "Wrong cloud"
    other_cloud = Sighting("InvalidAuthenticationToken", 401, message="... InvalidCloudInstance ...")
    assert _CATALOGUE.find(other_cloud).title == "Wrong cloud"
    assert _CATALOGUE.find(Sighting("InvalidAuthenticationToken", 401)).title != "Wrong cloud"


def test_texts_are_filled_in_one_pass() -> None:
    finding = _CATALOGUE.explain(
        Sighting("tenant-malformed", message="{client_id} stays as it is", values={"field": "Tenant ID"}), _SUBJECT
    )
    assert finding.cause == "{client_id} stays as it is"
    assert finding.title == "Tenant ID: the value cannot be right"


def test_an_unknown_code_is_still_a_finding_with_microsofts_words() -> None:
    finding = _CATALOGUE.explain(Sighting("AADSTS123456789", 400, "odd", "Never seen before."), _SUBJECT)
    assert (finding.code, finding.title, finding.message) == (
        "AADSTS123456789",
        "AADSTS123456789",
        "Never seen before.",
    )
    assert finding.remedy


def test_unsafe_destinations_are_explained_with_both_hosts() -> None:
    error = UnsafeDestination(host="evil.test", expected="graph.microsoft.com")
    assert "evil.test, which is not graph.microsoft.com" in _CATALOGUE.explain_error(error, _SUBJECT, str).cause


def test_a_failure_of_an_unknown_kind_is_a_finding() -> None:
    assert _CATALOGUE.explain_error(RequestFailed("odd", host="x"), _SUBJECT, str).message == "odd"


UNSEEN_ANSWERS: dict[str, tuple[int, bytes]] = {
    "empty": (400, b""),
    "blanks": (400, b" \r\n\t "),
    "null": (400, b"null"),
    "true": (403, b"true"),
    "number": (400, b"7"),
    "huge number": (400, b"9" * 5000),
    "not a number": (400, b'{"error": NaN}'),
    "text": (403, b'"denied"'),
    "list": (400, b"[1, 2, 3]"),
    "empty object": (403, b"{}"),
    "error is null": (400, b'{"error": null}'),
    "error is a list": (400, b'{"error": [{"code": "x"}]}'),
    "error is a number": (404, b'{"error": 404}'),
    "code is an object": (403, b'{"error": {"code": {"deep": 1}, "message": ["x"]}}'),
    "code of 5,000 characters": (403, b'{"error": {"code": "' + b"x" * 5000 + b'"}}'),
    "code with escapes": (403, b'{"error": {"code": "\\u001b[2J\\u202egnp", "message": "\\u001b]0;owned\\u0007"}}'),
    "unknown code": (418, b'{"error": {"code": "Teapot_ShortAndStout", "message": "No coffee."}}'),
    "unknown number": (400, b'{"error": "invalid_thing", "error_description": "AADSTS999999999: New."}'),
    "number of 40 digits": (400, b'{"error_description": "AADSTS' + b"9" * 40 + b': New."}'),
    "nested 1,000 deep": (403, b'{"innerError":' * 1000 + b"{}" + b"}" * 1000),
    "nested 100,000 deep": (403, b"[" * 100_000),
    "cut": (403, b'{"error": {"code": "Authorization_Req'),
    "two documents": (400, b'{"error": "a"}{"error": "b"}'),
    "HTML": (403, b"<!DOCTYPE html><html><title>Blocked</title></html>"),
    "HTML of a busy gateway": (502, b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
    "HTML with status 200": (200, b"<html>Please sign in</html>"),
    "XML": (400, b"<?xml version='1.0'?><Error><Code>Blocked</Code></Error>"),
    "plain text": (429, b"Too many requests"),
    "binary": (400, bytes(range(256)) * 40),
    "UTF-16": (400, '{"error": "invalid_client"}'.encode("utf-16")),
    "byte order mark": (400, b'\xef\xbb\xbf{"error": "invalid_client"}'),
    "ten megabytes": (500, b"x" * 10_000_000),
    "redirect": (302, b""),
    "status 999": (999, b"{}"),
    "lone surrogate": (403, b'{"error": {"code": "\\ud800", "message": "\\udfff"}}'),
    "batch part": (424, b'{"error": {"code": "", "message": ""}}'),
}


@pytest.mark.parametrize("name", UNSEEN_ANSWERS)
def test_an_error_nobody_has_seen_is_a_finding(name: str) -> None:
    status, body = UNSEEN_ANSWERS[name]
    answer = Answer("login.microsoftonline.com", status, httpx.Headers(), body)
    for error in (sign_in_refusal(answer), graph_refusal(answer)):
        finding = _CATALOGUE.explain_error(error, _SUBJECT, str)
        assert finding.title
        assert finding.remedy
        assert finding.evidence.http_status == status
        assert len(finding.title) <= 130
        shown = finding.title + finding.cause + finding.message + "".join(finding.remedy)
        assert shown.isprintable()
        assert not _PLACEHOLDER.search(finding.title + finding.cause + "".join(finding.remedy))


@given(
    st.text(),
    st.none() | st.integers(min_value=0, max_value=999),
    st.text(),
    st.text(),
    st.dictionaries(st.text(), st.text()),
)
def test_no_sighting_breaks_the_catalogue(
    code: str, status: int | None, error: str, message: str, values: dict[str, str]
) -> None:
    finding = _CATALOGUE.explain(Sighting(code, status, error, message, values=values), _SUBJECT)
    assert finding.code == code
    assert finding.remedy
