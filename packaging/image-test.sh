#!/usr/bin/env bash
# Runs the image as an operator would, and as strictly as one should: read-only, without a capability, one volume.
#
#   packaging/image-test.sh [IMAGE]      default: snip:latest
#
# It sets a node up, uploads documents, asks, and keeps the cited answers; then it removes the container, makes it
# again on the same volume and asks again, without an upload: the answers must be the same. It must stop in time
# and say when the volume is missing. In the end it prints size, start and memory.
#
# DOCUMENTS   a folder with more documents to upload; default: some PDFs of the samples beside the project, if there
#             are any
# SLIM        yes: the image holds no model, so none is waited for
# Further variables stand in container.sh. Exit code 0: everything held.
set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly ROOT
# shellcheck source=packaging/container.sh
. "$ROOT/packaging/container.sh"
use_engine

readonly IMAGE="${1:-snip:latest}"
readonly NAME="snip-test-$$"
readonly HEALTHY_WITHIN_S=60
readonly READ_WITHIN_S=300
readonly BUSINESS="$ROOT/assets/demo/tallowick-cycles"
readonly SAMPLES="$ROOT/../shared/data/documents/pdf"
readonly QUESTIONS_MAX=12
work="$(mktemp -d)"
trap 'remove_container "$NAME"; remove_container "$NAME-unsafe"; remove_volume "$NAME"; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf 'image-test: %s\n' "$*"; }
fail() {
  say "FAILED: $*"
  engine logs --tail 20 "$NAME" >&2 || true
  exit 1
}
json() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }
api() { curl --silent --show-error --fail --max-time 60 --header "X-API-Key: $key" "$@"; }

start() {
  local began
  began="$(date +%s%N)"
  port="$(free_port)"
  run_snip "$NAME" "$IMAGE" "$NAME" "$port"
  wait_healthy "$NAME" "$HEALTHY_WITHIN_S" || fail "it is not healthy"
  started_ms=$((($(date +%s%N) - began) / 1000000))
  node="http://127.0.0.1:$port"
}

# The confinement is what was asked for, seen from inside.
check_confinement() {
  local status
  status="$(engine exec "$NAME" cat /proc/1/status)"
  grep -q '^Uid:.10001' <<<"$status" || fail "it runs as another user: $(grep ^Uid <<<"$status")"
  grep -q '^CapEff:.0000000000000000$' <<<"$status" || fail "it has capabilities"
  grep -q '^NoNewPrivs:.1$' <<<"$status" || fail "it may gain privileges"
  if engine exec "$NAME" sh -c 'echo x >/usr/x' 2>/dev/null; then fail "its root file system can be written"; fi
}

wait_for_model() {
  local deadline=$((SECONDS + HEALTHY_WITHIN_S))
  until curl --silent "$node/healthz/ready" | grep -q '"state":"ok"'; do
    [ "$SECONDS" -lt "$deadline" ] || fail "the model is not in use: $(curl --silent "$node/healthz/ready")"
    sleep 0.2
  done
}

