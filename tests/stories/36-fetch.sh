# What is new in the feeds that one follows: asked for once, told apart from what was brought before,
# and never from a machine that the person did not name. The server is one of ours.
. "$(dirname "$0")/lib"
feeds=${TACIT%/*}/tests/feeds
[ -x "$feeds" ] || skip "there is no $feeds: make tests"
unset TACIT_FETCH_NEAR
mkfifo "$work/port"
"$feeds" "$work/requests" >"$work/port" &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
read -r port <"$work/port"
here=http://127.0.0.1:$port
there=http://feeds.localhost:$port	# leads to the same machine, by another name
opml() {	# opml ADDRESS...: a file of subscriptions
	printf '<opml version="2.0"><body>'
	for address in "$@"; do printf '<outline text="%s" xmlUrl="%s"/>' "${address##*/}" "$address"; done
	printf '</body></opml>'
}
items() { tacit export | grep -c 'ReceiveAction'; }
requests() { grep -c "^GET $1\$" "$work/requests"; }
clean() { [ ! -e "$TACIT_HOME/fetching" ] || fail "$1: nothing is left of the reply"; }

refused "fetching without a vault" 'tacit init' tacit fetch
done_well "a vault" tacit init
refused "following nothing yet" 'fetch --add' tacit fetch
refused "what is no address" 'https://' tacit fetch --add file:///etc/passwd
refused "a user's name" 'https://' tacit fetch --add http://me:word@lamp.example/
tacit fetch --add >"$work/out" 2>&1 && fail "following what is not said"
[ ! -s "$work/requests" ] || fail "nothing was asked for yet"

# An address by hand: kept, fetched, and fetched again.
says "following" 'followed from now on' tacit fetch --add "$here/feed"
says "following twice" 'already' tacit fetch --add "$here/feed"
[ "$(requests /feed)" -eq 0 ] || fail "to follow is not to fetch"
says "the first fetch" '3 new, 0 known' tacit fetch
[ "$(items)" -eq 3 ] || fail "three items are kept"
clean "a fetch"
grep -q '^User-Agent: tacit$' "$work/requests" || fail "it says that it is tacit"
says "the second" 'nothing new' tacit fetch
[ "$(items)" -eq 3 ] || fail "the second brings nothing"
[ "$(grep -c '^If-None-Match: "one"$' "$work/requests")" -eq 1 ] || fail "the second asks whether it changed"
[ "$(grep -c '^If-Modified-Since: Mon, 03 Nov 2025 08:00:00 GMT$' "$work/requests")" -eq 1 ] ||
	fail "and since when"
[ "$(tacit log | grep -c '127.0.0.1')" -eq 1 ] || fail "one source, named by the host"
tacit export | grep -q "$here/feed" || fail "what is followed is exported"
says "what was brought before" '0 new, 3 known' tacit fetch "$here/moved"
[ "$(requests /moved)" -eq 1 ] && [ "$(requests /feed)" -eq 3 ] || fail "the redirect was followed"
[ "$(tacit log | wc -l)" -eq 2 ] || { tacit log; fail "no source for what brought nothing"; }

says "an item that changed" '0 new, 1 known' tacit fetch "$here/changed"

# Items without dates or names, some of which left.
says "a feed that rolls" '3 new, 0 known' tacit fetch "$here/rolling"
says "by one" '1 new, 2 known' tacit fetch "$here/rolling"
[ "$(items)" -eq 7 ] || fail "the new one alone is kept"

done_well "forgetting" tacit forget --yes domain news
says "what was forgotten" '1 new' tacit fetch "$here/rolling"
[ "$(items)" -eq 1 ] || fail "what was forgotten stays out, whatever its place"
done_well "following again" tacit fetch --add "$here/feed"

# What a killed one left goes.
mkdir "$TACIT_HOME/fetching"
echo left >"$TACIT_HOME/fetching/lamp.example"
done_well "fetching with something left there" tacit fetch
clean "what was left"

