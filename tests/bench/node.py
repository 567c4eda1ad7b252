"""A running server in a directory of its own, and the helpers that measurements share."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

READY_SECONDS_MAX = 120
STOP_SECONDS_MAX = 15
GENEROUS = {
    "SNIP__LIMITS__CHAT_PER_ADDRESS_PER_MINUTE": "1000000",
    "SNIP__LIMITS__CHAT_PER_CLIENT_PER_MINUTE": "1000000",
    "SNIP__LIMITS__PUBLIC_PER_ADDRESS_PER_MINUTE": "1000000",
    "SNIP__LIMITS__API_PER_KEY_PER_MINUTE": "1000000",
    "SNIP__LIMITS__CAPPED_ANSWERS_PER_DAY": "1000000",
}


class Node:
    """Starts `snip COMMAND` and waits until it is ready; `settings` are variables of the environment."""

    def __init__(self, binary, command, folder, settings=None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [binary, command, "--data-dir", str(folder), "--listen", self.address],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **GENEROUS, **(settings or {})},
        )
        self._wait_until_ready(started)
        self.ready_ms = (time.perf_counter() - started) * 1_000

    def _wait_until_ready(self, started):
        while time.perf_counter() - started < READY_SECONDS_MAX:
            try:
                if self.get("/healthz/ready").status == 200:
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.002)
        self.process.kill()
        raise SystemExit("the server did not get ready")

    def get(self, path, headers=None):
        return urllib.request.urlopen(urllib.request.Request(f"http://{self.address}{path}", headers=headers or {}))

    def get_json(self, path, key):
        return json.load(self.get(path, {"X-API-Key": key}))

    def ask(self, client_id, question):
        body = json.dumps({"client_id": client_id, "message": question}).encode()
        request = urllib.request.Request(
            f"http://{self.address}/api/chat", data=body, headers={"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request))

    def upload(self, key, name, content):
        """Sends one document and returns its id."""
        boundary = "figures-boundary"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        request = urllib.request.Request(f"http://{self.address}/api/documents", data=body, headers={
            "X-API-Key": key, "Content-Type": f"multipart/form-data; boundary={boundary}"})
        return json.load(urllib.request.urlopen(request))["id"]

    def wait_for_document(self, key, document_id, seconds_max=1_800):
        deadline = time.perf_counter() + seconds_max
        while time.perf_counter() < deadline:
            document = self.get_json(f"/api/documents/{document_id}", key)
            if document["status"] == "ready":
                return
            if document["status"] == "failed":
                raise SystemExit(f"a document failed: {document['error']}")
            time.sleep(0.05)
        raise SystemExit("a document did not get ready in time")

    def memory_mb(self):
        """Resident memory in MB of 1,000,000 bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1_024 / 1_000_000

    def stop(self):
        started = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=STOP_SECONDS_MAX)
        return (time.perf_counter() - started) * 1_000


def create_client(binary, folder, name):
    """Works beside a running server too. Returns `client_id` and `api_key`."""
    created = subprocess.run(
        [binary, "client", "create", "--data-dir", str(folder), "--name", name, "--email", "a@example.com", "--json"],
        capture_output=True, check=True)
    return json.loads(created.stdout)


@contextlib.contextmanager
def helper(bench, *arguments):
    """Runs a subcommand of the bench program that serves on loopback; yields its address."""
    process = subprocess.Popen([bench, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
