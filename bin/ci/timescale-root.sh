#!/usr/bin/env bash
# Runs a command against a real TimescaleDB (PostgreSQL 17) and a real Redis, and stops both afterwards:
#
#   bin/ci/timescale-root.sh node bin/test.mjs --project db --project system
#
# The command finds them in TOCSIN_TEST_DATABASE_URL and TOCSIN_TEST_REDIS_URL. Where they come from, first that applies:
#   1. the two variables, when both are set already;
#   2. a Docker engine that answers (TOCSIN_TIMESCALE_IMAGE, TOCSIN_REDIS_IMAGE choose other images);
#   3. as root on Debian or its kin: a Debian 13 root made by debootstrap, kept in ${XDG_CACHE_HOME:-~/.cache}/tocsin/trixie-root.
#      Packages come from the mirror that this machine's apt uses, or from TOCSIN_DEBIAN_MIRROR.
# Exit code: the command's; 69 when no database could be had (the reason is on standard error).
set -uo pipefail

unavailable=69
say() { echo "$*" >&2; }

[ $# -gt 0 ] || { say "usage: $0 COMMAND [ARGUMENT…]"; exit 64; }

if [ -n "${TOCSIN_TEST_DATABASE_URL:-}" ] && [ -n "${TOCSIN_TEST_REDIS_URL:-}" ]; then
  exec "$@"
fi

free_port() {
  node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })"
}

random_word() { node -p "require('node:crypto').randomBytes(12).toString('hex')"; }

# Waits until a command succeeds, at most the given number of seconds.
wait_until() {
  local limit=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $limit ] || return 1
    sleep 0.2
  done
}

password=$(random_word) || { say 'node was not found.'; exit $unavailable; }

# ---------------------------------------------------------------------------------------------------------------- Docker