# What is refused, and what it leaves.
before=$(items)
refused "what is no feed" '127.0.0.1&netflix' tacit fetch "$here/history"
refused "a redirect to a file" '127.0.0.1&http nor https' tacit fetch "$here/file"
refused "redirects without end" 'more than 5 times' tacit fetch "$here/loop"
[ "$(requests /loop)" -eq 6 ] || fail "five of them are followed"
refused "20 MiB" '16 MiB' tacit fetch "$here/large"
refused "as much without a length" '16 MiB' tacit fetch "$here/endless"
clean "a large reply"
refused "a slow server" 'too slow' tacit fetch --timeout 1 "$here/slow"
refused "what is gone" 'answers 404' tacit fetch "$here/nowhere"
clean "what is refused"
[ "$(items)" -eq "$before" ] || fail "nothing of that was kept"
tacit export | grep -q Fargo && fail "a server says nothing of what was watched"

# Another host is trusted, this machine is not.
TACIT_FETCH_NEAR=$there
export TACIT_FETCH_NEAR
says "by the other name" '0 new' tacit fetch "$there/feed"
in_home "$work/other" init >/dev/null || fail "another home"
TACIT_HOME=$work/other
opml "$there/near" "$here/feed" "http://localhost:$port/feed" "http://[::1]:$port/feed" \
	"http://2130706433:$port/feed" "http://0x7f.1:$port/feed" "http://127.0.0.1:1/" >"$work/near.opml"
done_well "the subscriptions of a file" tacit add "$work/near.opml"
count=$(wc -l <"$work/requests")
tacit fetch >"$work/out" 2>"$work/err" && fail "all failed, and the exit status says it"
[ "$(grep -c 'private network' "$work/err")" -eq 7 ] ||
	{ cat "$work/err"; fail "a file's feeds and their redirects do not reach this machine"; }
[ "$(tail -n +$((count + 1)) "$work/requests" | grep -c '^GET')" -eq 1 ] || fail "one was asked, and led here"
[ "$(items)" -eq 0 ] || fail "nothing came"
says "by hand" '3 new' tacit fetch "$here/feed"

# A feed that fails is left alone for a while, and asked again when it is named.
in_home "$work/third" init >/dev/null || fail "a third home"
TACIT_HOME=$work/third
opml "$there/busy" "$there/feed" >"$work/busy.opml"
done_well "more subscriptions" tacit add "$work/busy.opml"
tacit fetch --json >"$work/out" 2>"$work/err" || fail "one of two came"
grep -q 'feeds.localhost answers 503.*left alone until' "$work/err" || fail "the other is told about"
grep -q '"state":"failed"' "$work/out" || fail "and in JSON"
[ "$(wc -l <"$work/err")" -eq 1 ] || fail "in one line"
says "the next time" 'left alone until&nothing new' tacit fetch
[ "$(requests /busy)" -eq 1 ] || fail "it is left alone"
refused "by name" 'answers 503' tacit fetch "$there/busy"
[ "$(requests /busy)" -eq 2 ] || fail "unless it is named"
until=$(tacit fetch --json | grep -o '"again":"[^"]*"' | head -n 1 | cut -d '"' -f 4)
wait=$(($(date -d "$until" +%s) - $(date +%s)))
[ "$wait" -gt 7000 ] && [ "$wait" -le 7260 ] || fail "two hours after the second failure, not $wait s"

# Forgetting what one follows drops what is known of its server.
tacit forget --yes domain news >"$work/out" 2>&1 || { cat "$work/out"; fail "forgetting"; }
refused "nothing is followed any more" 'follow no feed' tacit fetch
count=$(grep -c '^If-None-Match' "$work/requests")
tacit fetch "$there/feed" >"$work/out" 2>&1
[ "$(grep -c '^If-None-Match' "$work/requests")" -eq "$count" ] || fail "nothing is known of the feed"
[ "$(items)" -eq 0 ] || fail "what was forgotten stays out"

! grep -Eqi '^(cookie|referer|authorization|from):' "$work/requests" || fail "nothing else leaves"
! grep -i '^user-agent:' "$work/requests" | grep -vqx 'User-Agent: tacit' || fail "it is tacit and no more"
[ "$(grep -v '^GET ' "$work/requests" | sed 's/:.*//' | sort -u | tr '\n' ' ')" = \
	"Accept Accept-Encoding Host If-Modified-Since If-None-Match User-Agent " ] ||
	fail "the headers are these"
