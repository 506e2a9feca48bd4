# The table of kinds in docs/sources.md is the readers' own; what is never stored is counted.
set -eu
fail() { echo "FAILED: $*"; exit 1; }
TACIT=${TACIT:-build/tacit} tools/sources.sh --check || fail "docs/sources.md is stale"
printf 'secret\n' >"$TMPDIR/pass"
chmod 600 "$TMPDIR/pass"
export TACIT_PASSPHRASE_FILE="$TMPDIR/pass"
tacit init >/dev/null
cat >"$TMPDIR/endsong_0.json" <<'J'
[{"ts":"2020-01-02T03:04:05Z","username":"me","platform":"phone","ms_played":200000,"ip_addr":"192.0.2.7","master_metadata_track_name":"One","master_metadata_album_artist_name":"A","master_metadata_album_album_name":"B","episode_name":null},
{"ts":"2020-01-02T03:09:05Z","username":"me","platform":"phone","ms_played":180000,"ip_addr":"192.0.2.7","master_metadata_track_name":"Two","master_metadata_album_artist_name":"A","master_metadata_album_album_name":"B","episode_name":null}]
J
tacit add "$TMPDIR/endsong_0.json" | grep -q 'never stored: ip_addr (2 rows)' || fail "no count"
tacit log 1 | grep -q 'never stored *2  ip_addr' || fail "tacit log 1"
tacit log 9 2>"$TMPDIR/err" && fail "a source that is not there"
grep -q 'no source 9' "$TMPDIR/err" || fail "no clear line"
tacit export | grep -q '192\.0\.2\.7' && fail "an address was stored"
tacit kinds spotify | grep -q 'ip_addr' || fail "kinds"
