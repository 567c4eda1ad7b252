#!/usr/bin/env bash
# Makes the base of the image on a machine that reaches Debian's packages but no registry of images.
#
#   packaging/docker/base-image.sh NAME
#
# The image NAME then holds the smallest Debian that the binary runs on: the release of this machine, since the
# binary is linked with its C library. ENGINE names the container engine, podman or docker. Needs debootstrap and
# root.
set -euo pipefail

# Not `NAME`: /etc/os-release sets that.
readonly IMAGE_NAME="${1:?usage: packaging/docker/base-image.sh NAME}"
readonly ENGINE="${ENGINE:-podman}"
readonly MIRROR="${DEBIAN_MIRROR:-http://deb.debian.org/debian}"

say() { printf 'base-image: %s\n' "$*" >&2; }

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
  say "debootstrap must be installed, and only root can run it: apt-get install debootstrap"
  exit 1
fi
# shellcheck disable=SC1091 # the distribution's own description
release="$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME")" || {
  say "This is not Debian, so its C library is not the one of a Debian base. Name a base with BASE=IMAGE instead."
  exit 1
}

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
say "Making Debian $release from $MIRROR"
debootstrap --variant=minbase "$release" "$folder" "$MIRROR" >"$folder.log" 2>&1 || {
  tail -n 20 "$folder.log" >&2
  say "debootstrap failed; the whole log is $folder.log"
  exit 1
}
rm -f "$folder.log"

# What Debian's own slim image leaves out, too; the copyright files stay, as their licences ask.
find "$folder/usr/share/doc" -type f ! -name copyright -delete
find "$folder/usr/share/doc" -type l -delete
find "$folder/usr/share/doc" -mindepth 1 -type d -empty -delete
rm -rf "$folder"/usr/share/{man,info,locale,lintian,linda,groff}/* \
  "$folder"/var/cache/{apt/archives,apt,debconf}/*.{deb,bin,dat-old} \
  "$folder"/var/lib/apt/lists/* "$folder"/var/log/*.log "$folder"/tmp/* "$folder"/dev/*

tar --numeric-owner --create --directory "$folder" . | "$ENGINE" import --change 'CMD ["bash"]' - "$IMAGE_NAME" >/dev/null
say "Made $IMAGE_NAME"
