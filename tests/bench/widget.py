"""The widget's weight, and how fast its configuration is served beside the least that axum can do."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

from node import Node, create_client, helper

LOAD_SECONDS = 5
CONNECTIONS = 32
DIST = Path(__file__).parents[2] / "assets" / "dist"


def measure_weight():
    """Of one visitor in one language: the loader, and the panel that it fetches."""
    panel = re.search(r"panel-[0-9A-Za-z_-]+\.js", (DIST / "widget.js").read_text()).group(0)
    loader, panel = (len(gzip.compress((DIST / name).read_bytes(), 9)) for name in ("widget.js", f"widget/{panel}"))
    return {"widget, first script, KB gzip": loader / 1_000, "widget, all of it, KB gzip": (loader + panel) / 1_000}


def requests_per_second(url):
    """By wrk, for a bounded time, on loopback."""
    printed = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{LOAD_SECONDS}s", url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed:
        raise SystemExit(f"{url} did not answer with 200 throughout")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1))


def measure_configuration(binary, bench, folder):
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing: run packaging/set-up.sh bench")
    client = create_client(binary, folder, "Bench")
    node = Node(binary, "serve", folder)
    ours, bare = [], []
    with helper(bench, "bare") as address:
        for _ in range(2):
            bare.append(requests_per_second(f"http://{address}/"))
            ours.append(requests_per_second(f"http://{node.address}/api/widget/config/{client['client_id']}"))
    node.stop()
    return {
        "widget configuration, requests/s": max(ours),
        "bare axum handler, requests/s": max(bare),
        "widget configuration beside the bare handler, %": 100 * max(ours) / max(bare),
    }
