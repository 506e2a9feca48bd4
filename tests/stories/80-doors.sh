# The doors from outside: who reaches them, what they say to nobody, what happens to commands and
# services while they are open, and how they end. The attacks on them: tests/unit/doors_attack_test.c.
. "$(dirname "$0")/lib"
need_asker
shop=https://shop.example

# to STATUS WHAT METHOD PATH [TOKEN]: through the socket, with an empty body.
to() {
	wanted=$1
	what=$2
	shift 2
	"$asker" "$socket" "$@" </dev/null >"$work/reply" || fail "$what: a reply"
	[ "$(sed -n 1p "$work/reply")" = "$wanted" ] || {
		cat "$work/reply"
		fail "$what gets $wanted"
	}
	sed 1d "$work/reply" >"$work/body"
}

done_well "a vault" tacit init
token=$(tacit grant $shop --token)
doors_open "$TACIT_HOME/tacit.sock" "$TACIT" serve --port 0
grep -q '^http    http://127.0.0.1:[0-9][0-9]*$' "$work/served" || fail "it says where HTTP is"
[ "$(stat -c %a "$socket")" = 600 ] || fail "the socket is for this user only"
[ "$(stat -c %a "$TACIT_HOME")" = 700 ] || fail "and so is its folder"
port=$(sed -n 's/^http.*://p' "$work/served")
hex=$(printf '%04X' "$port")
grep -q " 0100007F:$hex 00000000:0000 0A" /proc/net/tcp || fail "HTTP is on loopback"
grep -q " 00000000:$hex 00000000:0000 0A" /proc/net/tcp && fail "HTTP is on loopback only"

# Nobody is told anything, and the same whatever they ask for.
to 401 "nobody" GET /openapi.json
cp "$work/body" "$work/nobody"
for path in /v1/asks/a /v1/receipts/a /no/such / /frame/a /v1/ask; do
	to 401 "nobody at $path" GET "$path"
	same "nobody at $path is told the same" "$work/nobody" "$work/body"
done
to 401 "a wrong token" GET /openapi.json \
	0000000000000000000000000000000000000000000000000000000000000000
to 200 "a service" GET /openapi.json "$token"
to 404 "a service at no path" GET /no/such "$token"
to 400 "a token in the address" GET "/openapi.json?token=$token" "$token"
grep -q "$token" "$work/body" && fail "a refusal repeats no token"

# Commands work beside it, and what they do is in force with the next request.
done_well "a command beside the doors" tacit tell "I love westerns"
to 200 "the service afterwards" GET /openapi.json "$token"
refused "a second time" 'tacit serves|taken' "$TACIT" serve --port 0
to 200 "the service still" GET /openapi.json "$token"
done_well "shut out" tacit revoke $shop --shut
to 401 "a service that was shut out" GET /openapi.json "$token"
token=$(tacit grant $shop --token)
to 200 "let in again" GET /openapi.json "$token"

# It says nothing of who asked what, and leaves no socket behind.
grep -q "$token" "$work/served" && fail "no token is printed"
[ "$(wc -l <"$work/served")" -le 3 ] || fail "requests are not printed"
doors_close
[ ! -e "$TACIT_HOME/tacit.sock" ] || fail "the socket goes with the doors"

# One that was killed leaves its socket, which the next takes over.
doors_open "$TACIT_HOME/tacit.sock" "$TACIT" serve --no-http
kill -KILL "$server"
wait "$server" 2>/dev/null
server=
[ -S "$TACIT_HOME/tacit.sock" ] || fail "its socket is left"
"$TACIT" serve --no-http >"$work/served" 2>&1 &
server=$!
tries=0
until "$asker" "$socket" GET /openapi.json "$token" </dev/null 2>/dev/null | grep -q '^200$'; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || fail "the next one answers"
	sleep 0.05
done
doors_close
