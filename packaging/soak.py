"""A bounded load on a running node, and a verdict about what grew. Started by soak.sh.

Each kind of request has its own thread and its own pace, so that the load is the same on a slow and on a fast machine:
per second one answer and one stream, two reads; every ten seconds one upload, and the oldest upload is deleted.
Documents stay as many, so only conversations may grow the database.
"""

import argparse
import collections
import http.client
import itertools
import json
import re
import statistics
import threading
import time
from pathlib import Path

SAMPLE_SECONDS = 30
DOCUMENTS_KEPT = 20
QUESTIONS = ("What does the lamp {n} cost?", "How long is the warranty of lamp {n}?", "Do you repair lamps?",
             "Is the {n} bright enough for a bicycle?", "Which colours are there?", "Where is the moon?")
READS = ("/healthz/ready", "/api/documents", "/widget.js", "/api/faqs", "/api/documents?limit=5", "/api/openapi.json")
# What may be more in the last quarter than in the second one.
MEMORY_GROWTH_MAX = 0.10
MEMORY_GROWTH_MB_MAX = 20
FILES_GROWTH_MAX = 10
THREADS_GROWTH_MAX = 8
DATABASE_BYTES_PER_TURN_MAX = 64_000


class Load:
    def __init__(self, address, client):
        self.address, self.client = address, client
        self.counts = collections.Counter()
        self.failures = collections.Counter()
        self.is_over = threading.Event()
        self.uploaded = collections.deque()
        self.lock = threading.Lock()

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.request(method, path, body, {"X-API-Key": self.client["api_key"], **(headers or {})})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def chat(self, number, is_streamed):
        question = QUESTIONS[number % len(QUESTIONS)].format(n=number % 50)
        body = json.dumps({"client_id": self.client["client_id"], "message": question})
        headers = {"Content-Type": "application/json"}
        if is_streamed:
            headers["Accept"] = "text/event-stream"
        status, text = self.call("POST", "/api/chat", body, headers)
        return status == 200 and (b"event: done" in text if is_streamed else "response" in json.loads(text))

    def upload(self, number):
        lines = [f"# Lamp {number}", ""]
        lines += [f"The lamp {n} of series {number} costs {n + 5} euros, shines {n * 3} lumens and has {n % 5 + 1} years "
                  "of warranty. It comes in black, silver and red, and fits every handlebar.\n" for n in range(40)]
        text, boundary = "\n".join(lines), "soak-boundary"
        body = (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="lamp-{number}.md"\r\n\r\n'
                f"{text}\r\n--{boundary}--\r\n")
        status, answer = self.call("POST", "/api/documents", body.encode(),
                                   {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        if status >= 300:
            return False
        self.uploaded.append(json.loads(answer)["id"])
        if len(self.uploaded) > DOCUMENTS_KEPT:
            status, _ = self.call("DELETE", f"/api/documents/{self.uploaded.popleft()}")
        return status < 300

    def read(self, number):
        status, _ = self.call("GET", READS[number % len(READS)])
        return status == 200

    def keep(self, name, pause, work):
        """Does `work` at its pace until the end. One that takes longer than its pause is not made up for."""
        for number in itertools.count():
            started = time.monotonic()
            try:
                is_good = work(number)
            except (OSError, http.client.HTTPException, ValueError) as error:
                is_good = False
                print(f"soak: {name} failed: {error}", flush=True)
            with self.lock:
                self.counts[name] += 1
                self.failures[name] += not is_good
            if self.is_over.wait(max(0.0, pause - (time.monotonic() - started))):
                return

    def start(self):
        kinds = (("chat", 1, lambda n: self.chat(n, False)), ("stream", 1, lambda n: self.chat(n, True)),
                 ("read", 0.5, self.read), ("upload", 10, self.upload))
        threads = [threading.Thread(target=self.keep, args=kind, daemon=True) for kind in kinds]
        for thread in threads:
            thread.start()
        return threads


def sample(pid, data, started, load):
    status = Path(f"/proc/{pid}/status").read_text()
    number = lambda name: int(re.search(rf"^{name}:\s+(\d+)", status, re.MULTILINE).group(1))
    size = lambda name: (data / name).stat().st_size if (data / name).exists() else 0
    folder_bytes = lambda name: sum(file.stat().st_size for file in (data / name).rglob("*") if file.is_file())
    with load.lock:
        counts, failures = dict(load.counts), sum(load.failures.values())
    return {
        "second": round(time.monotonic() - started),
        "memory_mb": round(number("VmRSS") * 1024 / 1e6, 1),
        "own_memory_mb": round(number("RssAnon") * 1024 / 1e6, 1),
        "files": len(list(Path(f"/proc/{pid}/fd").iterdir())),
        "threads": number("Threads"),
        "children": sum(len(path.read_text().split()) for path in Path(f"/proc/{pid}/task").glob("*/children")),
        "database_bytes": size("snip.db"), "wal_bytes": size("snip.db-wal"),
        "index_bytes": folder_bytes("index"), "blobs_bytes": folder_bytes("blobs"),
        "turns": counts.get("chat", 0) + counts.get("stream", 0), "requests": sum(counts.values()),
        "failures": failures,
    }


def judge(samples, failures):
    """Every finding with whether it is good."""
    quarter = max(1, len(samples) // 4)
    second, last = samples[quarter:2 * quarter], samples[-quarter:]
    mean = lambda part, name: statistics.fmean(each[name] for each in part)
    before, after = mean(second, "own_memory_mb"), mean(last, "own_memory_mb")
    grew = after - before
    floor = lambda part: min(each["own_memory_mb"] for each in part)
    # Work in progress and caches move the mean; what is never given back raises the floor.
    yield (f"own memory: {before:.0f} MB in the second quarter, {after:.0f} MB in the last, "
           f"at least {floor(second):.0f} and {floor(last):.0f} MB",
           grew <= max(MEMORY_GROWTH_MB_MAX, before * MEMORY_GROWTH_MAX))
    for name, most in (("files", FILES_GROWTH_MAX), ("threads", THREADS_GROWTH_MAX)):
        before, after = mean(second, name), mean(last, name)
        yield f"{name}: {before:.1f} in the second quarter, {after:.1f} in the last", after - before <= most
    first, end = second[0], samples[-1]
    turns = max(1, end["turns"] - first["turns"])
    per_turn = (end["database_bytes"] - first["database_bytes"]) / turns
    yield (f"database: {end['database_bytes'] / 1e6:.1f} MB after {end['turns']} turns, {per_turn:.0f} bytes more for each",
           per_turn <= DATABASE_BYTES_PER_TURN_MAX)
    yield (f"write-ahead log: at most {max(each['wal_bytes'] for each in samples) / 1e6:.1f} MB",
           max(each["wal_bytes"] for each in samples) < 200e6)
    yield (f"index: {first['index_bytes'] / 1e6:.1f} MB, in the end {end['index_bytes'] / 1e6:.1f} MB",
           end["index_bytes"] <= 2 * first["index_bytes"] + 20e6)
    total = sum(failures.values())
    yield f"requests: {end['requests']}, of which {total} failed", total == 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("--address", "--client", "--pid", "--data", "--out"):
        parser.add_argument(name, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    arguments = parser.parse_args()
    load = Load(arguments.address, json.loads(arguments.client))
    started, samples = time.monotonic(), []
    threads = load.start()
    with open(arguments.out, "w", encoding="utf-8") as out:
        while time.monotonic() - started < arguments.minutes * 60:
            time.sleep(min(SAMPLE_SECONDS, max(1, arguments.minutes * 60 - (time.monotonic() - started))))
            samples.append(sample(arguments.pid, Path(arguments.data), started, load))
            print(json.dumps(samples[-1]), file=out, flush=True)
            print("soak:", " ".join(f"{name}={value}" for name, value in samples[-1].items()), flush=True)
    load.is_over.set()
    for thread in threads:
        thread.join(timeout=60)
    findings = list(judge(samples, load.failures))
    for finding, is_good in findings:
        print("ok    " if is_good else "GROWS ", finding)
    raise SystemExit(0 if all(is_good for _, is_good in findings) else 1)


if __name__ == "__main__":
    main()
