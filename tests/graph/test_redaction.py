from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entra_tui.graph.redaction import _PATTERNS, MASK, Redactor
from entra_tui.model.secret import Secret
from tests.graph.microsoft import CLEAR, jwt

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=12, max_size=60)
_WRITINGS: dict[str, Callable[[str], str]] = {
    "clear": lambda clear: clear,
    "form": lambda clear: urlencode({"value": clear}),
    "quoted": lambda clear: quote(clear, safe=""),
    "plus": quote_plus,
    "lower-case quoted": lambda clear: "".join(
        f"%{byte:02x}" if not chr(byte).isalnum() or byte > 127 else chr(byte) for byte in clear.encode()
    ),
    "json": json.dumps,
    "json in its own letters": lambda clear: json.dumps(clear, ensure_ascii=False),
    "html": html.escape,
    "repr": repr,
    "base64": lambda clear: base64.b64encode(clear.encode()).decode(),
    "base64 for addresses": lambda clear: base64.urlsafe_b64encode(clear.encode()).decode(),
    "hexadecimal": lambda clear: clear.encode().hex(),
    "twice quoted": lambda clear: quote(quote(clear, safe=""), safe=""),
}


@pytest.mark.parametrize("writing", _WRITINGS)
@given(clear=_SECRETS)
def test_a_learned_secret_survives_in_no_writing(writing: str, clear: str) -> None:
    redactor = Redactor()
    redactor.learn(Secret(clear))
    written = _WRITINGS[writing](clear)
    masked = redactor.text(f"before <{written}> after")
    assert MASK in masked
    assert written not in masked


@given(
    clear=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=16, max_size=60),
    head=st.binary(max_size=4),
)
def test_a_learned_secret_survives_in_no_base64_of_something_longer(clear: str, head: bytes) -> None:
    redactor = Redactor()
    redactor.learn(Secret(clear))
    encoded = base64.b64encode(head + clear.encode() + b":tail").decode()
    masked = redactor.text(encoded)
    assert MASK in masked
    rest = masked.replace(MASK, "")
    assert len(rest) <= len(encoded) - (len(clear) * 4) // 3 + 4


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"value {CLEAR}, so", f"value {MASK}, so"),
        (f"client_secret={CLEAR}&scope=x", f"client_secret={MASK}&scope=x"),
        ("client_secret=short&scope=x", f"client_secret={MASK}&scope=x"),
        ('{"client_secret": "a\\"b", "x": 1}', f'{{"client_secret": "{MASK}", "x": 1}}'),
        ('{"access_token":"opaque', f'{{"access_token":"{MASK}"'),
        ('"secretText" : "x"', f'"secretText" : "{MASK}"'),
        ("Authorization: Bearer abcdefghijkl", f"Authorization: Bearer {MASK}"),
        ("basic dXNlcjpwYXNz", f"basic {MASK}"),
        (CLEAR.replace("~", "%7E"), MASK),
        (CLEAR.replace("~", "%7e"), MASK),
    ],
)
def test_patterns_mask_what_was_never_learned(text: str, left: str) -> None:
    assert Redactor().text(text) == left


@pytest.mark.parametrize("around", ["{}", '"{}"', "x{}", "%22{}%22", "a={}&b=c", "_{}"])
def test_a_token_is_masked_wherever_it_stands(around: str) -> None:
    access = jwt(roles=["User.Read.All"])
    masked = Redactor().text(around.format(access))
    for part in access.split("."):
        assert part not in masked


def test_what_is_no_secret_stays() -> None:
    text = (
        '{"displayName": "Ada Lovelace", "token_type": "Bearer", "client_id": "66666666-7777-4888-9999-aaaaaaaaaaaa"}'
    )
    assert Redactor().text(text) == text


def test_headers_that_carry_credentials_are_masked_whole() -> None:
    headers = {
        "AUTHORIZATION": "Custom abc",
        "Set-Cookie": "a=b",
        "Location": f"https://x/?code={CLEAR}",
        "Date": "now",
    }
    assert dict(Redactor().headers(headers)) == {
        "AUTHORIZATION": MASK,
        "Set-Cookie": MASK,
        "Location": f"https://x/?code={MASK}",
        "Date": "now",
    }


def test_a_secret_too_short_to_be_one_is_not_looked_for() -> None:
    redactor = Redactor()
    redactor.learn(Secret("a"))
    assert redactor.text("banana") == "banana"


def test_a_redactor_does_not_show_what_it_learned() -> None:
    redactor = Redactor()
    redactor.learn(Secret(CLEAR))
    assert CLEAR not in repr(redactor)


@given(
    st.lists(
        st.sampled_from(
            [
                "bearer ",
                "BA\u017f\u0130c ",
                "Client_\u017fecret=",
                '"acces\u017f_to\u212aen": "',
                "eyJ",
                "aB31Q~",
                "x1b2Q%7E",
            ]
        )
        | st.text('abcQ~%7="_ \u017f\u212a', max_size=3)
        | st.text("abc123", min_size=31, max_size=36),
        max_size=5,
    )
)
def test_a_pattern_that_matches_is_never_passed_over(parts: list[str]) -> None:
    text = "".join(parts)
    whole = text
    for pattern in _PATTERNS:
        whole = pattern.regex.sub(pattern.replacement, whole)
    assert Redactor().text(text) == whole
