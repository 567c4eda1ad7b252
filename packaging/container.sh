# Sourced by image.sh, image-test.sh and soak.sh: finds the container engine, and runs Snip as it should be run.
# shellcheck shell=bash
#
# ENGINE           podman or docker; default: the first that is installed
# ENGINE_FLAGS     flags before the engine's command; default: what this machine needs
# ENGINE_LIMITS    flags of `run` and `build` for the limits of processes; default: what this machine allows

find_engine() {
  local engine
  for engine in ${ENGINE:-podman docker}; do
    command -v "$engine" >/dev/null && { echo "$engine"; return; }
  done
  echo "A container engine is missing: ${ENGINE:-neither podman nor docker} is installed. On Debian: apt-get install podman iptables" >&2
  return 1
}

# Podman's usual runtime does not start where both versions of control groups are mounted; runc does.
needed_flags() {
  if [[ "$ENGINE" == *podman ]] && [ -d /sys/fs/cgroup/unified ] && [ -x /usr/sbin/runc ]; then
    echo "--runtime=/usr/sbin/runc"
  fi
}

# Engines ask for more open files and processes than a small machine may give; then less is asked for.
needed_limits() {
  local files
  files="$(ulimit -Hn)"
  if [ "$files" != unlimited ] && [ "$files" -lt 1048576 ]; then
    echo "--ulimit nofile=4096:4096 --ulimit nproc=4096:4096"
  fi
}

use_engine() {
  ENGINE="$(find_engine)"
  read -r -a engine_flags <<<"${ENGINE_FLAGS-$(needed_flags)}"
  read -r -a engine_limits <<<"${ENGINE_LIMITS-$(needed_limits)}"
}

engine() { "$ENGINE" "${engine_flags[@]}" "$@"; }

# run_snip NAME IMAGE VOLUME PORT [FLAG…]: nothing of the system can be written but the volume.
run_snip() {
  local name="$1" image="$2" volume="$3" port="$4"
  engine run --detach --name "$name" --publish "127.0.0.1:$port:8080" --volume "$volume:/data" \
    --read-only --cap-drop=all --security-opt=no-new-privileges --pids-limit=512 --memory=2g \
    "${engine_limits[@]}" "${@:5}" "$image" >/dev/null
}

# Removes what was started, also after a failure; a missing one is no error. Volumes without a name go along.
remove_container() { engine rm --force --volumes "$1" >/dev/null 2>&1 || true; }
remove_volume() { engine volume rm "$1" >/dev/null 2>&1 || true; }

# The check that the image declares, as the engine would run it.
is_healthy() { engine exec "$1" snip healthcheck >/dev/null 2>&1; }

wait_healthy() {
  local name="$1" seconds_max="$2" deadline
  deadline=$((SECONDS + seconds_max))
  until is_healthy "$name"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      engine logs --tail 40 "$name" >&2
      echo "The container did not become healthy within $seconds_max s." >&2
      return 1
    fi
    sleep 0.2
  done
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
