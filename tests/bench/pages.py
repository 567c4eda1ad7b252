"""Pages of a long list, and the same list as a file."""

import json
import sqlite3
import time

from node import Node, create_client

ROWS = 12_000
QUESTION = "Do you open on Sunday? "
ANSWER = "We open on Sunday from nine in the morning until one in the afternoon. " * 4
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


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
        for place, (role, text) in enumerate([("visitor", QUESTION + str(number)), ("assistant", ANSWER)]):
            database.execute(
                "insert into messages (id, client_id, conversation_id, role, text, created_at)"
                " values (?, ?, ?, ?, ?, ?)",
                (made_up_id("msg", at << 80 | number << 1 | place), client_id, made_up_id("conv", at << 80 | number),
                 role, text, at))
    database.commit()
    database.close()


def measure(binary, folder):
    client = create_client(binary, folder, "Bench")
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
    exported = export(node, client["api_key"])
    node.stop()
    if rows != ROWS:
        raise SystemExit(f"the pages held {rows} of {ROWS} rows")
    return exported | {
        f"page of 100 among {ROWS} rows, ms (most)": max(took),
        "page of 100, KB (most)": max(sizes) / 1_000,
    }


def export(node, key):
    """Reads all of it as JSON lines, and watches the server's memory."""
    idle = most = node.memory_mb()
    started = time.perf_counter()
    size = lines = 0
    reply = node.get("/api/conversations/export?format=jsonl", {"X-API-Key": key})
    while piece := reply.read(1 << 20):
        size, lines = size + len(piece), lines + piece.count(b"\n")
        most = max(most, node.memory_mb())
    took = time.perf_counter() - started
    if lines != ROWS:
        raise SystemExit(f"the export held {lines} of {ROWS} conversations")
    return {
        f"export of {ROWS} conversations, s": took,
        f"export of {ROWS} conversations, MB": size / 1_000_000,
        f"memory for an export of {ROWS} conversations above idle, MB": most - idle,
    }
