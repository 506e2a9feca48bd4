#!/bin/sh
# Checks the tree itself: who includes whom, which libraries are used where, banned calls, lengths,
# dead files, exported symbols, a man page for each subcommand. Prints "file:line: what" for each
# finding and exits with 1 if there is any. Needs sh, awk, grep, sed and (where objects are built) nm.
#
#	tools/tidy.sh		BUILD names the build folder, default build
set -u
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.." || exit 2
build=${BUILD:-build}
findings=$(mktemp) || exit 2
trap 'rm -f "$findings"' EXIT
trap 'exit 2' INT TERM

sources=$(find src include tests bench fuzz -name '*.[ch]' 2>/dev/null | sort)

# Who may include whom: "room: rooms". tacit.h is for all; what is not named here is refused.
# docs, tests, benchmarks and fuzz targets may see everything.
rooms='
base:
terms: base
ledger: base
vault: base ledger
pack: base
formats: base
fetch: base
readers: base formats
sources: base formats readers
taste: base pack vault
train: base pack
answer: base pack taste terms vault
places: base
now: base pack taste terms vault places
crowd: base terms
gate: base terms ledger vault pack formats fetch sources taste train answer places now crowd
asks: base terms ledger vault pack taste answer gate/inside.h
doors: base/text.h
hosted: base/text.h
cmd: base/text.h base/json.h base/bytes.h base/clock.h'

# Third-party libraries that a room may include, each in at most two of its files. Sealing is what
# the vault is about, so that sodium may be in any of its files; the gate only holds a key for the
# moment between the vault and the agent. One reader is of a database, which it has in memory only.
libraries='
base: unistring pthread nettle
ledger: sodium nettle
vault: sqlite3 sodium stemmer
pack: sodium
formats: jansson expat
fetch: curl
readers: ical sqlite3
sources: archive seccomp sodium
train: blas mpi
crowd: sodium
gate: sodium
asks: sodium
doors: microhttpd jansson seccomp
hosted: libpq'

# Lines, functions, banned calls and includes, in one pass over all sources.
# shellcheck disable=SC2086
awk -v rooms="$rooms" -v libraries="$libraries" '
function say(line, what) { print FILENAME ":" line ": " what }

function table(text, into,    row, n, i, parts, j, m) {
	n = split(text, row, "\n")
	for (i = 1; i <= n; i++) {
		m = split(row[i], parts, /[: ]+/)
		if (m < 1 || parts[1] == "")
			continue
		into[parts[1]] = 1
		for (j = 2; j <= m; j++)
			if (parts[j] != "")
				into[parts[1] " " parts[j]] = 1
	}
}

