# What one vault exports, an empty one takes in: the same events, so the same export.
set -eu
fail() { echo "FAILED: $*"; exit 1; }
printf 'secret\n' >"$TMPDIR/pass"
chmod 600 "$TMPDIR/pass"
export TACIT_PASSPHRASE_FILE="$TMPDIR/pass"
tacit init >/dev/null
cat >"$TMPDIR/life.tsv" <<T
time	verb	domain	title	creator	value	year	words	duration	zone	text
2020-01-02T03:04:05Z	rate	films	Salt "and" Fog		4.5	2020	Drama|Sea		+02:00	Dry
2020-01-03	watch	films	Long Walk			1999
2020-01-03	read	books	The Tide	Ann Reed		1980
2020-01-04T05:06:07.089Z	listen	music	Bell	Bo				180
2020-01-05T05:06:07Z	exercise	health	running					2400
T
tacit add "$TMPDIR/life.tsv" >/dev/null
tacit add tests/fixtures/exports/spotify tests/fixtures/exports/goodreads.csv >/dev/null
tacit export >"$TMPDIR/first.json"
export TACIT_HOME="$TMPDIR/second"
mkdir -m 700 "$TACIT_HOME"
tacit init >/dev/null
tacit add "$TMPDIR/first.json" >"$TMPDIR/out" || { cat "$TMPDIR/out"; fail "adding the export"; }
grep -q '(schema)' "$TMPDIR/out" || fail "its own export is known"
tacit export >"$TMPDIR/second.json"
cmp "$TMPDIR/first.json" "$TMPDIR/second.json" || fail "the same events"
[ "$(grep -c startTime "$TMPDIR/second.json")" -gt 10 ] || fail "events"
tacit add "$TMPDIR/life.tsv" | grep -q 'kept 0, known already 5' || fail "known from the export"
