# Whatever is typed wrongly about services: one line (or the usage, for words that do not fit) that
# says what to do, a failing status, and nothing was granted, revoked or logged by it.
. "$(dirname "$0")/lib"
shop=https://shop.example
done_well "a vault" tacit init
done_well "a grant" tacit grant $shop --precision order
done_well "let in" tacit grant $shop --token
tacit grants --json >"$work/grants"
tacit receipt --json >"$work/receipts"

unharmed() {
	tacit grants --json >"$work/now" || fail "after $1 the grants can be read"
	same "after $1 the grants are the same" "$work/grants" "$work/now"
	tacit receipt --json >"$work/now" || fail "after $1 the receipts can be read"
	same "after $1 the receipts are the same" "$work/receipts" "$work/now"
}

bad() {		# bad WHAT WORDS COMMAND...
	refused "$@"
	unharmed "$1"
}

usage() {	# usage WHAT WORDS COMMAND...: status 2, and the first line says what is wrong
	what=$1
	words=$2
	shift 2
	"$@" >"$work/out" 2>"$work/err" </dev/null
	[ $? -eq 2 ] || { cat "$work/out" "$work/err"; fail "$what: used wrongly is status 2"; }
	head -n 1 "$work/err" | grep -Eq -- "$words" || { cat "$work/err"; fail "$what: it says \"$words\""; }
	unharmed "$what"
}

# Services, notches, times, amounts.
usage "a grant to nobody" 'which service' tacit grant
bad "a grant to a page" 'https://shop.example' tacit grant https://shop.example/films
bad "a grant to a word" 'no service' tacit grant shop
bad "an unknown notch" 'off, silent, subset' tacit grant $shop --precision much
bad "an unknown type" 'rank&choose&answer&disclose' tacit grant $shop --type guess
bad "an unknown purpose" 'no purpose' tacit grant $shop --purpose Fun
bad "advertising misspelt" 'no purpose' tacit grant $shop --purpose dpv:Advertisement
bad "answers about nothing" '--facts' tacit grant $shop --type answer
bad "a time that is over" 'over already' tacit grant $shop --until 2020-01-01
usage "a time that is none" '2027-02-21' tacit grant $shop --until soon
usage "days that are none" '90d' tacit grant $shop --until 0d
usage "an epsilon that is none" 'decimal' tacit grant $shop --precision subset --epsilon 1,5
usage "an epsilon beyond all" 'at most 20' tacit grant $shop --precision subset --epsilon 20.000001
bad "a count that is none" 'whole number' tacit grant $shop --count 0
bad "compensation that is none" '.' tacit grant $shop --back "much EUR"
bad "an agreement that is none" '.' tacit grant $shop --agreement "anything"
usage "a grant and a token at once" 'only let in' tacit grant $shop --token --precision order
usage "a code and a token at once" 'only let in' tacit grant $shop --token --ask

# Numbers of things that are not there.
bad "a grant that is not there" 'no grant 7&tacit grants' tacit grants 7
bad "revoking what is not there" 'no grant 0&tacit grants' tacit revoke 0
bad "revoking a service that has none" 'no grant or service&tacit grants' tacit revoke other.example
bad "revoking by half a uid" 'no grant' tacit revoke urn:tacit:
usage "shutting out a number" 'goes with a service' tacit revoke 1 --shut
bad "shutting out a stranger" 'never let in' tacit revoke other.example --shut
bad "an ask that does not wait" 'no ask 1 waits&tacit asks' tacit asks yes 1
bad "declining what does not wait" 'no ask 1 waits' tacit asks no 1
usage "an answer that is none" 'yes N' tacit asks maybe 1
usage "a no with a notch" 'goes with yes' tacit asks no 1 --precision order
bad "a receipt that is not there" 'no receipt 99&tacit receipt' tacit receipt 99
usage "an outcome that is none" 'creepy' tacit receipt 1 liked
bad "an outcome of a grant" 'no answer' tacit receipt 1 used
bad "creepy of nothing" 'no receipt x' tacit creepy x
bad "a proposal about a stranger" 'never let in' tacit value accept other.example

# The dial.
usage "a notch without whom" 'service' tacit comfort $shop
usage "a notch for a domain" 'set for a service' tacit comfort films order
bad "a notch that is none" 'off, silent' tacit comfort $shop max
bad "a notch above the grant" 'up to "order"&tacit grant' tacit comfort $shop reasons
bad "the dial of a stranger" 'never let in' tacit comfort other.example silent
usage "a cap that is none" 'decimal' tacit comfort --cap lots
bad "a frontier of nothing" 'tacit add|too little|pack' tacit comfort films

# Files.
bad "a receipt from nowhere" 'none.json' tacit receipt check "$work/none.json"
echo '{"receipt":{}}' >"$work/broken.json"
bad "a receipt that is none" 'no receipt' tacit receipt check "$work/broken.json"
: >"$work/empty"
bad "an empty receipt" '.' tacit receipt check "$work/empty"
bad "an empty ask" '.' tacit check "$work/empty"
tacit check --example rank >"$work/ask"
sed 's/"limit"/"most"/' "$work/ask" >"$work/odd"
bad "an unknown term" 'most' tacit check "$work/odd"
usage "an example of nothing" 'rank, choose' tacit check --example dance
bad "proof against nothing" 'none.json' tacit proof --seen "$work/none.json"
bad "proof against noise" '.' tacit proof --seen "$work/broken.json"
bad "a policy from nowhere" 'none.txt' tacit proof --policy "$work/none.txt"
bad "the log of a stranger" 'never let in' tacit proof log other.example
usage "a proof of what" 'cosign SERVICE' tacit proof everything
usage "a signature of nobody" '--witness' tacit proof cosign $shop "$work/empty"
bad "a signature that is none" '.' tacit proof cosign $shop "$work/empty" --witness nobody
bad "doors where none can be" 'whole number' tacit serve --port 70000
bad "a witness of nothing" '--name' tacit witness "$work/w"
bad "a witness with a bad name" '.' tacit witness "$work/w" --name "a b"

# Well-formed asks are advice: what they ask in excess is told, and that is no failure.
for type in rank choose answer disclose; do
	tacit check --example "$type" >"$work/ask"
	done_well "a check of $type" tacit check "$work/ask"
	grep -q 'What the person is shown' "$work/out" || fail "the card of $type"
	grep -q '^   Kept: not at all' "$work/out" || fail "the card of $type has lines of its own"
done
tacit check --example choose | tacit check - >"$work/out" || fail "from the standard input"
grep -q 'precision: ' "$work/out" && grep -q 'instead: ' "$work/out" ||
	{ cat "$work/out"; fail "choose at order is more than it needs"; }
tacit check --example rank --precision silent | tacit check - | tr '\n' ' ' | grep -q 'Leaves: nothing' ||
	fail "nothing leaves at silent"
