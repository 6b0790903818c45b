"""Addresses that came from outside, taken apart without trusting them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

_NOWHERE = SplitResult("", "", "", "", "")


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
