# A pack that knows moments: weather is said, the time is the clock's, and both are causes of the sum.
. "$(dirname "$0")/lib"
# 60 people, 30 things: tens of things in sunny and in rainy weather, on Saturday evenings and else
awk 'BEGIN {
	OFS = "\t"
	print "user", "item", "time", "@weather", "@weekday", "@daypart"
	s = 7		# Park, Miller 1988
	for (u = 0; u < 60; u++) {
		split("", had)
		for (e = 1; e <= 12; e++) {
			s = s * 16807 % 2147483647
			sunny = s % 1000 < 500
			item = (sunny ? 0 : 15) + (u * 5 + e * 7) % 15
			if (item in had)
				continue
			had[item] = 1
			print "u" u, "Thing " item, e, sunny ? "sunny" : "rainy", e % 3 ? "sat" : "mon", \
				e % 3 ? "evening" : "morning"
		}
	}
}' >"$work/table.tsv"
done_well "learning" tacit train --interactions "$work/table.tsv" --name weather --domain films \
	--dim 32 --epochs 300 --dropout 10 -o "$work/weather.pack"
grep -q 'moments' "$work/out" || fail "it says that moments were learned"
done_well "a vault" tacit init
done_well "the pack" tacit pack add "$work/weather.pack"
TACIT_PACKS=$work		# of films this one alone
export TACIT_PACKS
printf 'time\ttitle\n2024-05-01T10:00:00Z\tThing 3\n2024-05-02T10:00:00Z\tThing 18\n' >"$work/one.tsv"
done_well "adding" tacit add "$work/one.tsv"
list() { sed 's/"because"/\n&/g' | grep -o '"title":"Thing [0-9]*"' | tr -cd '0-9\n'; }
done_well "sunny" tacit next films -n 5 --json --moment weather=sunny
list <"$work/out" >"$work/sunny"
done_well "rainy" tacit next films -n 5 --json --moment weather=rainy --moment weekday=sat --moment daypart=evening
list <"$work/out" >"$work/rainy"
[ "$(awk '$1 < 15' "$work/sunny" | wc -l)" -gt "$(awk '$1 < 15' "$work/rainy" | wc -l)" ] ||
	fail "sunny things come first in sunny weather: $(tr '\n' ' ' <"$work/sunny") $(tr '\n' ' ' <"$work/rainy")"
for sum in contribution score; do sum_of $sum <"$work/out"; done | sort -u >"$work/sums"
[ "$(wc -l <"$work/sums")" -eq 1 ] || fail "contributions sum to the scores: $(cat "$work/sums")"
grep -q '"label":"Saturday evening"' "$work/out" || fail "the time has a name"
grep -q '"reason":"moment"' "$work/out" || fail "the moment is a cause"
grep -q '"label":"weather: rainy"' "$work/out" || fail "the weather has a name"
refused "a value that nobody had" 'weather=hail&of weather it knows: rainy, sunny' tacit next films --moment weather=hail
refused "a feature that nobody had" 'company=alone&these features: weather' tacit next films --moment company=alone
refused "two values" 'two values of one feature' tacit next films --moment weather=sunny --moment weather=rainy
tacit eval --protocol context --interactions "$work/one.tsv" 2>"$work/err" && fail "that has no @ columns"
[ -s "$work/err" ] || fail "it says what is missing"
printf 'user\titem\ttime\nu\ta\t1\nu\tb\t2\nv\ta\t1\nv\tb\t2\n' >"$work/plain.tsv"
refused "no @ columns" 'begins with @' tacit eval --protocol context --interactions "$work/plain.tsv"
printf 'user\titem\ttime\t@a=b\nu\ta\t1\tx\n' >"$work/plain.tsv"
refused "a name with =" '@a=b' tacit eval --protocol context --interactions "$work/plain.tsv"
printf 'user\titem\ttime\t@a\t@a\nu\tb\t1\tx\ty\n' >"$work/plain.tsv"
refused "a column twice" '@a.*twice' tacit eval --protocol context --interactions "$work/plain.tsv"
