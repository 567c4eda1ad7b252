#!/usr/bin/env bash
# Keeps the image under a bounded load and watches whether it grows: chat, streams, uploads, deletions and reads.
#
#   packaging/soak.sh [IMAGE]      default: snip:latest
#
# MINUTES   how long; default 60
# OUT       where the samples go, one JSON object on each line; default: a file under /tmp, which is named
#
# Every 30 s it samples memory, open files, threads, processes and the size of the database. In the end the second and
# the last quarter of the time are compared. Exit code 0: nothing grows that should not; 1: something does, or a
# request failed.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=packaging/container.sh
. "$ROOT/packaging/container.sh"
use_engine

readonly IMAGE="${1:-snip:latest}"
readonly NAME="snip-soak-$$"
OUT="${OUT:-$(mktemp /tmp/snip-soak.XXXXXX.jsonl)}"
trap 'remove_container "$NAME"; remove_volume "$NAME"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

port="$(free_port)"
engine volume create "$NAME" >/dev/null
# All load comes from one address.
run_snip "$NAME" "$IMAGE" "$NAME" "$port" --env SNIP__LIMITS__CHAT_PER_ADDRESS_PER_MINUTE=1000
wait_healthy "$NAME" 120
client="$(engine exec "$NAME" snip client create --name Soak --email soak@example.com --json)"
pid="$(engine inspect --format '{{.State.Pid}}' "$NAME")"
data="$(engine volume inspect --format '{{.Mountpoint}}' "$NAME")"
echo "soak: $IMAGE on port $port for ${MINUTES:-60} minutes; samples in $OUT"
python3 "$ROOT/packaging/soak.py" --address "127.0.0.1:$port" --client "$client" --pid "$pid" --data "$data" \
  --minutes "${MINUTES:-60}" --out "$OUT"
