# Prompts of the moment: out of a commuter's points, a calendar and steps come an alert to leave, whose
# numbers sum, a goal, places that are named; nothing that was not allowed, nothing twice, and
# any moment of the past again.
. "$(dirname "$0")/lib"
TZ=UTC
export TZ
now=$(date +%s)
today=$((now - now % 86400))

# Forty days, of which each begins now: at work from the sixth hour to the fourteenth, five days of seven,
# half an hour of way, a point each three minutes. So nothing usual is due within the next four hours.
awk -v now="$now" '
BEGIN {
	printf "{\"locations\":["
	for (at = now - 40 * 86400; at < now - 600; at += 180) {
		hour = (at - now + 40 * 86400) % 86400 / 3600
		if (int((now - at) / 86400) % 7 >= 5 || hour < 6 || hour >= 15) x = 0
		else if (hour < 6.5) x = (hour - 6) * 200000
		else if (hour < 14.5) x = 100000
		else x = (15 - hour) * 200000
		printf "%s{\"timestampMs\":\"%d000\",\"latitudeE7\":%d,\"longitudeE7\":%d,\"accuracy\":10}",
			sep, at, 520000000 + x + at * 7919 % 300, 130000000 + at * 104729 % 300
		sep = ",\n"
	}
	print "]}"
}' >"$work/Records.json"
stamp() { date -u -d "@$1" +%Y%m%dT%H%M%SZ; }
start=$((now + 1500 - now % 60))
{
	printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n'
	printf 'BEGIN:VEVENT\r\nUID:a1\r\nDTSTAMP:20200101T000000Z\r\nDTSTART:%s\r\nDTEND:%s\r\n' \
		"$(stamp $start)" "$(stamp $((start + 3600)))"
	printf 'SUMMARY:Dentist\r\nGEO:52.01;13.0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
} >"$work/dates.ics"
awk -v today="$today" 'BEGIN {
	print "time\tverb\ttitle\tdomain\tvalue"
	for (d = 20; d > 0; d--) printf "%d\texercise\tSteps\thealth\t%d\n", today - d * 86400 + 43200, 5000 + d * 100 }' \
	>"$work/steps.tsv"

done_well "a vault" tacit init
tacit now >"$work/out" || fail "a moment without anything known"
done_well "adding" tacit add "$work/Records.json" "$work/dates.ics" "$work/steps.tsv"

# Places: the first is home, and the second work, five days a week.
done_well "places" tacit places --json
grep -o '"kind":"[a-z]*","confidence":[0-9]*' "$work/out" | head -n 2 >"$work/kinds"
sed -n 1p "$work/kinds" | grep -q '"home"' || { cat "$work/out"; fail "nights make a home"; }
done_well "a word about a place" tacit places call 2 "The mill"
done_well "places again" tacit places
grep -q 'The mill.*told' "$work/out" || { cat "$work/out"; fail "a name that was told stays"; }
done_well "a word against" tacit places not home 1
done_well "places again" tacit places --json
grep -q '"kind":"home"' "$work/out" && fail "what was rejected comes not back"
done_well "facts" tacit facts --json
number=$(grep -o '"fact":[0-9]*,"key":"place","value":"not home' "$work/out" | grep -o '[0-9][0-9]*' | head -n 1)
done_well "taking it back" tacit forget fact "$number"
done_well "places again" tacit places --json
grep -q '"kind":"home"' "$work/out" || fail "a word that was taken back is as never said"

# The next place: chances of places, of others and of somewhere new are one.
done_well "the next place" tacit places next --json
tr ',' '\n' <"$work/out" | sed -n 's/.*"\(chance\|elsewhere\|new\)":\([0-9]*\).*/\2/p' |
	awk '{ sum += $1 } END { exit sum != 1048576 }' || { cat "$work/out"; fail "the chances sum to one"; }

# Nothing is allowed, so nothing is said.
done_well "a moment" tacit now --json
[ "$(cat "$work/out")" = '[]' ] || { cat "$work/out"; fail "nothing is said of a kind that was not allowed"; }
tacit now on naps >"$work/out" 2>&1 && fail "a kind that there is not"
done_well "allowing" tacit now on leave
done_well "no hold-out" tacit now holdout 0
done_well "no quiet hours" tacit now quiet never

