#!/bin/sh
# What README.md shows as typed, run for real: blocks after <!-- session --> and <!-- tour --> have
# commands ("$ ...") and what they print.
#	tools/session.sh            writes what they print now into README.md
#	tools/session.sh --check    exit status 1 where README.md shows something else
# Not compared: the home folder, ports, tokens, names of receipts, times of today, and what init asks
# at the terminal. All else, scores and chances too, is the same to the bit wherever the same pack
# answers. The tour needs curl; without it its blocks stay as they are.
set -eu
cd "$(dirname "$0")/.."
LC_ALL=C
export LC_ALL
tacit=${TACIT:-$PWD/build/tacit}
work=$(mktemp -d)
sandbox=
stop() { [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT
root=$PWD
TACIT_HOME=$work/home
TACIT_KEY_FILE=$work/key
export TACIT_HOME TACIT_KEY_FILE
unset TACIT_PASSPHRASE_FILE
head -c 32 /dev/urandom >"$TACIT_KEY_FILE"

tacit() { "$tacit" "$@"; }

# A file for each piece: text, and blocks of commands named after what stands before them.
awk -v out="$work/piece" '
	BEGIN { piece = 100; kind = "text" }
	function file() { return out "-" piece "-" kind }
	{
		if (inside && /^```/) { inside = 0; piece++; kind = "text" }
		print > file()
	}
	/^<!-- (session|tour) -->/ { after = $2 }
	after && !inside && /^```/ { inside = 1; piece++; kind = after; after = "" }
' README.md

mask() {
	sed -e "s|$TACIT_HOME|~/.local/share/tacit|g" -e "s|127.0.0.1:[0-9][0-9]*|127.0.0.1:7382|g" \
		-e 's/^\(Receipt [0-9a-f]\{6\}\)[0-9a-f]*$/Receipt 5a0f3c.../' \
		-e 's/urn:tacit:[A-Za-z0-9_-]\{22\}/urn:tacit:3IpKBPsySqpwAnEcgVf4lg/g' \
		-e 's/tacit.local.[A-Za-z0-9_-]\{22\}/tacit.local\/3IpKBPsySqpwAnEcgVf4lg/g' \
		-e 's/urn:example:[A-Za-z0-9_-]\{22\}/urn:example:wOmjbK9bDG-GHdr9o6rlfw/g' \
		-e "s/$(date -u +%Y-%m-%d)/2026-11-22/g" \
		-e "s/$(date -u -d '+90 days' +%Y-%m-%d)/2027-02-20/g"
}

# play FILE : prints the block again with what its commands print now. State goes on to the next.
play() {
	first=1
	grep '^\$ ' "$1" >"$work/commands"
	while IFS= read -r line <&3; do
		[ "$first" = 1 ] || echo
		first=0
		printf '%s\n' "$line"
		case $line in
		'$ URL='*) continue ;;
		'$ tacit init') printf 'A passphrase for your vault:\nOnce more:\n' ;;
		esac
		eval "${line#\$ }" >"$work/said" 2>&1 </dev/null || true
		mask <"$work/said"
		[ ! -s "$work/said" ] || [ -z "$(tail -c 1 "$work/said")" ] || echo
	done 3<"$work/commands"
}

field() { sed 's/.*"'"$1"'":"\([^"]*\)".*/\1/' "$work/sandbox"; }

# Ada, for the tour; asks go to her, and the commands that follow are hers.
begin_tour() {
	[ -z "$sandbox" ] || return 0
	(cd "$root" && exec "$tacit" sandbox --port 0 --json) >"$work/sandbox" 2>/dev/null &
	sandbox=$!
	n=0
	while [ ! -s "$work/sandbox" ] && [ "$n" -lt 100 ]; do
		sleep .1
		n=$((n + 1))
	done
	URL=$(field url)
	TOKEN=$(field token)
	TACIT_HOME=$(field home)
	TACIT_KEY_FILE=$(field key_file)
	mkdir "$work/tour"
}

for piece in "$work"/piece-*; do
	case $piece in
	*-session) play "$piece" ;;
	*-tour)
		if command -v curl >/dev/null; then
			begin_tour
			here=$PWD
			cd "$work/tour"
			play "$piece"
			cd "$here"
		else
			echo "SKIPPED the tour: there is no curl" >&2
			cat "$piece"
		fi ;;
	*) cat "$piece" ;;
	esac
done >"$work/README.md"
if [ "${1:-}" = --check ]; then
	diff README.md "$work/README.md" || {
		echo "README.md shows another session than the program has; run tools/session.sh"
		exit 1
	}
else
	cat "$work/README.md" >README.md
fi
