# What was forgotten stays out when its file comes again, and comes back only when asked for.
. "$(dirname "$0")/lib"
history 1 12 >"$work/films.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/films.tsv"
tacit export >"$work/whole"
done_well "forgetting" tacit forget "Brazil (1985)" --json
[ "$(number events <"$work/out")" = 1 ] || fail "one event is forgotten"
done_well "forgetting" tacit forget span 2025-01-07 2025-01-12
grep -q 'Forgotten: 2 events' "$work/out" || fail "two events of that week"
tacit export >"$work/less"
cmp -s "$work/whole" "$work/less" && fail "the export is shorter"
grep -q Brazil "$work/less" && fail "it is out of the export"
[ "$(tacit search Brazil --json)" = "[]" ] || fail "it is out of the search"

done_well "adding again" tacit add "$work/films.tsv" --json
for wanted in '"read":12' '"kept":0' '"duplicate":9' '"forgotten before":3'; do
	grep -q "$wanted" "$work/out" || { cat "$work/out"; fail "$wanted"; }
done
tacit export >"$work/after"
same "the same file again brings nothing back" "$work/less" "$work/after"

# Nor a copy of it under another name, as a zip or in another order.
{ head -n 1 "$work/films.tsv"; tail -n +2 "$work/films.tsv" | sort -r; } >"$work/other.tsv"
done_well "adding it in another order" tacit add "$work/other.tsv" --json
grep -q '"forgotten before":3' "$work/out" || fail "known by its content, not by its file"
tacit export >"$work/after"
same "another order brings nothing back" "$work/less" "$work/after"

done_well "taking it back" tacit add --remember "$work/films.tsv" --json
grep -q '"kept":3' "$work/out" || { cat "$work/out"; fail "three are back"; }
grep -q 'forgotten before' "$work/out" && fail "nothing is refused now"
tacit export >"$work/after"
same "everything is back" "$work/whole" "$work/after"
done_well "and once more" tacit add "$work/films.tsv" --json
grep -q '"duplicate":12' "$work/out" || fail "and no longer forgotten"

# Undo leaves no such mark: the file can be added again.
done_well "undoing" tacit undo 1
done_well "undoing" tacit undo 2
done_well "undoing" tacit undo 3
done_well "undoing" tacit undo 4
done_well "undoing" tacit undo 5 || fail "five sources"
tacit --json >/dev/null
done_well "adding after undo" tacit add "$work/films.tsv" --json
grep -q '"kept":12' "$work/out" || { cat "$work/out"; fail "all twelve are kept again"; }
