# A log of shown items and clicks is replayed: what other ways to choose would have earned.
. "$(dirname "$0")/lib"

# log LOG LIKED SEED: 4 items at random at 2 positions; item LIKED earns more. Columns as in the Open
# Bandit data, with more of them than are needed; times run backwards, for the order is by time.
log() {
	awk -v liked="$2" -v seed="$3" 'BEGIN {
		srand(seed)
		print ",timestamp,item_id,position,click,propensity_score,user_feature_0"
		for (r = 0; r < 4000; r++) {
			item = int(rand() * 4)
			printf "%d,2019-11-%02d 00:00:%02d.%06d+00:00,%d,%d,%d,0.25,x\n", r,
			       28 - int(r / 200), 59 - int(r % 200 / 4), 999 - r % 4, item + 10,
			       1 + int(rand() * 2), rand() < (item == liked ? 0.3 : 0.05)
		}
	}' >"$1"
}

log "$work/log.csv" 2 1
log "$work/other.csv" 2 2
done_well "replaying" tacit eval --bandit "$work/log.csv" --target "$work/other.csv"
for policy in uniform popularity thompson log 'as target' target; do
	grep -q "^$policy " "$work/out" || { cat "$work/out"; fail "there is a line of $policy"; }
done
awk 'length($0) > 80 { exit 1 }' "$work/out" || fail "80 columns are enough"

# figure POLICY NAME: of --json.
done_well "as JSON" tacit eval --bandit "$work/log.csv" --json
figure() {
	tr '{' '\n' <"$work/out" | sed -n "s/.*\"policy\":\"$1\".*\"$2\":\([-0-9.]*\)[,}].*/\1/p"
}
# Truth: uniform (.3 + 3 * .05) / 4 = .1125; item 12 earns .3. Four errors of 2,000 rows or 500.
awk -v uniform="$(figure uniform ips)" -v thompson="$(figure thompson dr)" \
	-v best="$(figure popularity snips)" 'BEGIN {
		exit !(uniform > .08 && uniform < .145 && thompson > .2 && thompson < .4 &&
		       best > .2 && best < .4) }' || { cat "$work/out"; fail "the truth is found"; }

# The same rows in another order are the same log.
cp "$work/out" "$work/first"
{ head -n 1 "$work/log.csv"; tail -n +2 "$work/log.csv" | sort -t, -k6,6 -k1,1n; } >"$work/sorted.csv"
done_well "sorted" tacit eval --bandit "$work/sorted.csv" --json
same "the order of the file does not matter" "$work/first" "$work/out"

for column in timestamp item_id position click propensity_score; do
	sed "1s/$column/other/" "$work/log.csv" >"$work/bad.csv"
	refused "a log without $column" "bad.csv has no column $column" \
		tacit eval --bandit "$work/bad.csv"
done
sed '7s/,0.25,/,0,/' "$work/log.csv" >"$work/bad.csv"
refused "a propensity of 0" 'line 7: propensity_score&above 0' tacit eval --bandit "$work/bad.csv"
sed '9s/+00:00/yesterday/' "$work/log.csv" >"$work/bad.csv"
refused "a time that is none" 'line 9: timestamp' tacit eval --bandit "$work/bad.csv"
sed '9s/,1\([0-3]\),/,99,/' "$work/log.csv" >"$work/bad.csv"
refused "an item of another log" 'line 9: item_id 99&same items' \
	tacit eval --bandit "$work/log.csv" --target "$work/bad.csv"
awk -F, -v OFS=, 'NR > 1 { $5 = 0 } { print }' "$work/log.csv" >"$work/bad.csv"
refused "a log without clicks" 'none was clicked' tacit eval --bandit "$work/bad.csv"
: >"$work/bad.csv"
refused "an empty log" 'bad.csv is empty&propensity_score' tacit eval --bandit "$work/bad.csv"
refused "a log that is not there" 'nonesuch' tacit eval --bandit "$work/nonesuch"
tacit eval --target "$work/log.csv" >"$work/out" 2>"$work/err" && fail "a target needs a log"
grep -q -- '--bandit LOG' "$work/err" || { cat "$work/err"; fail "a target alone: what is missing"; }
