"""Which proxy leads to a host, told without its credentials."""

from __future__ import annotations

import os
from typing import Final
from urllib.request import getproxies, proxy_bypass

from entra_tui.graph.address import split_address

_UNSPECIFIED: Final = "all"


def proxy_of(url: str) -> str | None:
    """Host and port of the proxy that the environment (or the system) names for `url`; None where there is none.

    The client takes its proxies from the same place; a user name and a password in it are left out here.
    """
    target = split_address(url)
    proxies = getproxies()
    named = proxies.get(target.scheme) or proxies.get(_UNSPECIFIED)
    if not named or not target.hostname or _spared(target.hostname):
        return None
    return split_address(named if "://" in named else f"//{named}").netloc.rpartition("@")[2] or None


def _spared(host: str) -> bool:
    # urllib asks Windows and macOS too; where a proxy comes from a variable, NO_PROXY is asked as it is.
    unconditional = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").strip() == "*"
    return unconditional or bool(proxy_bypass(host))