containers=()
remove_containers() { [ ${#containers[@]} -eq 0 ] || docker rm -f "${containers[@]}" >/dev/null 2>&1; }

published_port() { docker port "$1" "$2/tcp" | head -n 1 | sed 's/.*://'; }

with_docker() {
  trap remove_containers EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  local database redis
  say '用 Docker 启动 TimescaleDB 与 Redis … Starting TimescaleDB and Redis with Docker …'
  # The Apache edition: what Tocsin uses must exist in it.
  database=$(docker run -d -p 127.0.0.1::5432 -e POSTGRES_USER=tocsin -e POSTGRES_PASSWORD="$password" --shm-size 256m \
    "${TOCSIN_TIMESCALE_IMAGE:-timescale/timescaledb:latest-pg17-oss}" -c fsync=off -c max_connections=200) || return $unavailable
  containers+=("$database")
  redis=$(docker run -d -p 127.0.0.1::6379 "${TOCSIN_REDIS_IMAGE:-redis:7}" \
    redis-server --appendonly yes --maxmemory-policy noeviction --requirepass "$password") || return $unavailable
  containers+=("$redis")
  # The image first runs a server of its own, on its socket only, to set the database up; over TCP only the real one answers.
  wait_until 90 docker exec "$database" pg_isready -h 127.0.0.1 -U tocsin || { docker logs "$database" >&2; return $unavailable; }
  wait_until 30 docker exec "$redis" redis-cli --no-auth-warning -a "$password" ping || { docker logs "$redis" >&2; return $unavailable; }
  export TOCSIN_TEST_DATABASE_URL="postgres://tocsin:$password@127.0.0.1:$(published_port "$database" 5432)/postgres"
  export TOCSIN_TEST_REDIS_URL="redis://:$password@127.0.0.1:$(published_port "$redis" 6379)/0"
  "$command" "${arguments[@]}"
}

# ----------------------------------------------------------------------------------------------------------- debootstrap

root=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tocsin/trixie-root
postgres_bin=/usr/lib/postgresql/17/bin

# Every http(s) place of which this machine's apt reads Debian packages, in both notations of sources.
apt_mirrors() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -nE 's/^deb +(\[[^]]*\] +)?(https?:[^ ]+) .*/\2/p'
  cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed -nE 's/^URIs: *//p' | tr ' ' '\n' | grep -E '^https?:'
}

# The first of them that holds Debian 13 with packages (a security mirror does not hold them).
find_mirror() {
  local mirror probe
  probe=$(mktemp -d)
  for mirror in ${TOCSIN_DEBIAN_MIRROR:-$(apt_mirrors | awk '!seen[$0]++')}; do
    if /usr/lib/apt/apt-helper download-file "${mirror%/}/dists/trixie/InRelease" "$probe/InRelease" >/dev/null 2>&1; then
      rm -rf "$probe"
      echo "${mirror%/}"
      return 0
    fi
  done
  rm -rf "$probe"
  return 1
}

install_debootstrap() {
  command -v debootstrap >/dev/null && return 0
  say '安装 debootstrap … Installing debootstrap …'
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -qq update >&2 &&
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -qq install -y --no-install-recommends debootstrap >/dev/null
}

build_root() {
  [ -x "$root$postgres_bin/postgres" ] && [ -x "$root/usr/bin/redis-server" ] && return 0
  install_debootstrap || { say 'debootstrap 无法安装。debootstrap could not be installed.'; return 1; }
  local mirror partial proxy
  mirror=$(find_mirror) || {
    say '本机的 apt 源里没有 Debian 13；请设置 TOCSIN_DEBIAN_MIRROR。None of the apt sources holds Debian 13; set TOCSIN_DEBIAN_MIRROR.'
    return 1
  }
  proxy=$(apt-config dump Acquire::http::Proxy 2>/dev/null | sed -nE 's/^Acquire::http::Proxy "(.+)";$/\1/p')
  [ -z "$proxy" ] || export http_proxy="${http_proxy:-$proxy}"
  say "建立 Debian 13 根目录（约一分钟，700 MB）：$root … Making a Debian 13 root (a minute, 700 MB) …"
  mkdir -p "$(dirname "$root")"
  rm -rf "$root" "$root".partial-*
  partial="$root.partial-$$"
  if ! debootstrap --variant=minbase --include=postgresql-17-timescaledb,redis-server trixie "$partial" "$mirror" >"$partial.log" 2>&1; then
    tail -n 20 "$partial.log" >&2
    umount "$partial/proc" "$partial/sys" 2>/dev/null
    rm -rf "$partial" "$partial.log"
    return 1
  fi
  rm -f "$partial.log" "$partial"/var/cache/apt/archives/*.deb
  mv "$partial" "$root"
}

data='' postgres_pid='' redis_pid='' mounted=()

# Ends one of our servers: politely, and after ten seconds not.
end_server() {
  local signal=$1 pid=$2
  [ -n "$pid" ] || return 0
  kill "-$signal" "$pid" 2>/dev/null || return 0
  wait_until 10 bash -c "! kill -0 $pid" || kill -KILL "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
}

leave_root() {
  # INT is PostgreSQL's fast shutdown.
  end_server INT "$postgres_pid"
  end_server TERM "$redis_pid"
  local place
  for place in "${mounted[@]}"; do umount "$place" 2>/dev/null || umount -l "$place" 2>/dev/null; done
  [ -z "$data" ] || rm -rf "${root:?}$data"
}

# What a run that was killed outright left behind.
remove_leftovers() {
  local folder
  for folder in "$root"/var/lib/tocsin-ci-*; do
    [ -d "$folder" ] && ! kill -0 "${folder##*-}" 2>/dev/null && rm -rf "$folder"
  done
}

mount_in_root() {
  local type=$1 place=$root$2
  mkdir -p "$place"
  if mount -t "$type" "$type" "$place" 2>/dev/null; then mounted+=("$place"); fi
}

# Runs a program of the root as one of its users. It dies with this script even if that is killed outright: what changes the
# user forgets the death signal, so setpriv sets it last, inside.
as_user() {
  local user=$1 signal=$2; shift 2
  exec chroot "$root" /usr/bin/setpriv --reuid="$user" --regid="$user" --clear-groups --pdeathsig "$signal" -- "$@"
}

start_postgres() {
  local port=$1
  (umask 077; echo "$password" >"$root$data/password")
  chroot "$root" chown postgres:postgres "$data/password" "$data/postgres"
  (as_user postgres KILL "$postgres_bin/initdb" -D "$data/postgres" -U tocsin --auth=scram-sha-256 --pwfile="$data/password" --encoding=UTF8 \
    --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync) >"$root$data/initdb.log" 2>&1 || { cat "$root$data/initdb.log" >&2; return 1; }
  (as_user postgres INT "$postgres_bin/postgres" -D "$data/postgres" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c shared_preload_libraries=timescaledb -c timescaledb.telemetry_level=off -c fsync=off -c full_page_writes=off \
    -c max_connections=200 -c shared_buffers=256MB -c jit=off) >"$root$data/postgres.log" 2>&1 &
  postgres_pid=$!
  wait_until 30 chroot "$root" "$postgres_bin/pg_isready" -h 127.0.0.1 -p "$port" || { tail -n 20 "$root$data/postgres.log" >&2; return 1; }
  # Like the official image: every new database has the extension.
  chroot "$root" env PGPASSWORD="$password" psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U tocsin -d template1 -c 'create extension if not exists timescaledb' >&2
}

start_redis() {
  local port=$1
  chroot "$root" chown redis:redis "$data/redis"
  (as_user redis TERM /usr/bin/redis-server --port "$port" --bind 127.0.0.1 --requirepass "$password" --dir "$data/redis" \
    --appendonly yes --maxmemory-policy noeviction --save '') >"$root$data/redis.log" 2>&1 &
  redis_pid=$!
  wait_until 30 bash -c "chroot '$root' redis-cli --no-auth-warning -a '$password' -p $port ping | grep -q PONG" || { tail -n 20 "$root$data/redis.log" >&2; return 1; }
}

with_root() {
  exec 9>"$root.lock"
  flock 9
  build_root || return $unavailable
  flock -u 9
  trap leave_root EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  remove_leftovers
  data=/var/lib/tocsin-ci-$$
  mkdir -p "$root$data/postgres" "$root$data/redis"
  mount_in_root proc /proc
  mount_in_root tmpfs /dev/shm
  chmod 1777 "$root/dev/shm"
  local postgres_port redis_port
  postgres_port=$(free_port)
  start_postgres "$postgres_port" || return $unavailable
  redis_port=$(free_port)
  start_redis "$redis_port" || return $unavailable
  export TOCSIN_TEST_DATABASE_URL="postgres://tocsin:$password@127.0.0.1:$postgres_port/postgres"
  export TOCSIN_TEST_REDIS_URL="redis://:$password@127.0.0.1:$redis_port/0"
  say "TimescaleDB (127.0.0.1:$postgres_port) 与 Redis (127.0.0.1:$redis_port) 已启动。TimescaleDB and Redis are running."
  "$command" "${arguments[@]}" 9>&-
}

command=$1
arguments=("${@:2}")

if [ -z "${CI_MOUNTS_ARE_OURS:-}" ] && command -v docker >/dev/null && docker info >/dev/null 2>&1; then
  with_docker
  exit $?
fi

if [ "$(id -u)" -ne 0 ] || [ ! -x /usr/bin/apt-get ]; then
  say '没有可用的 TimescaleDB：设置 TOCSIN_TEST_DATABASE_URL 与 TOCSIN_TEST_REDIS_URL，或启动 Docker，或在 Debian 上以 root 运行。'
  say 'No TimescaleDB to be had: set TOCSIN_TEST_DATABASE_URL and TOCSIN_TEST_REDIS_URL, or start Docker, or run as root on Debian.'
  exit $unavailable
fi

# In a mount namespace of its own, so that no mount outlives this script whatever ends it.
if [ -z "${CI_MOUNTS_ARE_OURS:-}" ] && unshare --mount true 2>/dev/null; then
  CI_MOUNTS_ARE_OURS=own exec unshare --mount --propagation private "$0" "$command" "${arguments[@]}"
fi
mkdir -p "$(dirname "$root")"
with_root
exit $?
