# Two at once: each command either does its work or says that another has the vault.
. "$(dirname "$0")/lib"
done_well "a vault" tacit init
history 1 30 >"$work/all.tsv"
i=0
while [ "$i" -lt 10 ]; do
	i=$((i + 1))
	history $((i * 3 - 2)) $((i * 3)) >"$work/$i.tsv"
	{
		tacit add "$work/$i.tsv" >"$work/out.$i" 2>"$work/err.$i"
		echo $? >"$work/rc.$i"
	} &
done
wait
expected=0
i=0
while [ "$i" -lt 10 ]; do
	i=$((i + 1))
	case $(cat "$work/rc.$i") in
	0)
		grep -q 'kept 3' "$work/out.$i" || { cat "$work/out.$i"; fail "what is added is kept"; }
		expected=$((expected + 3)) ;;
	1)
		[ "$(wc -l <"$work/err.$i")" -eq 1 ] && grep -q 'another process' "$work/err.$i" || {
			cat "$work/err.$i"
			fail "one line says that another process has the vault"
		} ;;
	*) fail "process $i ended with $(cat "$work/rc.$i")" ;;
	esac
done
[ "$expected" -ge 3 ] || fail "at least one gets in"
[ "$(tacit export | grep -c WatchAction)" -eq "$expected" ] || fail "$expected events are there"
done_well "adding the rest" tacit add "$work/all.tsv"
[ "$(tacit export | grep -c WatchAction)" -eq 30 ] || fail "and then all"
echo "$((expected / 3)) of 10 at once got in"
