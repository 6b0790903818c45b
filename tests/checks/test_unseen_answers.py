"""Answers that nobody has seen, to each request of the ladder: a finding or a skipped rung, never a traceback."""

from __future__ import annotations

import httpx
import pytest

from entra_tui.checks.ladder import LADDER
from entra_tui.model.finding import CheckId, CheckStatus, is_healthy
from tests.checks.climbing import healthy, inputs, results
from tests.checks.test_catalogue import UNSEEN_ANSWERS
from tests.graph.microsoft import application_path, discovery_path, token_path

_ASKED_BY = {
    discovery_path(): {CheckId.NETWORK, CheckId.TENANT},
    token_path(): {CheckId.SIGN_IN},
    "/v1.0/organization": {CheckId.READ},
    "/v1.0/users": {CheckId.READ},
    application_path(): set[CheckId](),
}
"""Requests, and the rungs that may break by their answers; whether the registration can be read breaks none."""


@pytest.mark.parametrize("path", _ASKED_BY)
async def test_the_rung_that_asked_says_so(path: str) -> None:
    for name, (status, body) in UNSEEN_ANSWERS.items():
        said = await results(inputs(), {**healthy(), path: httpx.Response(status, content=body)})
        assert [result.check for result in said] == list(LADDER), name
        broken = [result for result in said if result.status is CheckStatus.FAILED]
        assert is_healthy(said) == (not _ASKED_BY[path]), name
        for result in broken:
            assert result.check in _ASKED_BY[path], name
            assert result.finding is not None
            assert result.finding.remedy
            assert result.summary.isprintable()
            assert result.evidence.http_status in {status, None}
