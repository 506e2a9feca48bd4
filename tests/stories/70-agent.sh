# unlock keeps the vault open for the commands that follow; lock closes it again. With a passphrase.
. "$(dirname "$0")/lib"
unset TACIT_KEY_FILE
umask 077
printf 'correct horse battery staple\n' >"$work/passphrase"
printf 'another one\n' >"$work/wrong"
TACIT_PASSPHRASE_FILE=$work/passphrase
export TACIT_PASSPHRASE_FILE
trap 'tacit lock >/dev/null 2>&1; rm -rf "$work"' EXIT
done_well "a vault with a passphrase" tacit init --memory 8
history 1 3 >"$work/films.tsv"
done_well "adding" tacit add "$work/films.tsv"
TACIT_PASSPHRASE_FILE=$work/wrong
refused "a wrong passphrase" 'passphrase' tacit facts
refused "unlocking with a wrong passphrase" 'passphrase' tacit unlock
TACIT_PASSPHRASE_FILE=$work/none
refused "a passphrase file that is not there" 'TACIT_PASSPHRASE_FILE&cannot be read' tacit facts
TACIT_PASSPHRASE_FILE=$work/passphrase
done_well "unlocking" tacit unlock --minutes 1
unset TACIT_PASSPHRASE_FILE
done_well "asking without a secret" tacit log
grep -q 'films.tsv' "$work/out" || fail "the vault is open"
done_well "the status" tacit
grep -q '3 events' "$work/out" || { cat "$work/out"; fail "it is open for tacit alone too"; }
done_well "locking" tacit lock
if command -v setsid >/dev/null 2>&1; then
	# Without a terminal to ask at, and without the agent, there is no way in.
	setsid -w "$TACIT" log >"$work/out" 2>"$work/err" </dev/null && fail "locked means locked"
	grep -q 'TACIT_PASSPHRASE_FILE' "$work/err" || { cat "$work/err"; fail "it says what to do"; }
fi
done_well "the status" tacit
grep -q 'it is locked' "$work/out" || { cat "$work/out"; fail "it says that it is locked"; }
tacit lock >"$work/out" 2>&1 || grep -q . "$work/out" || fail "locking twice says something"
