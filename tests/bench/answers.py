"""Answers of the demo, over loopback."""

import json
import re
import time
from pathlib import Path

from node import Node, percentile

QUESTIONS = 1_000
SLUG = "tallowick-cycles"


def measure(binary, folder):
    node = Node(binary, "demo", folder)
    page = node.get(f"/demo/{SLUG}/").read().decode()
    client_id = re.search(r"client_[0-9a-z]{26}", page).group(0)
    cases = Path(__file__).parents[2] / "assets" / "demo" / SLUG / "eval.jsonl"
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
        "answer of the demo, ms (p50)": percentile(took, 0.5),
        "answer of the demo, ms (p95)": percentile(took, 0.95),
        f"memory after {QUESTIONS} answers, MB": memory,
    }
