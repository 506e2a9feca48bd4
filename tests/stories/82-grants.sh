# A service asks through the socket; the person answers cards, grants, turns the dial, revokes. What
# they decide is in force with the next ask.
. "$(dirname "$0")/lib"
need_films
need_asker
shop=https://shop.example
history 1 25 >"$work/films.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/films.tsv"
says "nobody asked" 'No ask waits' tacit asks
says "nothing is granted" 'Nothing is granted&tacit grant' tacit grants

# Let in, but nothing is granted: a card for the person.
token=$(tacit grant $shop --token)
expr "$token" : '[0-9a-f]\{64\}$' >/dev/null || fail "the token stands alone: $token"
doors_open "$TACIT_HOME/tacit.sock" "$TACIT" serve --no-http
grep -q "tacit.sock" "$work/served" || fail "it says where the socket is"
asks 202 rank
uid=$(sed 's/.*"uid":"\([^"]*\)".*/\1/; 1d' "$work/reply")
asks 202 choose
says "two cards" "shop.example&Leaves: your order of the first 5 of 12 things&asks yes 1&asks no 1&asks yes 1 --precision order&asks yes 2" tacit asks
tacit asks --json | tr '{' '\n' | sed -n 's/.*"card":"\(.*\)".*/\1/p' | while read -r card; do
	[ "$(printf '%s' "$card" | sed 's/\\n/ /g' | wc -w)" -le 60 ] || fail "a card has at most 60 words: $card"
done || exit 1
"$asker" "$socket" GET "/v1/asks/$uid" "$token" </dev/null | grep -q pending || fail "its state is pending"
says "no to the second" 'No\.&30 days' tacit asks no 2
asks 403 choose
grep -q declined "$work/reply" || fail "the service is told that the person said no"
refused "answering it again" 'no ask 2 waits&tacit asks' tacit asks yes 2

# Yes is silent at first: what was asked is too much, and the silent ask works and tells nothing.
says "yes to the first" 'nothing; you alone see the order&tacit revoke 1&--precision order' tacit asks yes 1
says "no card is left" 'No ask waits' tacit asks
"$asker" "$socket" GET "/v1/asks/$uid" "$token" </dev/null | grep -q granted || fail "its state is granted"
asks 409 rank
grep -q '"smallest":{"precision":"silent"}' "$work/reply" || fail "it learns what would work"
asks 200 rank --precision silent
grep -q '"answer":[^}]*film-' "$work/reply" && fail "nothing leaves at silent"
grep -q '"precision":"silent"' "$work/reply" || fail "answered at silent"

# A grant for the order: what leaves is the person's own order.
says "a grant" 'rank films, for recommending&your order of its list&1,000 answers until&tacit revoke 2' \
	tacit grant shop.example --precision order
asks 200 rank
sed 's/"title":/\n&/g' "$work/ask" | sed -n 's/^"title":"\([^"]*\)".*/\1/p' >"$work/list"
tacit rank films -f "$work/list" --json | sed 's/"title":/\n&/g' |
	sed -n 's/^"title":"\([^"]*\)".*/\1/p' | head -n 5 >"$work/mine"
[ "$(wc -l <"$work/mine")" -eq 5 ] || fail "the person ranks the list"
sed 's/"id":/\n&/g' "$work/reply" | sed -n 's/^"id":"film-\([0-9]*\)".*/\1/p' | while read -r row; do
	sed -n "${row}p" "$work/list"
done >"$work/theirs"
# The catalogue keeps the years beside the titles.
sed "s/ ([0-9]*)$//" "$work/theirs" >"$work/b"
sed "s/ ([0-9]*)$//" "$work/mine" >"$work/a"
same "the order that leaves is the person's" "$work/a" "$work/b"

# The dial is below every grant, at once.
says "the dial down" 'no more than "silent"' tacit comfort shop.example silent
asks 409 rank
says "the dial in the table" 'silent of order' tacit grants
says "the dial up" 'no more than "order"' tacit comfort $shop order
asks 200 rank
refused "the dial above the grants" 'up to&order&tacit grant' tacit comfort $shop reasons
says "where grants start" '"subset"' tacit comfort start subset

# Receipts: the last one was an answer; it was useful, and then it was too much.
says "receipts" 'rank films&permit&less: more-than-needed&deny: declined' tacit receipt
last=$(tacit receipt -n 1 --json | number number)
says "one receipt" "shop.example asked to rank in films&at \"order\"&It is entry" tacit receipt "$last"
says "it was useful" 'Noted&"used"' tacit receipt "$last" used
used=$(tacit value --json | number used)
[ "$used" = 1 ] || fail "one useful answer, not $used"
says "what it is worth" 'came back 1 used&too few answers' tacit value
tacit value --json >"$work/value"
[ "$(number asks <"$work/value")" -eq 8 ] || { cat "$work/value"; fail "it asked eight times"; }
[ "$(number answers <"$work/value")" -eq 3 ] || { cat "$work/value"; fail "three were answered"; }
says "creepy" 'from "order" to "subset"&tacit comfort' tacit creepy "$last"
asks 409 rank
grep -q '"smallest":{"precision":"subset"\|"smallest":{"precision":"silent"' "$work/reply" || fail "one notch below"
[ "$(tacit value --json | number used)" = 0 ] || fail "creepy takes the place of used"
refused "creepy of a grant" 'no answer' tacit creepy 1

# Revoked is revoked with the next ask; shut out is not even heard.
says "up again" 'no more than' tacit comfort $shop order
asks 200 rank
says "taken back" '1 grant is revoked&In force already' tacit revoke 2
asks 409 rank
says "the other" '1 grant is revoked' tacit revoke 1
asks 403 rank
grep -q '"reason":"revoked"' "$work/reply" || fail "it learns that the grant is revoked"
says "twice" 'Nothing to revoke' tacit revoke 1
says "shut out" 'shut out' tacit revoke shop.example --shut
asks 401 rank
doors_close
[ ! -e "$socket" ] || fail "the socket is gone"
says "a fresh start" 'every byte is what was signed' tacit proof
