"""A node with 50 clients and 50,000 chunks, and what is measured on it.

The node is filled through its own interface. Its vectors come from the bench's model server first, which costs
little, and are then declared to be the local model's: their values do not matter for how long a search takes, and
50,000 chunks would keep two cores busy with embedding for a quarter of an hour.
"""

import contextlib
import json
import random
import re
import sqlite3
import threading
import time
from pathlib import Path

import streams
from node import Node, create_client, helper, percentile

CLIENTS = 50
SECTIONS_PER_CLIENT = 500  # two chunks each
WORDS_PER_SECTION = 84
WORDS_PER_SENTENCE = 12
TURNS = 500
TURNS_WHILE_INGESTING = 200
INGESTED_SECTIONS = 600
LOCAL_MODEL = "all-minilm-l6-v2"


def words_of_the_demo():
    """Words as people write them, which the model reads in a token or two each, the same in every run."""
    texts = (Path(__file__).parents[2] / "assets" / "demo").rglob("documents/*.md")
    words = {word for path in sorted(texts) for word in re.findall(r"[a-z]{4,}", path.read_text().lower())}
    words = sorted(words)
    random.Random(0).shuffle(words)
    return words


WORDS = words_of_the_demo()


def some_words(source, count):
    """Few of them often, most of them seldom, as in a text."""
    return [WORDS[int(source.expovariate(0.004)) % len(WORDS)] for _ in range(count)]


def document(seed, sections):
    source = random.Random(seed)
    parts = [f"# Handbook {seed}\n"]
    for number in range(sections):
        words = some_words(source, WORDS_PER_SECTION)
        starts = range(0, len(words), WORDS_PER_SENTENCE)
        sentences = [" ".join(words[at:at + WORDS_PER_SENTENCE]).capitalize() + "." for at in starts]
        parts.append(f"## Section {number}\n\n{' '.join(sentences)}\n")
    return "\n".join(parts).encode()


def question(source):
    return "What about " + " ".join(some_words(source, 5)) + "?"


