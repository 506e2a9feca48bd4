# The demo runs without a vault, in seconds, and leaves nothing behind.
. "$(dirname "$0")/lib"
need_films
TMPDIR=$work/tmp
export TMPDIR
mkdir "$TMPDIR"
unset TACIT_KEY_FILE
began=$(date +%s)
done_well "the demo" tacit demo
took=$(($(date +%s) - began))
[ "$took" -le 5 ] || fail "it takes $took s"
[ -z "$(ls -A "$TMPDIR")" ] || fail "it leaves $(ls -A "$TMPDIR")"
[ ! -e "$TACIT_HOME" ] || fail "it makes no home"
for wanted in '^\$ tacit add ada.tsv' '^\$ tacit me' '^\$ tacit next films' '^True: ' '^\$ tacit why ' \
	'^\$ tacit whatif ' '^\$ tacit forget ' 'forgotten before'; do
	grep -q "$wanted" "$work/out" || { cat "$work/out"; fail "it shows $wanted"; }
done
! grep -n ' $' "$work/out" || fail "no blanks at line ends"
# no line wider than a terminal; a title that the catalogue has so long may be
awk '{ gsub(/[\200-\277]/, "") } length($0) > 80' "$work/out" >"$work/wide"
[ ! -s "$work/wide" ] || { cat "$work/wide"; fail "80 columns are enough"; }

# Nothing but a full disk or a missing pack stops it, and then it says so and cleans up.
TACIT_PACKS=$work/none
export TACIT_PACKS
if [ ! -e /usr/share/tacit/packs ]; then
	refused "without a pack" 'needs the pack&TACIT_PACKS' tacit demo
	[ -z "$(ls -A "$TMPDIR")" ] || fail "it leaves $(ls -A "$TMPDIR")"
fi
