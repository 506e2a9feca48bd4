#!/bin/sh
# Lets golang.org/x/mod/sumdb check a log that src/ledger wrote. For developers, not part of check.sh:
# needs Go and, the first time, its module proxy.
#
#	tools/ledger_interop.sh		BUILD names the build folder, default build
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
command -v go >/dev/null 2>&1 || { echo "ledger_interop: there is no go here" >&2; exit 77; }
make -s "BUILD=$build" "$build/libtacit.a"
mkdir -p "$build/interop"
# shellcheck disable=SC2046
${CC:-gcc} -std=gnu11 -g -Wall -Wextra -Wconversion -D_GNU_SOURCE -Iinclude -Isrc \
	-o "$build/interop/ledger_interop" tests/interop/ledger_interop.c "$build/libtacit.a" \
	$(pkg-config --libs libsodium) -lunistring -lpthread
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 2' INT TERM
"$build/interop/ledger_interop" "$folder"
cd tests/interop/sumdb
go run . "$folder"