# The numbers of the alert: event - q80 - habit = leave at.
done_well "a look" tacit now --look --all --json
value() { tr '{' '\n' <"$work/out" | sed -n "s/.*\"name\":\"$1\".*\"value\":\\(-*[0-9]*\\).*/\\1/p" | head -n 1; }
leave=$(value 'leave at')
[ -n "$leave" ] || { cat "$work/out"; fail "there is an alert for the dentist"; }
[ "$(value event)" -eq "${start}000" ] || fail "the event is the one of the calendar"
[ $(($(value event) - $(value 'trip q80') - $(value habit))) -eq "$leave" ] ||
	fail "event - q80 - habit is when to leave"
[ "$(value 'trip q80')" -gt 600000 ] && [ "$(value 'trip q80')" -lt 3600000 ] ||
	fail "the way takes about what it took: $(value 'trip q80') ms"

# Said once, when it is time.
[ "$leave" -le "${now}000" ] || fail "who has 25 minutes for such a way has to leave"
done_well "the moment" tacit now --json
grep -q '"state":"said"' "$work/out" || { cat "$work/out"; fail "it is time, and it is said"; }
at=$(grep -o '"at":[0-9]*' "$work/out" | head -n 1 | sed 's/.*://')
cp "$work/out" "$work/said"
done_well "the moment after" tacit now --json
[ "$(cat "$work/out")" = '[]' ] || { cat "$work/out"; fail "the same is not said twice"; }
# The moment again is the same, but for its number.
done_well "the moment again" tacit now --json --at "$(date -u -d "@$((at / 1000))" '+%Y-%m-%d %H:%M')"
sed 's/"id":[0-9]*/"id":0/' "$work/said" | diff - "$work/out" || fail "a replay is what was said"
done_well "used" tacit now used 1
done_well "the card" tacit now card --json
grep -q '"kind":"leave","allowed":true,"said":1,"withheld":0,"used":1' "$work/out" ||
	{ cat "$work/out"; fail "the scorecard counts it"; }
tacit now used 99 >"$work/out" 2>&1 && fail "a prompt that there was not"
done_well "creepy" tacit now creepy 1
done_well "the settings" tacit now settings --json
grep -q '"allowed":\[\]' "$work/out" || { cat "$work/out"; fail "what is creepy stops at once"; }

# What is said goes to a program of the person's, as JSON.
done_well "all from the start" tacit forget all --yes
tacit add --remember "$work/Records.json" "$work/dates.ics" "$work/steps.tsv" >"$work/out" 2>&1 ||
	{ cat "$work/out"; fail "adding what was forgotten, on purpose"; }
for setting in 'on leave' 'holdout 0' 'quiet never'; do
	# shellcheck disable=SC2086
	done_well "now $setting" tacit now $setting
done
printf '#!/bin/sh\nprintf "%%s|%%s|" "$1" "$2" >>"%s"\ncat >>"%s"\n' "$work/hooked" "$work/hooked" >"$work/hook"
chmod +x "$work/hook"
done_well "with a hook" tacit now --hook "$work/hook"
grep -q '^leave|Leave at .*|{"id":' "$work/hooked" || { cat "$work/hooked"; fail "the hook has it"; }
tacit now --hook "$work/gone" >"$work/out" 2>&1 || fail "nothing to say, nothing to run"

# What is forgotten is in no moment any more.
done_well "forgetting where" tacit forget domain places --yes
done_well "places" tacit places --json
[ "$(cat "$work/out")" = '[]' ] || { cat "$work/out"; fail "places that were forgotten are gone"; }

done_well "off" tacit now off
done_well "a moment that is off" tacit now --json
[ "$(cat "$work/out")" = '[]' ] || fail "off means nothing"

# The goal is the 60th percentile of the last nine days; of 5100 .. 5900 the sixth.
done_well "on again" tacit now on steps
done_well "a look at the goal" tacit now --look --all --json --at "$(date -u -d "@$today" +%Y-%m-%d) 15:00"
COLUMNS=80 tacit now --look --all --why >"$work/out" 2>&1
COLUMNS=80 tacit places >>"$work/out"
awk 'length($0) > 80 { exit 1 }' "$work/out" || { cat "$work/out"; fail "all of it fits 80 columns"; }
