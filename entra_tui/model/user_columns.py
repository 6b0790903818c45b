"""The properties of a user that a lookup list may hold."""

from __future__ import annotations

from typing import Final

USER_COLUMNS: Final[tuple[str, ...]] = (
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "givenName",
    "surname",
    "jobTitle",
    "department",
    "companyName",
    "employeeId",
    "accountEnabled",
    "userType",
    "createdDateTime",
)
"""Properties of the Graph resource `user` that ASCERA reads, in the order of the list's columns; `id` is first."""

NEEDED_USER_COLUMNS: Final = ("id", "userPrincipalName", "displayName")
"""Columns that every list of users has, whatever is chosen: it is sorted by name, and searched by name and address."""

FURTHER_USER_COLUMNS: Final[tuple[str, ...]] = (
    "ageGroup",
    "city",
    "consentProvidedForMinor",
    "country",
    "creationType",
    "employeeHireDate",
    "employeeType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesImmutableId",
    "onPremisesLastSyncDateTime",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "passwordPolicies",
    "postalCode",
    "preferredDataLocation",
    "preferredLanguage",
    "securityIdentifier",
    "showInAddressList",
    "signInSessionsValidFromDateTime",
    "state",
    "streetAddress",
    "usageLocation",
)
"""Properties of `user` that may be chosen besides; each is one value, and needs no permission of its own."""