# The library of a system header; "" for the C library and the kernel, "?" for one not known here.
function library(header) {
	if (header ~ /^uni(str|norm|case|ctype|width|conv|types|stdio|name|gbrk|lbrk|wbrk)\.h$/)
		return "unistring"
	if (header == "pthread.h") return "pthread"
	if (header ~ /^sodium/) return "sodium"
	if (header ~ /^nettle\//) return "nettle"
	if (header ~ /^sqlite3/) return "sqlite3"
	if (header ~ /^libstemmer/) return "stemmer"
	if (header ~ /^jansson/) return "jansson"
	if (header ~ /^archive/) return "archive"
	if (header ~ /^expat/) return "expat"
	if (header ~ /^libical\/|^ical\.h/) return "ical"
	if (header == "seccomp.h") return "seccomp"
	if (header ~ /^curl\//) return "curl"
	if (header ~ /^(cblas|lapack|lapacke|openblas)/) return "blas"
	if (header == "mpi.h") return "mpi"
	if (header == "microhttpd.h") return "microhttpd"
	if (header ~ /^libpq/) return "libpq"
	if (header ~ /^(sys|linux|netinet|arpa|net|bits)\//) return ""
	if (header ~ /^std(arg|atomic|bool|def|int|io|lib|io_ext|noreturn|align)\.h$/) return ""
	if (header ~ /^(assert|ctype|dirent|dlfcn|endian|err|errno|fcntl|float|fnmatch|ftw|getopt|glob)\.h$/)
		return ""
	if (header ~ /^(grp|immintrin|x86intrin|cpuid|arm_neon|inttypes|langinfo|libgen|limits)\.h$/)
		return ""
	if (header ~ /^(locale|malloc|math|netdb|paths|poll|pwd|sched|search|setjmp|signal|spawn)\.h$/)
		return ""
	if (header ~ /^(string|strings|syslog|termios|time|unistd|utime|wchar|wctype)\.h$/) return ""
	return "?"
}

function check_system(header,    name) {
	name = library(header)
	if (name == "?")
		say(FNR, "<" header "> is not known: name its library in tools/tidy.sh")
	else if (name != "" && !((room " " name) in may_use))
		say(FNR, "room " room " may not use " name " (<" header ">)")
	else if (name != "" && !((room " " name " " FILENAME) in using)) {
		using[room " " name " " FILENAME] = 1
		if (++users[room " " name] > 2 && !(room == "vault" && name == "sodium"))
			say(FNR, "a third file of room " room " includes " name)
	}
}

function check_own(header,    other) {
	if (header == "tacit.h")
		return
	if (("src/" header) in exists) {
		other = header
		sub(/\/.*/, "", other)
	} else if (("src/" room "/" header) in exists) {
		other = room
	} else {
		say(FNR, "\"" header "\" is not in the tree")
		return
	}
	if (other == room || ((room " " other) in may_see) || ((room " " header) in may_see))
		return
	say(FNR, "room " room " may not include " header)
}

# The line without comments and without what stands in quotes.
function code_of(line,    out, i, c, n, quote) {
	if (!comment && line !~ /["\047\/]/)
		return line
	out = ""
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		if (comment) {
			if (c == "*" && substr(line, i + 1, 1) == "/") {
				comment = 0
				i++
			}
			continue
		}
		if (c == "/" && substr(line, i + 1, 1) == "*") {
			comment = 1
			i++
		} else if (c == "/" && substr(line, i + 1, 1) == "/") {
			break
		} else if (c == "\"" || c == "\047") {
			quote = c
			for (i++; i <= n && substr(line, i, 1) != quote; i++)
				if (substr(line, i, 1) == "\\")
					i++
			out = out quote quote
		} else {
			out = out c
		}
	}
	return out
}

function width(line,    n, i, column, piece) {
	gsub(/[\200-\277]/, "", line)
	n = split(line, piece, "\t")
	column = 0
	for (i = 1; i <= n; i++) {
		column += length(piece[i])
		if (i < n)
			column += 8 - column % 8
	}
	return column
}

BEGIN {
	table(rooms, may_see)
	table(libraries, may_use)
	for (i = 1; i < ARGC; i++)
		exists[ARGV[i]] = 1
	banned = "(^|[^A-Za-z0-9_])(sprintf|strcat|strcpy|strncpy|strtok|atoi|strtol|sscanf|localtime"
	banned = banned "|gmtime|rand|setenv|system|popen|alloca)[ \t]*[(]"
	impure = "(^|[^A-Za-z0-9_])(fopen|open|read|write|printf|fprintf|getenv|time|clock_now"
	impure = impure "|clock_gettime|socket|getrandom|random_u64|random_below)[ \t]*[(]"
}

FNR == 1 {
	room = ""
	comment = 0
	begun = 0
	if (FILENAME ~ /^src\/[^\/]*\//) {
		room = FILENAME
		sub(/^src\//, "", room)
		sub(/\/.*/, "", room)
		if (!(room in may_see))
			say(1, "room " room " is not in the table of tools/tidy.sh")
	}
}

# Fixtures in string literals read better whole.
FNR == 1 { widest = FILENAME ~ /^(tests|fuzz)\// ? 140 : 100 }

{
	if (length($0) > 60 && width($0) > widest)
		say(FNR, "line of " width($0) " columns, above " widest)
	if ($0 ~ /[ \t]$/)
		say(FNR, "blanks at the end of the line")
	code = code_of($0)
	lines[FILENAME] = FNR
}

FILENAME ~ /^(src|include)\// && code ~ banned {
	name = code
	match(name, banned)
	name = substr(name, RSTART, RLENGTH)
	gsub(/[^A-Za-z0-9_]/, "", name)
	say(FNR, "banned call " name "()")
}

# Decisions about asks are pure: they read no file, no clock, no environment and no random number.
room == "terms" && code ~ impure {
	say(FNR, "room terms is pure: no files, clock, environment or random numbers")
}

room != "" && /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	header = $0
	sub(/^[^<"]*[<"]/, "", header)
	sub(/[>"].*/, "", header)
	if ($0 ~ /</)
		check_system(header)
	else
		check_own(header)
}

/^[{]/ { begun = FNR }
/^[}]/ {
	if (begun && FNR - begun + 1 > 70)
		say(begun, "function of " FNR - begun + 1 " lines, above 70")
	begun = 0
}

END {
	for (file in lines)
		if (lines[file] > (file == "include/tacit.h" ? 1000 : 800))	# it is the manual
			print file ":800: file of " lines[file] " lines, above 800"
}
' $sources >>"$findings"

# Dead files: sources that no rule builds, headers that nothing includes.
for file in $sources; do
	case $file in
	src/tacit.c | src/*/*/*.c | include/*.c)
		echo "$file:1: no rule builds it" ;;
	src/*/*.c | tests/unit/*_test.c | tests/stories/ask.c | tests/stories/feeds.c | tests/fault/*.c | tests/hostile/*.c | tests/interop/*.c | bench/*.c | fuzz/*_fuzz.c | include/tacit.h) ;;
	*)
		# shellcheck disable=SC2086
		grep -Eq "^[ 	]*#[ 	]*include[ 	]*\"([^\"]*/)?${file##*/}\"" $sources ||
			echo "$file:1: nothing includes it" ;;
	esac
done >>"$findings"

# Each file exports its own prefix or its room's: foo.c and foo_bar.c export foo_*.
if [ -d "$build/src" ]; then
	find "$build/src" -name '*.o' | sort | while read -r object; do
		source=${object#"$build"/}
		source=${source%.o}.c
		[ -f "$source" ] || continue	# of a file that is gone
		room=${source#src/}
		room=${room%%/*}
		stem=${source##*/}
		stem=${stem%.c}
		prefix="${stem%%_*}_|${room}_"
		case $room in
		vault) prefix="$prefix|agent_|memo_" ;;
		sources) prefix="$prefix|source_" ;;
		gate | asks | doors) prefix="$prefix|tacit_" ;;
		cmd) prefix="$prefix|main\$" ;;
		esac
		# Names with a dot are the compiler's own, of functions in several variants.
		nm -g --defined-only "$object" |
			awk -v prefix="$prefix" -v source="$source" '
				$3 !~ /[.]/ && $3 !~ "^(" prefix ")" {
					print source ":1: exports " $3 ", and its prefix is " prefix }'
	done >>"$findings"
fi

# The library shows what tacit.h declares, all of it and nothing else.
if [ -f "$build/libtacit.so" ]; then
	shown=$(nm -D --defined-only "$build/libtacit.so" | awk '$2 != "A" { print $3 }' | sed 's/@.*//')
	declared=$(grep -o '^[a-z].*[ *]tacit_[a-z_0-9]*(' include/tacit.h |
		sed 's/.*[ *]\(tacit_[a-z_0-9]*\)($/\1/' | sort -u)
	for name in $shown; do
		case $name in
		tacit_*) ;;
		*) echo "src/tacit.map:1: libtacit.so exports $name" ;;
		esac
	done >>"$findings"
	for name in $declared; do
		printf '%s\n' "$shown" | grep -qx "$name" ||
			echo "include/tacit.h:1: libtacit.so does not export $name"
	done >>"$findings"
fi

# A man page for each subcommand, and each says what the command's own help says.
if [ -x "$build/tacit" ]; then
	TACIT="$build/tacit" tools/man.sh --check | sed 's/^/man\/tacit.1:1: /' >>"$findings"
fi

count=$(wc -l <"$findings")
sort -t: -k1,1 -k2,2n "$findings"
[ "$count" -eq 0 ] || { echo "tidy: $count findings" >&2; exit 1; }
