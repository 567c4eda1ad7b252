#!/usr/bin/env bash
# Prints the path of the Chromium that the browser tests drive: what CHROMIUM names, or the first that is installed.
# Exit code 1 when there is none.
set -euo pipefail

for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
  if [ -n "$name" ] && command -v "$name"; then
    exit 0
  fi
done
exit 1
