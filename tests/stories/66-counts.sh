# Every sample that tacit reads: as many rows as the file has by a count of its own (awk and jq, by
# what a row of that kind is: docs/sources.md), and each of them is kept, known or skipped.
. "$(dirname "$0")/lib"
data=${TACIT_DATA:-../shared/data}
[ -d "$data/exports" ] || skip "there are no samples of exports at $data"
command -v jq >"$work/jq" || skip "there is no jq to count with (packages.txt)"
data=$(cd "$data" && pwd)
ours=$work/ours			# path, kind, read, kept, duplicate, skipped; tabs between
theirs=$work/theirs		# path, rows by the counts below
: >"$ours"
: >"$theirs"

# Samples that are broken on purpose, or whose rows no count this plain can see; their account has
# to be right all the same. A piece of the path, a tab, why.
cat >"$work/broken" <<'LIST'
opml-listparser/tests/files/malformed/concatenated-documents.xml	two documents in one file: the second is none of it
opml-listparser/tests/files/malformed/html-entity-	names of HTML (&aelig;) that XML does not define end the reading
opml-listparser/tests/files/malformed/undefined-entity-	as above, with names that nobody defines
wellformed/rss/entity_in_doctype.xml	entities that a file defines are refused, since they can grow without bound
LIST

tacit init >/dev/null
for folder in exports location health feeds ics personal-timeline; do
	tacit add --json "$data/$folder" 2>/dev/null </dev/null >"$work/added" ||
		fail "the samples of $folder are read"
	jq -r --arg at "$data/$folder/" '.[] | [$at + .entry, .kind, .read, .kept, .duplicate,
		([.skipped[]] | add // 0)] | @tsv' "$work/added" >>"$ours"
done

# of KIND [ENDING] COMMAND...: runs the command on the samples of that kind.
of() {
	kind=$1
	ending=$2
	shift 2
	awk -F '\t' -v kind="$kind" -v ending="$ending" '$2 == kind &&
		substr($1, length($1) - length(ending) + 1) == ending { print $1 }' "$ours" |
		tr '\n' '\0' | xargs -0 -r "$@" >>"$theirs"
}

# Rows of a table without its header. A line break in quotes is none: a row ends where the quotes
# so far are even.
tables='
	function done() { if (file != "") print file "\t" (rows > 0 ? rows - 1 : 0) }
	FNR == 1 { done(); file = FILENAME; rows = 0; open = 0 }
	{ was = open; open = (open + gsub(/"/, "&")) % 2 }
	!was && /^\r?$/ { next }
	!open { rows++ }
	END { done() }'

# Elements of the names in `names`, in XML or HTML, outside comments and CDATA.
elements='
	function done(    n, from) {
		if (file == "")
			return
		gsub(/<!--([^-]|-[^-])*-->/, "", text)
		while ((from = index(text, "<![CDATA[")) > 0) {
			n = index(substr(text, from), "]]>")
			text = substr(text, 1, from - 1) (n > 0 ? substr(text, from + n + 2) : "")
		}
		print file "\t" gsub("<([A-Za-z0-9_.-]+:)?(" names ")[ \t\r\n/>]", "&", text)
	}
	FNR == 1 { done(); file = FILENAME; text = "" }
	{ text = text $0 "\n" }
	END { done() }'

# Components of a calendar: all that stand in it but time zones. With recurrence (outside those) the
# times are counted by hand, below.
calendars='
	function done() { if (file != "") print file "\t" (repeats ? "repeats" : rows) }
	FNR == 1 { done(); file = FILENAME; rows = depth = repeats = zone = 0 }
	{ sub(/\r$/, ""); line = toupper($0) }
	line ~ /^BEGIN:VCALENDAR/ || line ~ /^END:VCALENDAR/ { next }
	line ~ /^BEGIN:/ {
		if (depth++ == 0) {
			zone = line ~ /^BEGIN:VTIMEZONE/
			event = line ~ /^BEGIN:VEVENT/
			rows += !zone
		}
	}
	line ~ /^END:/ { depth-- }
	event && depth == 1 && line ~ /^(RRULE|RDATE|EXRULE)[:;]/ { repeats = 1 }
	END { done() }'

for kind in goodreads storygraph librarything calibre openlibrary bookwyrm google-fit; do
	of $kind "" awk "$tables"
done
of lifelog .csv awk "$tables"
of lifelog .json jq -r '[input_filename, length] | @tsv'
of google-activity .json jq -r '[input_filename, length] | @tsv'
# Each activity has one wide cell with its sentence.
of google-activity .html awk '{ n[FILENAME] += gsub(/mdl-typography--body-1">/, "&") }
	END { for (file in n) print file "\t" n[file] }'
of swarm "" jq -r '[input_filename, if type == "array" then length else (.items // [.] | length) end] |
	@tsv'
# The array that the script assigns, or the file itself.
of twitter "" sh -c 'for file do
	printf "%s\t%s\n" "$file" "$(sed "1s/^window[^=]*=//" "$file" | jq length)"
done' sh
of google-location "" jq -r '[input_filename, (.locations | length)] | @tsv'
# A path is as many rows as it has points, everything else is one. One by one, since jq takes the mark
# of UTF-8 before the first file only.
of google-timeline "" sh -c 'for file do
	printf "%s\t" "$file"
	jq "def rows: if has(\"visit\") or has(\"activity\") then 1
		else [1, (.timelinePath // [] | length)] | max end;
	if type == \"array\" then [.[] | rows] | add // 0
	else (.timelineObjects // [] | length) + (.rawSignals // [] | length) +
		([.semanticSegments // [] | .[] | rows] | add // 0) end" "$file"
done' sh
of owntracks "" awk '{ n[FILENAME] += /"_type"/ } END { for (file in n) print file "\t" n[file] }'
of apple-health "" awk -v names="Record|Workout|ActivitySummary|Location" "$elements"
of gpx "" awk -v names="trk|trkpt|wpt" "$elements"
of tcx "" awk -v names="Activity|Trackpoint" "$elements"
of opml "" awk -v names="outline" "$elements"
of feed "" awk -v names="item|entry" "$elements"
# A link is a row where it stands behind a <DT>; in descriptions it is text.
of bookmarks "" awk '
	function done() { if (file != "") print file "\t" gsub(/<dt>[ \t\r\n]*<a[ \t\r\n]/, "&", text) }
	FNR == 1 { done(); file = FILENAME; text = "" }
	{ text = text tolower($0) "\n" }
	END { done() }'
of ics "" awk "$calendars"

# Where things repeat: how many times there are, and why.
cat >"$work/times" <<'LIST'
calendars/issue_1081_event_with_rrule.ics	10	COUNT=10
calendars/issue_1081_empty_rdate.ics	1	an empty list: the start alone
calendars/issue_1081_invalid_rrule_freq.ics	1	a rule that is none: the start alone
calendars/issue_1426.ics	3	the start and two periods
calendars/issue_156_RDATE_with_PERIOD_TZID_khal.ics	20	19 Tuesdays and the start: their zone is not in the file, so they are not the start's eight o'clock
calendars/issue_156_RDATE_with_PERIOD_TZID_khal_2.ics	4	four Mondays, the first of which is the start
calendars/issue_1633_rdate_with_dates.ics	2	the start and one period of dates
calendars/issue_1633_rdate_with_dates_and_tzid.ics	2	the same in New York
calendars/issue_165_missing_event.ics	14	working days from Friday 3 to Wednesday 22 July 2015: 1 + 5 + 5 + 3
calendars/issue_466_convert_tzid_with_slash.ics	53	Fridays of 366 days from 21 October 2022, both ends in it: 52 weeks on is 20 October 2023
calendars/issue_466_respect_unique_timezone.ics	53	the same in a zone of its own
calendars/issue_722_missing_timezones.ics	5	the start and one period; two events without a start; one task
calendars/parsing_error.ics	40	twice the days from 3 to 23 March 2008 without the 11th: 2 * 20
calendars/period_with_timezone.ics	9	nine third Wednesdays, one of them (20 December) taken out, and one period
calendars/rfc_5545_RDATE_example.ics	6	six events without a start
calendars/rfc_7265_appendix_example_2_ical.ics	6	COUNT=5 and one period; the exception stands instead of the third
calendars/x_location.ics	264	working days from Friday 28 October 2016 to Wednesday 1 November 2017, 366 days after the stamp: 1 + 52 * 5 + 3
events/event_with_recurrence.ics	97	COUNT=100 without three
events/event_with_recurrence_exdates_on_different_lines.ics	10	15 Tuesdays from 27 March to 3 July 2012 without five
events/issue_112_missing_tzinfo_on_exdate.ics	11	Saturday 7 September 2013, six pairs of Friday and Saturday to 19 October, without two days
events/issue_156_RDATE_with_PERIOD.ics	2	the start and one period
events/issue_156_RDATE_with_PERIOD_list.ics	3	the start and two periods
events/issue_157_removes_trailing_semicolon.ics	1	the first Sunday of November 2015; the start in March is not of the rule, which leaves undefined what it is (RFC 5545, 3.8.5.3)
events/issue_184_broken_representation_of_period.ics	1	a period at the start itself
events/issue_464_invalid_rdate.ics	2	the start and one period; the other has no day
events/issue_70_rrule_causes_attribute_error.ics	18	Tuesdays from 20 February to 19 June 2007, 17 weeks on
LIST

awk -F '\t' -v at="$data/" -v ours="$ours" '
	FILENAME ~ /\/broken$/ { broken[$1]; next }
	FILENAME ~ /\/times$/ { times["ics/icalendar/src/icalendar/tests/" $1] = $2; next }
	FILENAME ~ /\/theirs$/ { count[$1] = $2; next }
	{
		path = substr($1, length(at) + 1)
		sum += $3
		if ($3 != $4 + $5 + $6)
			print "the account of " path " is not even: " $3 " " $4 " " $5 " " $6
		# counted beside the reader itself, in tests/unit/sources_maps_test.c
		if ($2 == "geojson" || $2 == "kml") {
			only++
			next
		}
		for (piece in broken)
			if (index(path, piece) > 0) {
				only++
				met[piece]
				next
			}
		if (path in times) {
			count[$1] = times[path]
			met[path]
		} else if (!($1 in count)) {
			print "nothing counts the rows of " path " (" $2 ")"
			next
		} else if (count[$1] == "repeats") {
			only++
			next
		}
		if (count[$1] != $3)
			print path " (" $2 ") has " count[$1] " rows, tacit read " $3
		compared++
		rows += $3
	}
	END {
		for (path in times)
			if (!(path in met))
				print "no sample is " path
		for (piece in broken)
			if (!(piece in met))
				print "no sample is " piece
		printf "%d files with %d rows compared, %d more with an even account (%d rows in all)\n",
			compared, rows, only, sum >("'"$work/end"'")
	}' "$work/broken" "$work/times" "$theirs" "$ours" >"$work/wrong"
[ ! -s "$work/wrong" ] || {
	head -60 "$work/wrong"
	fail "tacit and an independent count see the same rows"
}
cat "$work/end"
