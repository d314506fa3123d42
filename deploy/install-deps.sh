#!/bin/sh
# Installs what edge needs to build on Debian 12, and any further packages named as arguments:
# one apt transaction for all of them. Does nothing when everything is there.
set -eu

packages="gcc libc6-dev make cmake ninja-build pkg-config libcivetweb-dev libmongoc-dev libbson-dev
  libsqlite3-dev libcjson-dev libbrotli-dev zlib1g-dev libssl-dev $*"

# A node from elsewhere serves as well; Debian's npm alone is 378 packages.
major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
if [ "${major:-0}" -lt 18 ] || ! command -v npm >/dev/null; then
  packages="$packages nodejs npm"
fi

missing=
for package in $packages; do
  case $(dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null) in
    installed*) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "edge: packages are missing; as root: apt-get install --no-install-recommends$missing" >&2
  exit 1
fi

echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # the list is split on purpose
apt-get install -qq --no-install-recommends -o Dpkg::Use-Pty=0 $missing >/dev/null
