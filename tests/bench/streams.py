"""Streamed answers: how long a piece is under way, and many streams at once."""

import asyncio
import json
import math
import time

FIRST_BYTE_TURNS = 100
STREAMS = 200
STREAMS_BEFORE = 10
PATIENCE_SECONDS = 60
CROWD = 100
QUIET_TURNS = 40


async def stream_turn(address, client_id, question):
    """One turn over a socket of its own: the delay of the first piece in ms, and whether it ended well."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps({"client_id": client_id, "message": question}).encode()
    writer.write(
        (f"POST /api/chat HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nConnection: close\r\n"
         f"Accept: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
    await writer.drain()
    delay_ms, event, is_done = None, "", False
    while line := await reader.readline():
        if line.startswith(b"event: "):
            event = line[7:].strip().decode()
            is_done = is_done or event == "done"
        elif line.startswith(b"data: ") and event == "delta" and delay_ms is None:
            arrived = time.time()
            text = json.loads(line[6:])["text"]
            stamp = text.strip().split(" ")[0]
            delay_ms = (arrived - int(stamp) / 1_000_000) * 1_000 if stamp.isdigit() else float("nan")
    writer.close()
    return delay_ms, is_done


def first_byte(node, client_id, question):
    delays = []
    for _ in range(FIRST_BYTE_TURNS):
        delay, is_done = asyncio.run(stream_turn(node.address, client_id, question))
        if not is_done or delay is None or math.isnan(delay):
            raise SystemExit("a stream did not end well, or no model was asked")
        delays.append(delay)
    return delays


async def _many(node, client_id, question, streams):
    turns = [asyncio.create_task(stream_turn(node.address, client_id, question)) for _ in range(streams)]
    most = 0.0
    waiting = asyncio.gather(*turns)
    while not waiting.done():
        most = max(most, node.memory_mb())
        await asyncio.wait([waiting], timeout=0.1)
    return await waiting, most


def many(node, client_id, question):
    """How many of the streams ended well, and how much memory they took at most, in MB, beyond that of a node whose
    caches some streams have filled."""
    asyncio.run(asyncio.wait_for(_many(node, client_id, question, STREAMS_BEFORE), PATIENCE_SECONDS))
    before = node.memory_mb()
    ended, most = asyncio.run(asyncio.wait_for(_many(node, client_id, question, STREAMS), PATIENCE_SECONDS))
    return sum(is_done for _, is_done in ended), most - before


async def _fairness(node, busy, quiet):
    alone = [await _timed(node, *quiet) for _ in range(QUIET_TURNS)]
    is_over = asyncio.Event()

    async def keep_asking():
        while not is_over.is_set():
            await stream_turn(node.address, *busy)

    crowd = [asyncio.create_task(keep_asking()) for _ in range(CROWD)]
    await asyncio.sleep(1)
    beside = [await _timed(node, *quiet) for _ in range(QUIET_TURNS)]
    is_over.set()
    await asyncio.gather(*crowd)
    return alone, beside


async def _timed(node, client_id, question):
    started = time.perf_counter()
    _, is_done = await stream_turn(node.address, client_id, question)
    if not is_done:
        raise SystemExit("a stream did not end well")
    return (time.perf_counter() - started) * 1_000


def fairness(node, busy, quiet):
    """Both are a client with its question: how long the quiet one's turns take by themselves, and while the busy one asks CROWD questions at once."""
    return asyncio.run(asyncio.wait_for(_fairness(node, busy, quiet), PATIENCE_SECONDS * 2))
