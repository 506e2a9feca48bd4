# Files that are broken or made to do harm, made by build/tests/hostile: each is read or refused within
# seconds, with one clear line, behind the walls; a refused one leaves the vault as it was, byte for
# byte or at least in all it says, nothing that was there is lost, and nothing is written elsewhere.
# HOSTILE_ALL=1: some seventy files more, as ./check.sh deep has it.
. "$(dirname "$0")/lib"
maker=${TACIT%/*}/tests/hostile
[ -x "$maker" ] || skip "$maker is not built"
history 1 8 >"$work/films.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/films.tsv"
tacit export >"$work/first"
mkdir -p "$work/in" "$work/cwd/a/b"
"$maker" "$work/in" ${HOSTILE_ALL:+all} || fail "the files are made"
(cd "$work" && find cwd in /tmp/tacit-evil.tsv 2>/dev/null | sort) >"$work/before"
cd "$work/cwd/a/b" || exit 1

wrong=0
complain() {
	printf 'not so: %s: %s\n' "$name" "$*"
	head -c 600 "$work/all"
	wrong=$((wrong + 1))
}

# The lines of errors into $line and $lines, without notes on files that were left alone.
read_errors() {
	lines=0 line=
	while IFS= read -r one || [ -n "$one" ]; do
		case $one in
		'tacit: left alone: '*) ;;
		*) lines=$((lines + 1)) line=$one ;;
		esac
	done <"$work/all"
}

cp "$work/first" "$work/state"
cp "$TACIT_HOME/vault.tacit" "$work/vault"
: >"$work/said"
total=0 refusals=0
for path in "$work"/in/*; do
	name=${path##*/}
	total=$((total + 1))
	timeout -k 1 "${HOSTILE_SECONDS:-20}" "$TACIT" add "$path" >"$work/out" 2>"$work/all" </dev/null
	status=$?
	read_errors
	printf '%s\n' "$line" >>"$work/said"
	case $status in
	0)
		[ "$lines" -eq 0 ] || complain "silent on stderr when it was read"
		[ -s "$work/out" ] || complain "an account of what was read" ;;
	1)
		[ "$lines" -eq 1 ] || complain "one line of error, not $lines"
		[ "${#line}" -lt 500 ] || complain "a line that can be read"
		case $line in
		*crashed* | *'must not do'* | *'broke on it'* | *'ended early'* | *'stopped answering'*)
			complain "the reader does not break on it" ;;
		esac
		refusals=$((refusals + 1)) ;;
	*) complain "exit status 0 or 1, not $status" ;;
	esac
	if ! cmp -s "$TACIT_HOME/vault.tacit" "$work/vault"; then
		cp "$TACIT_HOME/vault.tacit" "$work/vault"
		tacit export >"$work/now" 2>"$work/all" || complain "the vault opens afterwards"
		[ "$status" -eq 0 ] || cmp -s "$work/state" "$work/now" ||
			complain "a refused file leaves the vault as it was"
		mv "$work/now" "$work/state"
	fi
done
! tr -d '\n\200-\377' <"$work/said" | grep -aq '[[:cntrl:]]' || fail "nothing steers the terminal"
cd "$work" || exit 1
(find cwd in /tmp/tacit-evil.tsv 2>/dev/null | sort) >"$work/after"
same "nothing is written beside the vault" "$work/before" "$work/after"
# Every act that was there before is still there.
acts() { grep '"startTime"' | sed 's/,$//' | sort; }
acts <"$work/first" >"$work/first.sorted"
tacit export | acts >"$work/last.sorted"
[ "$(wc -l <"$work/first.sorted")" -eq 8 ] || fail "eight acts were there before"
[ "$(comm -23 "$work/first.sorted" "$work/last.sorted" | wc -l)" -eq 0 ] ||
	fail "nothing that was there before is lost"
tacit log | grep -q good-measures.xml || fail "a good file among them was read"
[ "$wrong" -eq 0 ] || fail "$wrong of $total files"
[ "$total" -ge 200 ] || fail "only $total files were tried"
printf '%d hostile files: %d refused, %d read\n' "$total" "$refusals" $((total - refusals))
