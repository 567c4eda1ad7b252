#!/usr/bin/env bash
# Runs tests/browser in a real Chromium against a demo of its own, which it starts on a free port with a data
# directory that is thrown away, and stops again however it ends. Firefox and WebKit make the same visit where they
# are installed; in CI they must be. Exit code: that of the tests.
#
#   packaging/browser-tests.sh [FILE…]     only these test files; all of them without arguments
#
# Environment: SNIP_BIN    the binary to test, instead of one that is built now
#              CHROMIUM    the browser, instead of the one that is found
#              FIREFOX     the same of Firefox
#              SHOTS       a folder for screenshots
#              BASE_URL    a demo that runs already; then nothing is built or started
set -euo pipefail

readonly READY_WITHIN_S=60
readonly STOPPED_WITHIN_S=15
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly ROOT

folder=
server=

say() { printf 'browser-tests: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

clean_up() {
  local code=$?
  trap - EXIT
  if [ -n "$server" ]; then
    stop_server
  fi
  if [ -n "$folder" ]; then
    if [ "$code" -ne 0 ] && [ -s "$folder/log" ]; then
      say "The last lines of the server's log:"
      tail -n 40 "$folder/log" >&2
    fi
    rm -rf "$folder"
  fi
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# SIGTERM drains; a server that does not end by itself is ended, and that is a failure.
stop_server() {
  local waited=0
  kill -TERM "$server" 2>/dev/null || true
  while kill -0 "$server" 2>/dev/null; do
    if [ "$waited" -ge $((STOPPED_WITHIN_S * 10)) ]; then
      say "The server did not stop within $STOPPED_WITHIN_S s of SIGTERM."
      kill -KILL "$server" 2>/dev/null || true
      [ "$code" -ne 0 ] || code=1
      break
    fi
    sleep 0.1
    waited=$((waited + 1))
  done
  wait "$server" 2>/dev/null || true
}

require_tools() {
  command -v node >/dev/null || fail 'Node.js is missing. Run packaging/set-up.sh test.'
  CHROMIUM="$("$ROOT/packaging/find-browser.sh")" ||
    fail 'A Chromium is missing. Run packaging/set-up.sh test, or name one with CHROMIUM=PATH.'
  export CHROMIUM
  [ -d "$ROOT/assets/node_modules/playwright-core" ] ||
    fail 'The npm packages are missing. Run packaging/set-up.sh test.'
}

find_binary() {
  if [ -n "${SNIP_BIN:-}" ]; then
    command -v "$SNIP_BIN" >/dev/null || fail "SNIP_BIN names \`$SNIP_BIN\`, which is no program."
    realpath "$(command -v "$SNIP_BIN")"
    return
  fi
  (cd "$ROOT" && cargo build --locked --bin snip --message-format=json-render-diagnostics) |
    node -e '
      const messages = require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean).map(JSON.parse);
      const built = messages.find((it) => it.reason === "compiler-artifact" && it.executable && it.target.name === "snip");
      if (!built) process.exit(1);
      console.log(built.executable);
    '
}

free_port() {
  node -e 'const server = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); });'
}

# The tests ask more often than a visitor would, all from one address.
start_server() {
  local binary="$1" port="$2" name
  for name in $(compgen -e); do
    case "$name" in SNIP_*) unset "$name" ;; esac
  done
  export SNIP__LIMITS__CHAT_PER_ADDRESS_PER_MINUTE=10000
  export SNIP__LIMITS__CHAT_PER_CLIENT_PER_MINUTE=10000
  export SNIP__LIMITS__PUBLIC_PER_ADDRESS_PER_MINUTE=100000
  export SNIP__LIMITS__CAPPED_ANSWERS_PER_DAY=100000
  # Started in the temporary folder, where no configuration file lies.
  cd "$folder"
  "$binary" demo --data-dir "$folder/data" --listen "127.0.0.1:$port" --fresh >"$folder/log" 2>&1 &
  server=$!
  cd "$ROOT"
}

# Until the node is ready and both of the demo's assistants answer with a source.
wait_until_ready() {
  local deadline=$((SECONDS + READY_WITHIN_S))
  until node "$ROOT/packaging/demo-answers.mjs" "$BASE_URL" >/dev/null 2>"$folder/probe"; do
    kill -0 "$server" 2>/dev/null || fail 'The server ended before it was ready.'
    [ "$SECONDS" -lt "$deadline" ] || fail "The demo was not ready within $READY_WITHIN_S s: $(cat "$folder/probe")"
    sleep 0.25
  done
}

require_tools
if [ -z "${BASE_URL:-}" ]; then
  binary="$(find_binary)" || fail 'There is no binary to test.'
  folder="$(mktemp -d)"
  port="$(free_port)"
  export BASE_URL="http://127.0.0.1:$port"
  start_server "$binary" "$port"
  # Tests of the first run start servers of their own.
  export SNIP_BIN="$binary"
  wait_until_ready
fi
say "Testing $BASE_URL in $CHROMIUM"
if [ $# -eq 0 ]; then
  set -- "$ROOT"/tests/browser/*.test.mjs
fi
# One file after the other: each opens a browser of its own.
node --test --test-concurrency=1 "$@"