def own_question(seed):
    """In the words of a section of that document."""
    section = document(seed, SECTIONS_PER_CLIENT).decode().split("\n## ")[SECTIONS_PER_CLIENT // 2]
    return "What about " + section.split("\n\n")[1].split(".")[0].lower() + "?"


def fill(binary, bench, folder):
    """Makes the clients and their documents; returns clients with keys, and how long retrieval took. The vector of
    a question costs next to nothing there, so that what remains is the search itself."""
    with helper(bench, "provider") as address:
        node = Node(binary, "serve", folder, {
            "SNIP__EMBEDDINGS__PROVIDER": "openai_compatible",
            "SNIP__EMBEDDINGS__BASE_URL": f"http://{address}/v1",
            "SNIP__EMBEDDINGS__MODEL": LOCAL_MODEL,
            "SNIP__EMBEDDINGS__DIMENSIONS": "384",
        })
        clients = [create_client(binary, folder, f"Client {number}") for number in range(CLIENTS)]
        for number, client in enumerate(clients):
            client["document"] = node.upload(client["api_key"], "handbook.md", document(number, SECTIONS_PER_CLIENT))
        for client in clients:
            node.wait_for_document(client["api_key"], client["document"])
        ask_many(node, clients, CLIENTS * 2, 5)
        answered = ask_many(node, clients, TURNS, 6)
        node.stop()
    prepared = prepare_ms(folder, len(answered))
    return clients, {
        "hybrid retrieval among 50,000 chunks of 50 clients, ms (p50)": percentile(prepared, 0.5),
        "hybrid retrieval among 50,000 chunks of 50 clients, ms (p95)": percentile(prepared, 0.95),
    }


def prepare_ms(folder, turns):
    """What the explanations of the newest turns say of reading the context and searching."""
    database = sqlite3.connect(folder / "snip.db")
    rows = database.execute(
        "select explanation from turn_explanations order by created_at desc, message_id desc limit ?", (turns,)).fetchall()
    database.close()
    return [json.loads(text)["timings"]["prepare_ms"] for (text,) in rows]


def declare_local(folder, embedder_id):
    database = sqlite3.connect(folder / "snip.db")
    changed = database.execute(
        "update index_generations set embedder = ?, version = version + 1 where state = 'live'", (embedder_id,))
    if changed.rowcount != 1:
        raise SystemExit("there is no live generation to declare")
    database.commit()
    chunks = database.execute("select count(*) from chunks").fetchone()[0]
    vectors = database.execute("select count(*) from chunk_vectors").fetchone()[0]
    database.close()
    return chunks, vectors


def ask_many(node, clients, turns, seed):
    source = random.Random(seed)
    took = []
    for _ in range(turns):
        client = source.choice(clients)
        started = time.perf_counter()
        node.ask(client["client_id"], question(source))
        took.append((time.perf_counter() - started) * 1_000)
    return took


def measure_answers(node, clients):
    ask_many(node, clients, CLIENTS * 2, 1)  # every client's caches as they are in daily use
    took = ask_many(node, clients, TURNS, 2)
    return {"own time of a turn, ms (p50)": percentile(took, 0.5), "own time of a turn, ms (p95)": percentile(took, 0.95)}


def measure_while_ingesting(node, clients):
    """Turns of all clients while one of them has a document read and embedded by the local model."""
    client = clients[0]
    started = time.perf_counter()
    document_id = node.upload(client["api_key"], "more.md", document(1_000, INGESTED_SECTIONS))
    took, ready_after = [], []

    def wait():
        node.wait_for_document(client["api_key"], document_id)
        ready_after.append(time.perf_counter() - started)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while waiting.is_alive() and len(took) < TURNS_WHILE_INGESTING:
        took += ask_many(node, clients[1:], 5, 3 + len(took))
        time.sleep(0.1)
    waiting.join()
    return {
        "turn while ingesting, ms (p95)": percentile(took, 0.95),
        "ingestion beside turns, sections/s": INGESTED_SECTIONS / ready_after[0],
    }


def measure_ingestion(node, clients):
    client = clients[1]
    started = time.perf_counter()
    document_id = node.upload(client["api_key"], "alone.md", document(2_000, INGESTED_SECTIONS))
    node.wait_for_document(client["api_key"], document_id)
    return {"ingestion alone, sections/s": INGESTED_SECTIONS / (time.perf_counter() - started)}


def measure_streams(binary, bench, folder, clients):
    """With the bench's model server as language model."""
    # The first two clients' own words, so that there is something to ask a model about.
    one, other = ((client["client_id"], own_question(seed)) for seed, client in enumerate(clients[:2]))
    with with_model(binary, bench, folder, (50, 20, 5), {"SNIP__LLM__CONCURRENCY": "256"}) as node:
        delays = streams.first_byte(node, *one)
    with with_model(binary, bench, folder, (100, 100, 50), {"SNIP__LLM__CONCURRENCY": "256"}) as node:
        ended, memory = streams.many(node, *one)
    with with_model(binary, bench, folder, (100, 10, 20), {}) as node:
        alone, beside = streams.fairness(node, one, other)
    return {
        "first piece under way, ms (p50)": percentile(delays, 0.5),
        "first piece under way, ms (p95)": percentile(delays, 0.95),
        f"streams that ended well, of {streams.STREAMS}": ended,
        f"memory of {streams.STREAMS} streams, MB": memory,
        "streamed turn of a quiet client, ms (p95)": percentile(alone, 0.95),
        f"the same beside {streams.CROWD} turns at once of another client, ms (p95)": percentile(beside, 0.95),
    }


@contextlib.contextmanager
def with_model(binary, bench, folder, pace, settings):
    with helper(bench, "provider", *pace) as address:
        node = Node(binary, "serve", folder, {
            **settings,
            # The declared vectors are not those of the model: by them nothing would be likely enough to ask for.
            "SNIP__EMBEDDINGS__PROVIDER": "none",
            "SNIP__LLM__PROVIDER": "openai_compatible",
            "SNIP__LLM__BASE_URL": f"http://{address}/v1",
            "SNIP__LLM__MODEL": "bench",
        })
        yield node
        node.stop()