upload() {
  local file count=0 files=("$BUSINESS"/documents/*)
  if [ -n "${DOCUMENTS:-}" ]; then
    files+=("$DOCUMENTS"/*)
  else
    files+=("$SAMPLES"/{pdflatex-4-pages,multicolumn,google-doc-document}.pdf)
  fi
  for file in "${files[@]}"; do
    [ -f "$file" ] || continue
    api --form "file=@$file" "$node/api/documents" >/dev/null || fail "$file was refused"
    count=$((count + 1))
  done
  local deadline=$((SECONDS + READ_WITHIN_S)) waiting=1
  while [ "$waiting" -gt 0 ]; do
    [ "$SECONDS" -lt "$deadline" ] || fail "the documents were not read within $READ_WITHIN_S s"
    sleep 0.3
    api "$node/api/documents?limit=100" >"$work/documents.json"
    waiting="$(python3 -c 'import json, sys; print(sum(d["status"] not in ("ready", "failed") for d in json.load(open(sys.argv[1]))["items"]))' "$work/documents.json")"
  done
  python3 -c 'import json, sys
bad = [d["name"] if "name" in d else d["id"] for d in json.load(open(sys.argv[1]))["items"] if d["status"] == "failed"]
raise SystemExit(f"could not be read: {bad}" if bad else 0)' "$work/documents.json" || fail "a document failed"
  say "$count documents were uploaded and read in the parser's confined child"
}

# Every answer with the words that it rests on; ids of messages and moments differ from ask to ask.
ask() {
  python3 - "$node" "$client_id" "$BUSINESS/eval.jsonl" "$QUESTIONS_MAX" <<'PYTHON'
import json, sys, urllib.request
node, client_id, questions, most = sys.argv[1:]
for line in list(open(questions, encoding="utf-8"))[:int(most)]:
    question = json.loads(line)["question"]
    body = json.dumps({"client_id": client_id, "message": question}).encode()
    request = urllib.request.Request(f"{node}/api/chat", body, {"Content-Type": "application/json"})
    answer = json.load(urllib.request.urlopen(request, timeout=60))
    kept = ("title", "name", "document_id", "quote", "text", "page", "heading", "headings")
    citations = [{name: cited[name] for name in kept if name in cited} for cited in answer["citations"]]
    print(json.dumps({"question": question, "response": answer["response"], "citations": citations}, sort_keys=True))
PYTHON
}

check_volume_is_missed() {
  engine run --detach --name "$NAME-unsafe" --env SNIP__DATA__DIR=/srv/data --user 0:0 "${engine_limits[@]}" "$IMAGE" \
    >/dev/null
  wait_healthy "$NAME-unsafe" "$HEALTHY_WITHIN_S" || fail "a node without a volume is not ready"
  engine logs "$NAME-unsafe" 2>&1 | grep "container's own layer" >/dev/null || fail "nobody is warned of data on the container's own layer"
  engine exec "$NAME-unsafe" snip doctor --data-dir /srv/data | grep "container's own layer" >/dev/null || fail "the doctor does not name it"
  say "data on the container's own layer is warned of"
}

engine volume create "$NAME" >/dev/null
start
check_confinement
say "healthy after $started_ms ms on an empty volume, as user 10001, nothing writable but /data"
# Not `grep -q`, here and above: it leaves early, and the engine's broken pipe would count as a failure.
engine logs "$NAME" 2>&1 | grep '/setup/setup_' >/dev/null || fail "no setup link was printed"
made="$(engine exec "$NAME" snip client create --name Tallowick --email office@example.com --json)"
client_id="$(json "['client_id']" <<<"$made")" key="$(json "['api_key']" <<<"$made")"
[ "${SLIM:-}" = yes ] || wait_for_model
upload
ask >"$work/before"
cited="$(grep -c '"citations": \[{' "$work/before" || true)"
[ "$cited" -ge $((QUESTIONS_MAX / 2)) ] || fail "only $cited of $QUESTIONS_MAX answers have a source"
say "$cited of $QUESTIONS_MAX answers have a source"

pid="$(engine inspect --format '{{.State.Pid}}' "$NAME")"
memory_mb="$(awk '/^VmRSS/ { print int($2 * 1024 / 1000000) }' "/proc/$pid/status")"
zombies="$(engine exec "$NAME" sh -c 'cat /proc/[0-9]*/stat' 2>/dev/null | grep -c ') Z ' || true)"
[ "$zombies" -eq 0 ] || fail "$zombies processes were not reaped"
began="$(date +%s%N)"
engine stop --time 20 "$NAME" >/dev/null
stopped_ms=$((($(date +%s%N) - began) / 1000000))
[ "$stopped_ms" -lt 12000 ] || fail "the stop took $stopped_ms ms"
[ "$(engine inspect --format '{{.State.ExitCode}}' "$NAME")" = 0 ] || fail "it did not end by itself when told to stop"
engine rm "$NAME" >/dev/null
say "stopped in $stopped_ms ms and removed"

start
[ "${SLIM:-}" = yes ] || wait_for_model
ask >"$work/after"
diff "$work/before" "$work/after" >"$work/diff" || fail "other answers on the same volume: $(head -c 2000 "$work/diff")"
say "made again on the same volume, healthy after $started_ms ms: the same $cited cited answers, without an upload"
check_volume_is_missed
say "image $(($(engine image inspect --format '{{.Size}}' "$IMAGE") / 1000000)) MB, start to healthy $started_ms ms, memory with documents and model $memory_mb MB"
say "everything held"
