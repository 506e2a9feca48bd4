#!/bin/sh
# The first session in README.md, run for real: the block after <!-- session --> has commands ("$ ...")
# and what they print.
#	tools/session.sh            writes what they print now into README.md
#	tools/session.sh --check    exit status 1 where README.md shows something else
# Not compared: the home folder, the hash of a receipt, and what init asks at the terminal. All else,
# scores and chances too, is the same to the bit wherever the same pack answers.
set -eu
cd "$(dirname "$0")/.."
LC_ALL=C
export LC_ALL
tacit=${TACIT:-$PWD/build/tacit}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
TACIT_HOME=$work/home
TACIT_KEY_FILE=$work/key
export TACIT_HOME TACIT_KEY_FILE
unset TACIT_PASSPHRASE_FILE
head -c 32 /dev/urandom >"$TACIT_KEY_FILE"

tacit() { "$tacit" "$@"; }

awk -v out="$work" '
	/^<!-- session -->/ { after = 1 }
	inside && /^```/ { inside = 0; after = 0; part = "tail" }
	{ print > (out "/" (inside ? "block" : part == "" ? "head" : "tail")) }
	after && !inside && /^```/ { inside = 1 }
' README.md
grep '^\$ ' "$work/block" >"$work/commands"
while IFS= read -r line; do
	printf '%s\n' "$line"
	if [ "$line" = '$ tacit init' ]; then
		printf 'A passphrase for your vault:\nOnce more:\n'
	fi
	eval "${line#\$ }" 2>&1 </dev/null | sed -e "s|$TACIT_HOME|~/.local/share/tacit|g" \
		-e 's/^\(Receipt [0-9a-f]\{6\}\)[0-9a-f]*$/Receipt 5a0f3c.../'
	echo
done <"$work/commands" | sed -e '$d' >"$work/new"
cat "$work/head" "$work/new" "$work/tail" >"$work/README.md"
if [ "${1:-}" = --check ]; then
	diff README.md "$work/README.md" || {
		echo "README.md shows another session than the program has; run tools/session.sh"
		exit 1
	}
else
	cat "$work/README.md" >README.md
fi
