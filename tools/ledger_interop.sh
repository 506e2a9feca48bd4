#!/bin/sh
# Lets others check a log that src/ledger wrote: golang.org/x/mod/sumdb, and @sigstore/verify of npm.
# For developers, not part of check.sh: needs Go and Node, and their registries. Packages of npm go to
# a temporary folder. What is not installed is said and not run; exit status 77 if that is all.
#
#	tools/ledger_interop.sh		BUILD names the build folder, default build
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
make -s "BUILD=$build" "$build/libtacit.a"
mkdir -p "$build/interop"
# shellcheck disable=SC2046
${CC:-gcc} -std=gnu11 -g -Wall -Wextra -Wconversion -D_GNU_SOURCE -Iinclude -Isrc \
	-o "$build/interop/ledger_interop" tests/interop/ledger_interop.c "$build/libtacit.a" \
	$(pkg-config --libs libsodium nettle) -lunistring -lpthread
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 2' INT TERM
"$build/interop/ledger_interop" "$folder"
ran=0
# A real receipt, of a grant, beside the log that is made for the purpose.
receipt=
if [ -x "$build/tacit" ]; then
	head -c 64 /dev/urandom >"$folder/key"
	chmod 600 "$folder/key"
	(
		unset TACIT_PASSPHRASE_FILE
		TACIT_HOME=$folder/home TACIT_KEY_FILE=$folder/key
		export TACIT_HOME TACIT_KEY_FILE
		"$build/tacit" init >/dev/null
		for notch in silent subset order; do
			"$build/tacit" grant https://shop.example --precision "$notch" >/dev/null
		done
		"$build/tacit" receipt 2 --json >"$folder/receipt.json"
	)
	receipt=$folder/receipt.json
fi
if command -v go >/dev/null 2>&1; then
	(cd tests/interop/sumdb && go run . "$folder" ${receipt:+"$receipt"})
	ran=1
else
	echo "ledger_interop: there is no go here" >&2
fi
if command -v npm >/dev/null 2>&1; then
	mkdir "$folder/npm"
	cp tests/interop/sigstore/* "$folder/npm"
	(cd "$folder/npm" && npm ci --silent --ignore-scripts --no-audit --no-fund)
	node "$folder/npm/check.js" "$folder" ${receipt:+"$receipt"}
	ran=1
else
	echo "ledger_interop: there is no npm here" >&2
fi
[ "$ran" -eq 1 ] || exit 77
