"""Addresses that came from outside, taken apart without trusting them."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urlsplit

_NOWHERE: Final = SplitResult("", "", "", "", "")
_OWN_PORTS: Final = {"https": ":443", "http": ":80"}


def split_address(url: str) -> SplitResult:
    """The parts of `url`; all of them empty when it is no address at all.

    The standard library raises for some malformed addresses, and drops control characters from others, which
    would let an address pass a comparison of hosts that is then sent in another form.
    """
    if not url.isprintable():
        return _NOWHERE
    try:
        return urlsplit(url)
    except ValueError:
        return _NOWHERE


def host_of(url: str) -> str:
    """The host of `url` in the one form in which hosts are compared; empty where there is none.

    In lower case, and with its port only where that is another than the scheme's own (RFC 3986, 6.2.3).
    """
    parts = split_address(url)
    return parts.netloc.lower().removesuffix(_OWN_PORTS.get(parts.scheme, ":"))
