from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import pytest

from entra_tui.model.secret import Secret

CLEAR = "abc8Q~planted-secret_value.0123456789x"


@dataclass
class _Holder:
    secret: Secret


def test_only_reveal_gives_the_text() -> None:
    secret = Secret(CLEAR)
    assert secret.reveal() == CLEAR
    assert (len(secret), bool(secret), bool(Secret(""))) == (len(CLEAR), True, False)


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        format,
        lambda secret: f"{secret}",
        lambda secret: f"{secret!r:>40}",
        lambda secret: f"{secret:>40}",
        lambda secret: "%s %r" % (secret, secret),  # noqa: UP031 - logging writes like this
        lambda secret: repr([secret]),
        lambda secret: repr({secret: secret}),
        lambda secret: repr(_Holder(secret)),
        lambda secret: repr(asdict(_Holder(secret))),
        lambda secret: repr(ValueError(secret)),
        lambda secret: repr(copy.deepcopy(secret)),
        lambda secret: repr(pickle.dumps(secret)),
        lambda secret: pickle.loads(pickle.dumps(secret)).reveal(),
        lambda secret: json.dumps(_Holder(secret), default=repr),
        lambda secret: repr(dir(secret)),
    ],
)
def test_no_way_of_showing_it_shows_it(show: object) -> None:
    assert callable(show)
    assert CLEAR[:8] not in str(show(Secret(CLEAR)))


def test_json_refuses_it() -> None:
    with pytest.raises(TypeError) as refused:
        json.dumps({"secret": Secret(CLEAR)})
    assert CLEAR not in str(refused.value)


def test_it_has_no_dictionary_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(Secret(CLEAR))


def test_equal_texts_are_equal_secrets() -> None:
    assert Secret(CLEAR) == Secret(CLEAR)
    assert hash(Secret(CLEAR)) == hash(Secret(CLEAR))
    assert Secret(CLEAR) != Secret(CLEAR + "x")
    assert Secret("\udc80-undecodable") == Secret("\udc80-undecodable")
    assert Secret(CLEAR) != CLEAR


def test_the_hint_is_what_the_portal_shows() -> None:
    assert Secret(CLEAR).hint == "abc"
