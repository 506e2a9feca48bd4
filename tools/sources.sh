#!/bin/sh
# Writes the table of kinds in docs/sources.md from the readers' own tables (tacit kinds --json), so
# that it cannot say anything else.
#	tools/sources.sh            writes it
#	tools/sources.sh --check    exit status 1 where it says something else
set -eu
cd "$(dirname "$0")/.."
tacit=${TACIT:-build/tacit}
new=$(mktemp)
trap 'rm -f "$new" "$new.table"' EXIT
"$tacit" kinds --json | awk '
	function text(key,    at, value) {
		at = index($0, "\"" key "\":\"")
		if (at == 0)
			return ""
		value = substr($0, at + length(key) + 4)
		sub(/".*/, "", value)
		gsub(/\|/, "\\|", value)
		return value
	}
	function list(key,    at, value) {
		at = index($0, "\"" key "\":[")
		value = substr($0, at + length(key) + 4)
		sub(/\].*/, "", value)
		gsub(/","/, ", ", value)
		gsub(/"/, "", value)
		return value
	}
	BEGIN {
		RS = "},{"
		print "| kind | files | acts | fields used | never stored | cannot know |"
		print "|---|---|---|---|---|---|"
	}
	text("kind") != "" {
		print "| " text("kind") " | " text("files") " | " text("acts") " | " text("used") \
			" | " list("never_stored") " | " text("cannot_know") " |"
	}' >"$new.table"
awk -v table="$new.table" '
	/^\| kind \| files / { while ((getline line < table) > 0) print line; skipping = 1; next }
	skipping && /^\|/ { next }
	{ skipping = 0; print }' docs/sources.md >"$new"
if [ "${1:-}" = --check ]; then
	cmp -s "$new" docs/sources.md || {
		echo "docs/sources.md says something else than the readers; run tools/sources.sh" >&2
		exit 1
	}
else
	cp "$new" docs/sources.md
fi
