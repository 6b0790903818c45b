"""How long `entra-tui check` takes on a healthy tenant, beside a bare client that makes as many requests.

`python -m tests.benchmarks.check [--pairs N] [--latency MS]` starts `entra-tui simulate` in another process and, in
turn over TLS, the command and a bare httpx client, each in a process of its own. The network's time is what the bare
client's requests take; the program ends with 1 when the command takes over a second more than that.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.sync.practice_server import PracticeServer, practice_server

MOST = 1.0
"""Seconds besides the network's."""
REQUESTS = 8
BASELINE = """
import os, sys, time
import httpx

graph, token_url, client_id, requests = sys.argv[1:]
form = {"client_id": client_id, "client_secret": os.environ["ENTRA_TUI_CLIENT_SECRET"],
        "scope": graph + "/.default", "grant_type": "client_credentials"}
with httpx.Client(verify=os.environ["SSL_CERT_FILE"], timeout=60) as http:
    begun = time.perf_counter()
    token = http.post(token_url, data=form).raise_for_status().json()["access_token"]
    for _ in range(int(requests) - 1):
        http.get(graph + "/v1.0/organization", headers={"Authorization": "Bearer " + token}).raise_for_status()
    print(time.perf_counter() - begun)
"""


def once(server: PracticeServer) -> tuple[float, float, float]:
    """Seconds of the command, of the bare client's process, and of its requests alone."""
    told = server.endpoints
    token_url = f"{told['authority']}/{told['tenant_id']}/oauth2/v2.0/token"
    bare = [sys.executable, "-c", BASELINE, told["graph"], token_url, told["client_id"], str(REQUESTS)]
    begun = time.perf_counter()
    network = subprocess.run(bare, env=server.environment, check=True, capture_output=True)
    between = time.perf_counter()
    subprocess.run(
        server.command("check", "Contoso", "--json"), env=server.environment, check=True, capture_output=True
    )
    return time.perf_counter() - between, between - begun, float(network.stdout)


def main() -> int:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--latency", type=int, default=0, help="milliseconds")
    asked = parser.parse_args()
    scenario = f"title = 'Benchmark'\ndescription = 'For the benchmark.'\n[line]\nlatency_ms = {asked.latency}\n"
    with tempfile.TemporaryDirectory() as folder, practice_server(Path(folder), scenario, users=1_000) as server:
        # The first pair fills the caches.
        pairs = [once(server) for _ in range(asked.pairs + 1)][1:]
    ours, bare, network = (statistics.median(column) for column in zip(*pairs, strict=True))
    more = ours - network
    sys.stdout.write(
        f"entra-tui check {ours:.3f} s, {more:.3f} s of it besides the network's {network:.3f} s (at most {MOST}); "
        f"{ours / bare:.2f} times a bare client of {REQUESTS} requests, {bare:.3f} s{os.linesep}"
    )
    return 1 if more > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
