"""Lets schemathesis, a judge that we did not write, fuzz a node of its own by its OpenAPI document (API-1).

    python3 tests/fuzz_api.py PATH-OF-SNIP

It must find no 5xx, no answer outside the schema, no undocumented status or content type, and no request that is
answered without its credential. Deterministic, bounded, on loopback. Exit code: that of schemathesis.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES_PER_OPERATION = 25
SECONDS_MAX = 300
READY_SECONDS_MAX = 60
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "use_after_free",
]
# The fuzzer sends thousands of requests from one address with one key; the limits have tests of their own.
GENEROUS = {
    f"SNIP__LIMITS__{name}_PER_MINUTE": "1000000"
    for name in ("CHAT_PER_ADDRESS", "CHAT_PER_CLIENT", "API_PER_KEY", "PUBLIC_PER_ADDRESS", "SETUP_PER_ADDRESS")
}


def start(binary, folder, log):
    """Starts a server on a free port; returns it and its address."""
    arguments = [binary, "serve", "--data-dir", str(folder), "--listen", "127.0.0.1:0"]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=log, env={**os.environ, **GENEROUS})
    until = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < until and server.poll() is None:
        found = re.search(r"Listening on (127\.0\.0\.1:\d+)", Path(log.name).read_text())
        if found:
            return server, found.group(1)
        time.sleep(0.05)
    server.kill()
    raise SystemExit("the server did not start:\n" + Path(log.name).read_text()[-4_000:])


def create_client(binary, folder):
    arguments = [binary, "client", "create", "--data-dir", str(folder), "--name", "Fuzz", "--email", "a@example.com"]
    return json.loads(subprocess.run([*arguments, "--json"], capture_output=True, check=True).stdout)


def fuzz(address, key):
    arguments = [
        sys.executable, "-m", "schemathesis.cli", "run", f"http://{address}/api/openapi.json",
        "--header", f"X-API-Key: {key}", "--exclude-path", "/metrics", "--checks", ",".join(CHECKS),
        "--max-examples", str(EXAMPLES_PER_OPERATION), "--generation-deterministic", "--no-color",
    ]
    return subprocess.run(arguments, timeout=SECONDS_MAX, cwd=tempfile.gettempdir()).returncode


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        with open(Path(scratch) / "log", "w+", encoding="utf-8") as log:
            server, address = start(binary, folder, log)
            try:
                code = fuzz(address, create_client(binary, folder)["api_key"])
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=15)
        faults = [line for line in (Path(scratch) / "log").read_text().splitlines() if " ERROR " in line]
    if faults:
        raise SystemExit("the server logged errors:\n" + "\n".join(faults[:20]))
    raise SystemExit(code)


if __name__ == "__main__":
    main()
