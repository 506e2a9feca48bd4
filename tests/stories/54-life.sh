# Ten years of a life (a public sample) go in and come out whole: each field of each row that is not
# somebody else's stands in the export. What must be there is made from the tables with awk alone.
. "$(dirname "$0")/lib"
life=../shared/data/personal-timeline
[ -r "$life/medium/daily_meal-log.csv" ] || skip "no $life here"

# table FILE COLUMN:PLACE ...: each row as "id TAB place=value TAB ..."; places of an act are name,
# words, place, by, ms, day and time, else names in its rest. Quotes as in RFC 4180.
table() {
	file=$1
	shift
	awk -v spec="$*" '
	function days(y, m, d,    era, yoe, doy) {	# since 1970-01-01
		m += 0		# a text would be compared as one
		if (m <= 2)
			y--
		era = int(y / 400)
		yoe = y - era * 400
		doy = int((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1
		return era * 146097 + yoe * 365 + int(yoe / 4) - int(yoe / 100) + doy - 719468
	}
	function instant(text,    zone, part) {		# 2019-03-02[ T]08:00:34[.982][-08:00]
		zone = 0
		if (match(text, /[+-][0-9][0-9]:?[0-9][0-9]$/)) {
			part = substr(text, RSTART)
			text = substr(text, 1, RSTART - 1)
			zone = substr(part, 2, 2) * 60 + substr(part, length(part) - 1)
			if (substr(part, 1, 1) == "-")
				zone = -zone
		}
		part = substr(text, 20) "   "
		return sprintf("%.0f", ((days(substr(text, 1, 4), substr(text, 6, 2), substr(text, 9, 2)) \
			* 24 + substr(text, 12, 2)) * 60 + substr(text, 15, 2) - zone) * 60000 \
			+ substr(text, 18, 2) * 1000 + (part ~ /^[.]/ ? substr(part, 2, 3) : 0)) " " zone
	}
	function take(place, text) {
		gsub(/^[ \t]+|[ \t]+$/, "", text)	# all that is not kept of a text
		if (place == "day")
			gsub("/", "-", text)
		if (place == "ms")
			text = sprintf("%.0f", text * unit)
		if (place == "time")
			text = instant(text)
		if (place == "kind") {		# 08:00: running 39 minutes
			place = "name"
			sub(/^[0-9][0-9]:[0-9][0-9]: /, "", text)
			sub(/ [0-9].*/, "", text)
		}
		if (place == "land") {
			place = "name"
			sub(/^I visited /, "", text)
			sub(/[.]$/, "", text)
		}
		gsub(/\n/, "\\n", text)
		return text == "" ? "" : "\t" place "=" text
	}
	function row(    i, line, list) {
		if (rows++ == 0) {
			for (i = 1; i <= fields; i++)
				column[field[i]] = i
			return
		}
		line = ""
		for (i = 1; i <= wanted; i++) {
			if (pair[i, 1] == "clock") {
				list = field[column["date"]] "T" field[column["time"]]
				gsub("/", "-", list)
			} else if (pair[i, 1] == "basket") {
				list = field[column["fruits"]] "," field[column["drinks"]] "," \
					field[column["toiletries"]]
				gsub(/,+ */, "|", list)
				gsub(/^[|]+|[|]+$/, "", list)
			} else {
				list = field[column[pair[i, 1]]]
			}
			line = line take(pair[i, 2], list)
		}
		print field[column["eid" in column ? "eid" : "id"]] line
	}
	BEGIN {
		RS = "\001"
		wanted = split(spec, item, " ")
		unit = spec ~ /howlong/ ? 60000 : 1
		for (i = 1; i <= wanted; i++) {
			split(item[i], two, ":")
			pair[i, 1] = two[1]
			pair[i, 2] = two[2] == "" ? two[1] : two[2]
		}
	}
	{
		n = split($0, c, "")
		quoted = 0
		fields = 1
		field[1] = ""
		for (k = 1; k <= n; k++) {
			if (quoted && c[k] == "\"" && c[k + 1] == "\"") {
				field[fields] = field[fields] "\""
				k++
			} else if (c[k] == "\"") {
				quoted = !quoted
			} else if (!quoted && c[k] == ",") {
				field[++fields] = ""
			} else if (!quoted && c[k] == "\n") {
				row()
				fields = 1
				field[1] = ""
			} else if (quoted || c[k] != "\r") {
				field[fields] = field[fields] c[k]
			}
		}
		if (fields > 1)
			row()
	}' "$life/$file"
}

# The same lines from an export: of each act the places that the tables have for its id.
acts() {
	awk '
	function days(y, m, d,    era, yoe, doy) {
		m += 0		# a text would be compared as one
		if (m <= 2)
			y--
		era = int(y / 400)
		yoe = y - era * 400
		doy = int((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1
		return era * 146097 + yoe * 365 + int(yoe / 4) - int(yoe / 100) + doy - 719468
	}
	function value(text, key,    at, out, c) {
		at = index(text, "\"" key "\":")
		if (at == 0)
			return ""
		text = substr(text, at + length(key) + 3)
		if (substr(text, 1, 1) != "\"") {
			match(text, /^[^,}]*/)
			return substr(text, 1, RLENGTH)
		}
		text = substr(text, 2)
		match(text, /^([^"\\]|\\.)*/)
		out = substr(text, 1, RLENGTH)
		gsub(/\\u000a/, "\\n", out)
		gsub(/\\"/, "\"", out)
		return out
	}
	FNR == NR {
		n = split($0, cell, "\t")
		places[cell[1]] = ""
		for (i = 2; i <= n; i++) {
			sub(/=.*/, "", cell[i])
			places[cell[1]] = places[cell[1]] " " cell[i]
		}
		next
	}
	/"startTime"/ {
		at = index($0, "\"tacit:rest\":")
		rest = at > 0 ? substr($0, at) : ""
		id = value(rest, "eid")
		if (id == "")
			id = value(rest, "id")
		line = id
		n = split(places[id], place, " ")
		for (i = 1; i <= n; i++) {
			start = value($0, "startTime")
			if (place[i] == "name")
				text = value($0, "name")
			else if (place[i] == "words")
				text = value($0, "keywords")
			else if (place[i] == "place" && rest !~ /"place":/)
				text = value($0, "location")
			else if (place[i] == "by")
				text = value($0, "creator")
			else if (place[i] == "ms")
				text = value($0, "tacit:milliseconds")
			else if (place[i] == "day")
				text = substr(start, 1, 10) (/"tacit:dateOnly":true/ ? "" : "!")
			else if (place[i] == "time")
				text = sprintf("%.0f %d", ((days(substr(start, 1, 4), substr(start, 6, 2), \
					substr(start, 9, 2)) * 24 + substr(start, 12, 2)) * 60 \
					+ substr(start, 15, 2)) * 60000 + substr(start, 18, 2) * 1000 \
					+ substr(start, 21, 3), value($0, "tacit:zoneMinutes"))
			else
				text = value(rest, place[i])
			line = line "\t" place[i] "=" text
		}
		print line
	}' "$1" "$2"
}

medium="daily_meal-log daily_exercise-log daily_read-log daily_watchtv-log weekly_grocery-log
	weekly_bakeorcook-log weekly_hobby-log weekly_dating-log travel-log travel_dining-log
	travel_places_visited-log daily_chat-log"
samples="books books.sampled exercise.sampled places.sampled purchase.sampled streaming.sampled
	trips.sampled"
{
	table medium/daily_meal-log.csv date:day mealtype:words foodtype:name
	table medium/daily_exercise-log.csv date:day exercise:name heart_rate
	table medium/daily_read-log.csv date:day readtype:name howlong:ms
	table medium/daily_watchtv-log.csv date:day watchtype:name howlong:ms
	table medium/weekly_grocery-log.csv date:day basket:words fruits drinks toiletries
	table medium/weekly_bakeorcook-log.csv date:day cuisine:name location:place
	table medium/weekly_hobby-log.csv date:day hobbies:name
	table medium/weekly_dating-log.csv date:day location:name
	table medium/travel-log.csv start_date:day end_date city:name
	table medium/travel_dining-log.csv dining_date:day food_type:words food_location:name \
		start_date end_date place_visit_date place action emotion
	table medium/travel_places_visited-log.csv place_visit_date:day place:name city:place \
		start_date end_date action emotion
	table sample_data/books.csv clock:time book_name:name
	table sample_data/books.sampled.csv time book_name:name
	table sample_data/exercise.sampled.csv start_time:time textDescription:kind textDescription \
		end_time duration distance calories outdoor temperature
	table sample_data/places.sampled.csv start_time:time start_address:name textDescription \
		end_time end_address
	table sample_data/purchase.sampled.csv time productName:name productPrice productQuantity
	table sample_data/streaming.sampled.csv start_time:time artist:by track:name \
		playtimeMs:ms end_time spotify_link
	table sample_data/trips.sampled.csv start_time:time country:land end_time textDescription \
		country states_provinces cities_towns places
} >"$work/rows" || fail "the tables"
sort -u "$work/rows" >"$work/wanted"
# counted by lines: no row of these has a line break in it
lines=$(for name in $medium; do echo "$life/medium/$name.csv"; done | grep -v chat |
	xargs cat | grep -c '^e[0-9]')
[ "$(grep -c '^e[0-9]' "$work/rows")" = "$lines" ] || fail "all $lines rows of the medium tables"

done_well "a vault" tacit init
for name in $medium; do
	done_well "adding $name" tacit add "$life/medium/$name.csv" --json
	cat "$work/out" >>"$work/told"
done
for name in $samples; do
	done_well "adding $name" tacit add "$life/sample_data/$name.csv" --json
	cat "$work/out" >>"$work/told"
done
tacit export >"$work/life" || fail "the export"
acts "$work/wanted" "$work/life" | sort >"$work/found"

# Nothing is there that no table has; what is missing was there twice, but for its number.
LC_ALL=C comm -13 "$work/wanted" "$work/found" >"$work/stray"
[ ! -s "$work/stray" ] || { head -5 "$work/stray"; fail "nothing but what the tables have"; }
LC_ALL=C comm -23 "$work/wanted" "$work/found" >"$work/missing"
cut -f 2- "$work/found" | sort -u >"$work/plain"
cut -f 2- "$work/missing" | sort -u | comm -23 - "$work/plain" >"$work/lost"
[ ! -s "$work/lost" ] || { head -5 "$work/lost"; fail "every row comes out"; }
repeated=$(($(wc -l <"$work/rows") - $(wc -l <"$work/found")))
[ "$(sum_of duplicate <"$work/told")" = "$repeated" ] || fail "$repeated rows were known already"
[ "$(wc -l <"$work/found")" -gt 15000 ] || fail "a whole life"

# Nobody else is in it: a name that stands in the tables' lists of people alone.
grep -q 'Rylee' "$life/medium/daily_meal-log.csv" || fail "a name to look for"
grep -q 'Rylee' "$work/life" && fail "other people stay out"

# The same tables as JSON hold nothing new, and the export makes the same vault.
for name in books exercise places purchase streaming trips; do
	done_well "adding $name as JSON" tacit add "$life/sample_data/$name.sampled.json" --json
	rows=$(grep -c '"id":' "$life/sample_data/$name.sampled.json")
	[ "$(sum_of kept <"$work/out")" = 0 ] || fail "$name: nothing new in JSON"
	[ "$(sum_of duplicate <"$work/out")" = "$rows" ] || fail "$name: $rows rows in JSON"
done
mkdir "$work/second"
in_home "$work/second" init >/dev/null || fail "a second vault"
in_home "$work/second" add "$work/life" >/dev/null || fail "taking in the export"
in_home "$work/second" export >"$work/again"
same "the export makes the same vault" "$work/life" "$work/again"
