# What documents show of the code is the code.
. "$(dirname "$0")/lib"
[ -f docs/add-a-source.md ] || skip "there is no source tree here"
sed -n '/^```c$/,/^```$/p' docs/add-a-source.md | sed '1d;$d' >"$work/shown"
same "docs/add-a-source.md shows the reader that there is" "$work/shown" src/readers/lastfm.c
[ "$(wc -l <docs/add-a-source.md)" -lt 80 ] || fail "in under 80 lines"
