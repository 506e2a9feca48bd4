# An import that is stopped leaves nothing half: the files before are in, the one being read is not,
# it says so, and the same command goes on. Killed without a word, the vault is as sound.
. "$(dirname "$0")/lib"
history 1 40 >"$work/small.tsv"
small=$(($(wc -l <"$work/small.tsv") - 1))
awk 'BEGIN { print "time\tverb\ttitle\tcreator"
	for (i = 0; i < 200000; i++) printf "%d\tlisten\tSong %d\tArtist %d\n", 1200000000 + i * 60, i % 90000, i % 999 }' \
	>"$work/large.tsv"
rows() { tacit log --json | tr '{' '\n' | grep -o '"kept":[0-9]*' | sed 's/.*://' | awk '{ n += $1 } END { print n + 0 }'; }

for signal in INT KILL; do
	rm -rf "$TACIT_HOME"
	done_well "a vault" tacit init
	# A shell lets its jobs in the background ignore INT; this one does not.
	env --default-signal=INT "$TACIT" add "$work/small.tsv" "$work/large.tsv" >"$work/out" 2>"$work/err" &
	reader=$!
	sleep 0.5
	kill -s "$signal" "$reader" 2>/dev/null || skip "the file was read before it could be stopped"
	wait "$reader"
	status=$?
	[ "$status" -ne 0 ] || skip "the file was read before it could be stopped"
	if [ "$signal" = INT ]; then
		[ "$status" -eq 130 ] || fail "the exit status is that of an interrupt: $status"
		grep -q 'stopped in large.tsv: nothing of it was kept, the file before it is in' "$work/err" ||
			{ cat "$work/err"; fail "it says what is in and what is not"; }
	fi
	[ "$(rows)" -eq "$small" ] || fail "after $signal the first file is in and the second is not: $(rows) rows"
	done_well "the same command" tacit add "$work/small.tsv" "$work/large.tsv"
	grep -q "read $small, kept 0, known already $small" "$work/out" || fail "what was in is known already"
	[ "$(rows)" -eq $((200000 + small)) ] || fail "afterwards everything is in: $(rows) rows"
done


# Of several files one that cannot be read keeps out none of the others, in front of it or behind it.
rm -rf "$TACIT_HOME"
done_well "a vault" tacit init
printf 'nothing that anybody knows' >"$work/odd.bin"
printf 'time\tverb\ttitle\n1200000000\tlisten\tSong\n' >"$work/last.tsv"
tacit add "$work/small.tsv" "$work/odd.bin" "$work/gone.csv" "$work/last.tsv" >"$work/out" 2>"$work/err" &&
	fail "what could not be read shows in the exit status"
[ "$(rows)" -eq $((small + 1)) ] || fail "all but the unreadable ones are in: $(rows) rows"
[ "$(wc -l <"$work/err")" -eq 2 ] && grep -q odd.bin "$work/err" && grep -q gone.csv "$work/err" ||
	{ cat "$work/err"; fail "a line for each"; }
