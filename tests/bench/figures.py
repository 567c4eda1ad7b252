"""Measures a release binary as an operator meets it, and prints one table and one JSON object.

    python3 tests/bench/figures.py PATH-OF-SNIP

Milliseconds are wall time on loopback; memory is the resident set (VmRSS) in MB of 1,000,000 bytes. Everything
is bounded: a few starts, 1,000 questions, 12,000 rows. Needs nothing but Python's standard library.
"""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

STARTS = 5
QUESTIONS = 1_000
ROWS = 12_000
READY_SECONDS_MAX = 60
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
GENEROUS = {"SNIP__LIMITS__CHAT_PER_ADDRESS_PER_MINUTE": "1000000", "SNIP__LIMITS__CHAT_PER_CLIENT_PER_MINUTE": "1000000"}


class Node:
    """A running server in a directory of its own."""

    def __init__(self, binary, command, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [binary, command, "--data-dir", str(folder), "--listen", self.address],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **GENEROUS},
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

    def ask(self, client_id, question):
        body = json.dumps({"client_id": client_id, "message": question}).encode()
        request = urllib.request.Request(
            f"http://{self.address}/api/chat", data=body, headers={"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request))

    def memory_mb(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1_024 / 1_000_000

    def stop(self):
        started = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=15)
        return (time.perf_counter() - started) * 1_000


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure_starts(binary, folder):
    ready, stops, idle = [], [], []
    for _ in range(STARTS):
        node = Node(binary, "serve", folder)
        ready.append(node.ready_ms)
        time.sleep(1)
        idle.append(node.memory_mb())
        stops.append(node.stop())
    return {
        "first start to ready, ms": ready[0],
        "start to ready, ms (median)": percentile(ready[1:], 0.5),
        "idle memory, MB (most)": max(idle),
        "stop, ms (most)": max(stops),
    }


def measure_chat(binary, folder):
    node = Node(binary, "demo", folder)
    slug = "tallowick-cycles"
    page = node.get(f"/demo/{slug}/").read().decode()
    client_id = re.search(r"client_[0-9a-z]{26}", page).group(0)
    cases = Path(__file__).parents[2] / "assets" / "demo" / slug / "eval.jsonl"
    questions = [json.loads(line)["question"] for line in cases.read_text().splitlines()]
    while node.ask(client_id, "How much is a full service?")["answered_by"] == "none":
        time.sleep(0.1)
    took = []
    for number in range(QUESTIONS):
        started = time.perf_counter()
        node.ask(client_id, questions[number % len(questions)])
        took.append((time.perf_counter() - started) * 1_000)
    memory = node.memory_mb()
    node.stop()
    return {
        "answer, ms (p50)": percentile(took, 0.5),
        "answer, ms (p95)": percentile(took, 0.95),
        f"memory after {QUESTIONS} answers, MB": memory,
    }


def made_up_id(prefix, number):
    digits = ""
    for _ in range(26):
        digits = ALPHABET[number % 32] + digits
        number //= 32
    return f"{prefix}_{digits}"


def fill_conversations(folder, client_id):
    database = sqlite3.connect(folder / "snip.db")
    for number in range(ROWS):
        at = 1_795_000_000_000 + number
        database.execute(
            "insert into conversations (id, client_id, session_id, channel, message_count, last_message_at,"
            " created_at, updated_at, version) values (?, ?, ?, 'widget', 2, ?, ?, ?, 1)",
            (made_up_id("conv", at << 80 | number), client_id, made_up_id("sess", at << 80 | number), at, at, at))
    database.commit()
    database.close()


def measure_pages(binary, folder):
    created = subprocess.run(
        [binary, "client", "create", "--data-dir", str(folder), "--name", "Bench", "--email", "a@example.com", "--json"],
        capture_output=True, check=True)
    client = json.loads(created.stdout)
    fill_conversations(folder, client["client_id"])
    node = Node(binary, "serve", folder)
    took, sizes, rows, cursor = [], [], 0, None
    while True:
        query = f"?limit=100&cursor={cursor}" if cursor else "?limit=100"
        started = time.perf_counter()
        body = node.get(f"/api/conversations{query}", {"X-API-Key": client["api_key"]}).read()
        took.append((time.perf_counter() - started) * 1_000)
        sizes.append(len(body))
        page = json.loads(body)
        rows, cursor = rows + len(page["items"]), page["next_cursor"]
        if cursor is None:
            break
    node.stop()
    if rows != ROWS:
        raise SystemExit(f"the pages held {rows} of {ROWS} rows")
    return {
        f"page of 100 among {ROWS} rows, ms (most)": max(took),
        "page of 100, KB (most)": max(sizes) / 1_000,
    }


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    binary = sys.argv[1]
    figures = {"binary, MB": os.path.getsize(binary) / 1_000_000}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        figures |= measure_starts(binary, folder / "starts")
        figures |= measure_chat(binary, folder / "chat")
        figures |= measure_pages(binary, folder / "pages")
    for name, value in figures.items():
        print(f"| {name} | {value:.1f} |")
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
