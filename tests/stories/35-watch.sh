# Files that arrive in a folder are added once they are closed and quiet; a refused one is told about
# once, until it changes.
. "$(dirname "$0")/lib"
mkdir "$work/in"
history 1 8 >"$work/a.tsv"
refused "watching without a vault" 'tacit init' tacit watch "$work/in"
done_well "a vault" tacit init
refused "watching what is not there" 'nowhere' tacit watch "$work/nowhere"
refused "watching no folder" 'a.tsv' tacit watch "$work/a.tsv"
kept() { tacit export | grep -c '"startTime"'; }

cp "$work/a.tsv" "$work/in/-a.tsv"
cp "$work/a.tsv" "$work/in/.hidden.tsv"
cp "$work/a.tsv" "$work/in/b.tsv.part"
ln -s /etc/passwd "$work/in/link.tsv"
done_well "what is there" tacit watch --once "$work/in"
[ "$(grep -c 'tsv (' "$work/out")" -eq 1 ] || { cat "$work/out"; fail "one file was to be read"; }
first=$(kept)
[ "$first" -gt 0 ] || fail "it was read"

tacit watch "$work/in" >"$work/out" 2>"$work/err" &
watcher=$!
trap 'kill "$watcher" 2>/dev/null; rm -rf "$work"' EXIT
within() {	# within WHAT COMMAND...: true in ten seconds
	what=$1
	shift
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		"$@" && return
		sleep 0.5
	done
	cat "$work/out" "$work/err"
	fail "$what"
}
sees() { grep -q "$2" "$work/$1"; }
within "what is there is added at the start" sees out 'a.tsv (plain)'
echo junk >"$work/in/junk.txt"
within "a refused file is told about" sees err 'junk.txt'
# One that is being written is left alone until it is closed.
history 9 30 >"$work/more.tsv"
exec 9>"$work/in/slow.tsv"
head -n 3 "$work/more.tsv" >&9
sleep 3.5
! sees out slow.tsv || fail "a file that is still open is not read"
tail -n +4 "$work/more.tsv" >&9
exec 9>&-
within "once closed it is read" sees out slow.tsv
[ "$(kept)" -gt "$first" ] || fail "with all its rows; another command gets at the vault meanwhile"
[ "$(grep -c junk.txt "$work/err")" -eq 1 ] || fail "a refused file is told about once"
cp "$work/a.tsv" "$work/in/junk.txt"
within "and again once it changed" sees out junk.txt
kill -s INT "$watcher" 2>/dev/null
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
true
