# The session that README.md shows is the one that the program has.
. "$(dirname "$0")/lib"
need_films
cd "$(dirname "$0")/../.." || exit 1
TACIT=$TACIT tools/session.sh --check >"$work/out" 2>&1 || {
	cat "$work/out"
	fail "README.md is up to date"
}
grep -c '^\$ tacit' README.md | awk '$1 < 11 { exit 1 }' || fail "README.md shows a whole session"
for command in init add me next why whatif like tell forget search export; do
	grep -q "^\\$ tacit $command" README.md || fail "README.md shows $command"
done
