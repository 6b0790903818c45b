"""Kinds of requests, by which faults and timelines say what they are about."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Traffic(Enum):
    """What a request is for."""

    DISCOVERY = "discovery"
    INSTANCE_DISCOVERY = "instance-discovery"
    KEYS = "keys"
    TOKEN = "token"
    DEVICE_CODE = "device-code"
    ORGANIZATION = "organization"
    USERS = "users"
    USERS_COUNT = "users-count"
    USERS_DELTA = "users-delta"
    GROUPS = "groups"
    GROUPS_DELTA = "groups-delta"
    GROUP_MEMBERS = "group-members"
    DIRECTORY_ROLES = "directory-roles"
    APPLICATIONS = "applications"
    SERVICE_PRINCIPALS = "service-principals"
    SIGNED_IN_PERSON = "me"
    BATCH = "batch"
    OTHER = "other"
    LOGIN = "login"
    GRAPH = "graph"
    ANY = "any"


_OF_LOGIN: Final = frozenset(
    {Traffic.DISCOVERY, Traffic.INSTANCE_DISCOVERY, Traffic.KEYS, Traffic.TOKEN, Traffic.DEVICE_CODE, Traffic.LOGIN}
)


def covers(wanted: Traffic, seen: Traffic) -> bool:
    """Whether a request of kind `seen` is one of those that `wanted` names; `login`, `graph`, `any` name many."""
    match wanted:
        case Traffic.ANY:
            return True
        case Traffic.LOGIN:
            return seen in _OF_LOGIN
        case Traffic.GRAPH:
            return seen not in _OF_LOGIN
        case _:
            return wanted is seen
