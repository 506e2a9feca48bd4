# The sandbox is what it says: doors, a token that works, cards that can be answered, and nothing of
# the real person; afterwards nothing is left.
. "$(dirname "$0")/lib"
need_films
need_asker
"$TACIT" sandbox --port 0 --service https://films.example --precision reasons --json >"$work/box" 2>"$work/err" &
server=$!
tries=0
until grep -q '^{' "$work/box"; do
	kill -0 "$server" 2>/dev/null || { cat "$work/err"; fail "the sandbox opens"; }
	tries=$((tries + 1))
	[ "$tries" -lt 400 ] || fail "the sandbox opens in time"
	sleep 0.05
done
field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$work/box"; }
token=$(field token)
socket=$(field socket)
home=$(field home)
: >"$work/served"
[ ! -e "$TACIT_HOME/vault.tacit" ] || fail "no vault is made in the real home"
asks 200 rank --service https://films.example --precision reasons
grep -q '"reasons"' "$work/reply" || fail "with reasons"
asks 200 choose --service https://films.example
asks 202 disclose --service https://films.example
as_ada() { TACIT_HOME=$home TACIT_KEY_FILE=$(field key_file) "$TACIT" "$@"; }
says "Ada is asked" 'shoe-size' as_ada asks
says "Ada says yes" 'what you said of shoe-size' as_ada asks yes 1
asks 200 disclose --service https://films.example
grep -q '"shoe-size":"38"' "$work/reply" || fail "the service is told"
doors_close
[ ! -e "$home" ] || fail "nothing is left of it"
[ ! -s "$work/err" ] || { cat "$work/err"; fail "it is silent on stderr"; }
