#!/bin/sh
# Writes man/tacit-COMMAND.1 from the command's own --help, so that a page cannot say anything else.
#	tools/man.sh            writes them
#	tools/man.sh --check    exit status 1 where one is missing or says something else
set -eu
cd "$(dirname "$0")/.."
tacit=${TACIT:-build/tacit}
out=man
if [ "${1:-}" = --check ]; then
	out=$(mktemp -d)
	trap 'rm -rf "$out"' EXIT
fi
mkdir -p "$out"
for name in $("$tacit" --commands); do
	"$tacit" "$name" --help | awk -v name="$name" '
	function quoted(line) {
		gsub(/\\/, "\\e", line)
		gsub(/-/, "\\-", line)
		return line ~ /^[.\x27]/ ? "\\&" line : line
	}
	BEGIN {
		printf ".TH TACIT\\-%s 1 \"\" tacit \"tacit manual\"\n", toupper(name)
		printf ".SH NAME\ntacit\\-%s \\- one of the commands of tacit\n.SH SYNOPSIS\n", name
	}
	NR == 1 { print ".B " quoted($0); print ".SH DESCRIPTION"; next }
	/^  -/ && !options { options = 1; print ".SH OPTIONS\n.nf"; print quoted($0); next }
	/^Example:$/ { if (options) print ".fi"; print ".SH EXAMPLE\n.nf"; example = 1; next }
	/^$/ { next }
	/^  / && !options && !example { print ".br" }
	{ print quoted($0) }
	END { if (example) print ".fi"; print ".SH SEE ALSO\n.BR tacit (1)" }
	' >"$out/tacit-$name.1"
done
{
	printf '.TH TACIT 1 "" tacit "tacit manual"\n.SH NAME\ntacit \\- a personalisation engine of your own\n'
	printf '.SH SYNOPSIS\n.B tacit\n.I COMMAND\n.SH DESCRIPTION\n.nf\n'
	"$tacit" --help | sed 's/\\/\\e/g; s/-/\\-/g'
	printf '.fi\n'
} >"$out/tacit.1"
if [ "$out" != man ]; then
	diff -r man "$out" >/dev/null || {
		echo "man: a page is missing or says something else than --help; run tools/man.sh"
		exit 1
	}
fi
