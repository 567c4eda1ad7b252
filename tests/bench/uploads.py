"""The memory that the largest upload needs, in the server and in the child that reads it."""

import http.client
import json
import re
import threading
import time
from pathlib import Path

from node import Node, create_client

UPLOAD_MB = 500
PIECE = b"A plain line of a very long text, which says little and says it again and again.\n" * 12_800
SETTLE_SECONDS = 2


def measure(binary, folder):
    client = create_client(binary, folder, "Bench")
    node = Node(binary, "serve", folder)
    time.sleep(SETTLE_SECONDS)
    idle = node.memory_mb()
    most = {"server": idle, "reader": 0.0}
    is_over = threading.Event()

    def watch():
        while not is_over.is_set():
            most["server"] = max(most["server"], node.memory_mb())
            most["reader"] = max([most["reader"], *map(memory_mb, children(node.process.pid))])
            time.sleep(0.02)

    watching = threading.Thread(target=watch)
    watching.start()
    started = time.perf_counter()
    document_id = send(node.address, client["api_key"])
    took = time.perf_counter() - started
    status = ending(node, client["api_key"], document_id)
    is_over.set()
    watching.join()
    node.stop()
    return {
        f"upload of {UPLOAD_MB} MB, MB/s": UPLOAD_MB / took,
        f"memory for an upload of {UPLOAD_MB} MB above idle, MB": most["server"] - idle,
        f"memory of the reader of {UPLOAD_MB} MB, MB": most["reader"],
        f"ending of {UPLOAD_MB} MB of text": status,
    }


def send(address, key):
    """Sends a made-up text piece by piece and returns the document's id."""
    boundary = "figures-boundary"
    head = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"long.txt\"\r\n"
            "Content-Type: text/plain\r\n\r\n").encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    pieces = UPLOAD_MB * 1_000_000 // len(PIECE)
    connection = http.client.HTTPConnection(address)
    connection.putrequest("POST", "/api/documents")
    connection.putheader("X-API-Key", key)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
    connection.putheader("Content-Length", str(len(head) + pieces * len(PIECE) + len(tail)))
    connection.endheaders()
    for part in (head, *[PIECE] * pieces, tail):
        connection.send(part)
    response = connection.getresponse()
    answer = json.load(response)
    if response.status >= 300:
        raise SystemExit(f"the upload was refused: {answer}")
    return answer["id"]


def ending(node, key, document_id, seconds_max=600):
    deadline = time.perf_counter() + seconds_max
    while time.perf_counter() < deadline:
        document = node.get_json(f"/api/documents/{document_id}", key)
        if document["status"] in ("ready", "failed"):
            return document["status"]
        time.sleep(0.1)
    raise SystemExit("the long document did not end")


def children(pid):
    try:
        return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]
    except FileNotFoundError:
        return []


def memory_mb(pid):
    try:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(found.group(1)) * 1_024 / 1_000_000 if found else 0.0
