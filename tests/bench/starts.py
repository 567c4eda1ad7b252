"""Starts, stops and idle memory."""

import time

from node import Node, percentile

STARTS = 5
SETTLE_SECONDS = 2


def measure(binary, folder, settings=None, label=""):
    ready, stops, idle = [], [], []
    for _ in range(STARTS):
        node = Node(binary, "serve", folder, settings)
        ready.append(node.ready_ms)
        time.sleep(SETTLE_SECONDS)
        idle.append(node.memory_mb())
        stops.append(node.stop())
    return {
        f"first start to ready{label}, ms": ready[0],
        f"start to ready{label}, ms (median)": percentile(ready[1:], 0.5),
        f"idle memory{label}, MB (most)": max(idle),
        f"stop{label}, ms (most)": max(stops),
    }
