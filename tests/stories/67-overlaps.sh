# The same act in two exports is one act with two witnesses, whichever comes first, and what one of
# them told is left when the other is undone. What two exports tell differently (another time,
# another year of the thing) stays two acts; which that are, is written down here.
. "$(dirname "$0")/lib"
data=${TACIT_DATA:-../shared/data}
data=$(cd "$data" 2>/dev/null && pwd)
case $TACIT in
/*) ;;
*) TACIT=$PWD/$TACIT ;;
esac
cd "$work" || exit 1
mkdir netflix spotify lastfm fit health fitbit youtube mine books films places

acts() { grep -o '"startTime"' "$1" | wc -l; }

# vault NAME FILE...: a vault of these files, one after the other, and its export.
vault() {
	home=$work/vault.$1
	rm -rf "$home"
	in_home "$home" init >/dev/null
	name=$1
	shift
	for file do
		in_home "$home" add --json "$file" >"$work/added" 2>"$work/err" </dev/null ||
			{ cat "$work/err"; fail "adding $file"; }
	done
	in_home "$home" export >"$work/export.$name"
}

# both WHAT ONE OTHER ACTS TWICE: both orders show the same ACTS acts, TWICE of OTHER were known
# from ONE, and to undo one of them leaves what the other alone would show.
both() {
	what=$1
	vault one "$2"
	vault other "$3"
	vault after "$3" "$2"
	vault before "$2" "$3"		# last: its account is looked at
	twice=$(sum_of duplicate <"$work/added")
	[ "$twice" = "$5" ] || { cat "$work/added"; fail "$what: $5 acts are known, not $twice"; }
	[ "$(acts export.before)" -eq "$4" ] ||
		{ cat export.before; fail "$what: $4 acts in both, not $(acts export.before)"; }
	same "$what: in the other order the same vault" export.before export.after
	in_home "$work/vault.before" me --json >me.both
	in_home "$work/vault.before" undo 1 >/dev/null || fail "$what: undoing"
	in_home "$work/vault.before" export >export.left
	same "$what: without the first, what the second told" export.other export.left
	in_home "$work/vault.after" undo 1 >/dev/null || fail "$what: undoing"
	in_home "$work/vault.after" export >export.left
	same "$what: without the second, what the first told" export.one export.left
	pairs=$((pairs + 1))
}
pairs=0

# listed DOMAIN EVENTS: of the pair before, `tacit me` counted so many
listed() {
	grep -q "\"domain\":\"$1\",\"events\":$2," me.both ||
		{ cat me.both; fail "$what: $2 events of $1 for whoever looks"; }
}

# ---- One act ----

head='uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid'
tide='"1600000000","13 Sep 2020, 12:26","The Ferrymen","","Harbour","","Tide","a-1"'
pier='"1600000300","13 Sep 2020, 12:31","The Ferrymen","","Harbour","","Pier","a-2"'
printf '%s\n' "$head" "$tide" >lastfm/short.csv
printf '%s\n' "$head" "$pier" "$tide" >lastfm/long.csv
both "Last.fm, and itself longer" lastfm/short.csv lastfm/long.csv 2 1

diary='Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date'
film='Paper Lanterns,2011,https://boxd.it/aaa1,4.5,Yes,"slow, winter"'
printf '%s\n' "$diary" "2022-03-15,$film,2022-03-14" >films/iso.csv
printf '%s\n' "$diary" "15/03/2022,$film,14/03/2022" >films/slashes.csv
both "Letterboxd with dates of two kinds" films/iso.csv films/slashes.csv 1 1

# 06:36:49.250 in UTC is 8:36:49 in Helsinki's winter time; the page has no parts of a second.
watched='[{"header":"YouTube","title":"Watched Knots","titleUrl":"https://www.youtube.com/watch?v=AAA1",
"subtitles":[{"name":"Harbour TV","url":"https://www.youtube.com/channel/C1"}],
"time":"2024-02-13T06:36:49.250Z","products":["YouTube"]}]'
printf '%s\n' "$watched" >youtube/watch-history.json
printf '%s\n' "$watched" | sed 's/"products"/"activityControls":["YouTube watch history"],"products"/' \
	>mine/MyActivity.json
cell='<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1'
cat >youtube/watch-history.html <<HTML
<html><head><title>My Activity History</title></head><body><div class="mdl-grid">
<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid"><div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">YouTube<br></p></div>$cell">Watched&nbsp;<a href="https://www.youtube.com/watch?v=AAA1">Knots</a><br><a href="https://www.youtube.com/channel/C1">Harbour TV</a><br>Feb 13, 2024, 8:36:49 AM EET<br></div>$cell mdl-typography--text-right"></div></div></div></div></body></html>
HTML
both "YouTube as a page and as JSON" youtube/watch-history.html youtube/watch-history.json 1 1
both "YouTube's history and My Activity" youtube/watch-history.json mine/MyActivity.json 1 1
both "My Activity and the page" mine/MyActivity.json youtube/watch-history.html 1 1

# One track: the walk is GPX's alone, the hour of points both have.
cat >places/walk.gpx <<'XML'
<gpx version="1.1"><trk><type>walking</type><trkseg>
<trkpt lat="48.8566" lon="2.3522"><time>2024-03-01T10:05:00Z</time></trkpt>
<trkpt lat="48.8570" lon="2.3530"><time>2024-03-01T10:10:00Z</time></trkpt>
</trkseg></trk></gpx>
XML
cat >places/Records.json <<'JSON'
{"locations":[
{"latitudeE7":488566000,"longitudeE7":23522000,"accuracy":15,"timestamp":"2024-03-01T10:05:00Z"},
{"latitudeE7":488570000,"longitudeE7":23530000,"accuracy":12,"timestamp":"2024-03-01T10:10:00Z"}]}
JSON
both "GPX and Google's points of one track" places/walk.gpx places/Records.json 2 1

# Three exports: the act is there until the last of them is undone.
vault three youtube/watch-history.html youtube/watch-history.json mine/MyActivity.json
for number in 2 1; do
	in_home "$work/vault.three" undo $number >/dev/null || fail "undoing"
	in_home "$work/vault.three" export >export.three
	[ "$(acts export.three)" -eq 1 ] || fail "one act while one source tells it"
done
in_home "$work/vault.three" undo 3 >/dev/null || fail "undoing"
in_home "$work/vault.three" export >export.three
[ "$(acts export.three)" -eq 0 ] || fail "no act without a source"

# ---- One export that tells it twice ----

# Days and quarters of Google Fit: of the 21st the quarters (120 + 100) and no day, of the 22nd the day.
mkdir fit/one fit/day fit/quarters
printf '%s\n' 'Date,Move Minutes count,Calories (kcal),Step count' 2023-11-21,1,1000,220 \
	2023-11-22,,1000,5627 >"fit/one/Daily activity metrics.csv"
printf '%s\n' 'Start time,End time,Move Minutes count,Calories (kcal),Step count' \
	'00:15:00.000+00:00,00:30:00.000+00:00,,18.2,120' \
	'09:30:00.000+00:00,09:45:00.000+00:00,,18.2,100' >fit/one/2023-11-21.csv
cp fit/one/D* fit/day
cp fit/one/2* fit/quarters
steps() { sum_of ratingValue <"$1"; }
vault fit fit/one
[ "$(acts export.fit)" -eq 3 ] || fail "Google Fit: two quarters and one day"
[ "$(steps export.fit)" -eq 5847 ] || fail "Google Fit: 220 + 5627 steps, not $(steps export.fit)"

# Phone and watch: 9:30 to 9:40 and 9:35 to 9:45 hang together; the watch has more.
cat >health/export.xml <<'XML'
<?xml version="1.0"?>
<HealthData locale="en_GB">
<Record type="HKQuantityTypeIdentifierStepCount" sourceName="Phone" unit="count" startDate="2023-11-21 09:30:00 +0000" endDate="2023-11-21 09:40:00 +0000" value="90"/>
<Record type="HKQuantityTypeIdentifierStepCount" sourceName="Watch" unit="count" startDate="2023-11-21 09:35:00 +0000" endDate="2023-11-21 09:45:00 +0000" value="100"/>
</HealthData>
XML
vault health health/export.xml
[ "$(acts export.health)" -eq 1 ] || fail "Apple Health: one of two devices"
[ "$(steps export.health)" -eq 100 ] || fail "Apple Health: the device that has more"

# ---- Told differently: two acts in the vault (docs/sources.md, "Exports that overlap") ----

# A day, and a time with a length.
cat >netflix/short.csv <<'CSV'
Title,Date
"Night Ferry: Season 1: Tide","5/2/21"
"Paper Lanterns","4/30/21"
CSV
cat >netflix/full.csv <<'CSV'
Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,Country
Ada,2021-05-02 20:15:30,00:42:10,,"Night Ferry: Season 1: Tide",,TV,00:42:10,00:42:10,DE (Germany)
Ada,2021-04-30 19:00:00,01:30:00,,Paper Lanterns,,TV,01:30:00,01:30:00,DE (Germany)
CSV
both "Netflix short and full" netflix/short.csv netflix/full.csv 4 0
listed films 1
listed series 1

# A minute, and a second.
cat >spotify/StreamingHistory_music_0.json <<'JSON'
[{"endTime":"2023-05-06 07:08","artistName":"The Ferrymen","trackName":"Tide","msPlayed":181000},
{"endTime":"2023-05-06 07:11","artistName":"The Ferrymen","trackName":"Pier","msPlayed":171000}]
JSON
cat >spotify/extended.json <<'JSON'
[{"ts":"2023-05-06T07:08:09Z","ms_played":181000,"master_metadata_track_name":"Tide","master_metadata_album_artist_name":"The Ferrymen","episode_name":null},
{"ts":"2023-05-06T07:11:00Z","ms_played":171000,"master_metadata_track_name":"Pier","master_metadata_album_artist_name":"The Ferrymen","episode_name":null}]
JSON
# Pier ended on the minute itself: that one is the same.
both "Spotify's account data and extended history" spotify/StreamingHistory_music_0.json \
	spotify/extended.json 3 1
listed music 2

# A book with its year, and without.
cat >books/goodreads.csv <<'CSV'
Book Id,Title,Author,ISBN,ISBN13,My Rating,Publisher,Year Published,Original Publication Year,Date Read,Date Added,Bookshelves,Exclusive Shelf,My Review,Private Notes,Read Count,Owned Copies
1,The Salt Road,Ida Example,,,5,Invented,2010,2009,2021/02/03,2021/01/01,,read,,,1,0
2,Low Water,Ida Example,,,5,Invented,,,2021/03/04,2021/01/01,,read,,,1,0
CSV
cat >books/storygraph.csv <<'CSV'
Title,Authors,Contributors,ISBN/UID,Format,Read Status,Date Added,Last Date Read,Dates Read,Read Count,Moods,Pace,Star Rating,Review,Tags,Owned?
The Salt Road,Ida Example,,,paperback,read,2021/01/01,2021/02/03,2021/01/05-2021/02/03,1,,,5.0,,,
Low Water,Ida Example,,,paperback,read,2021/01/01,2021/03/04,2021/01/05-2021/03/04,1,,,5.0,,,
CSV
both "Goodreads and StoryGraph" books/goodreads.csv books/storygraph.csv 3 1

# Days and quarters that were added apart; steps that three services counted.
both "Google Fit's days and quarters, apart" fit/day fit/quarters 4 0
printf '%s\n' '[{"dateTime":"11/21/23 09:30:00","value":"60"},{"dateTime":"11/21/23 09:31:00","value":"40"}]' \
	>fitbit/steps-2023-11-21.json
both "steps of Apple Health and Fitbit" health/export.xml fitbit/steps-2023-11-21.json 2 0
# 100 from 9:30 on for a quarter of an hour, in both: that is the same.
both "steps of Google Fit and Fitbit" fit/quarters/2023-11-21.csv fitbit/steps-2023-11-21.json 2 1

# ---- Real samples that overlap ----

invented=$pairs
[ -d "$data/location" ] || { echo "$pairs pairs of exports; SKIPPED: no samples at $data"; exit 0; }

# The same tables as CSV and as JSON; rows counted in 66-counts.sh. Of the 467 places two are there twice.
tables=$data/personal-timeline/sample_data
both "trips" "$tables/trips.sampled.csv" "$tables/trips.sampled.json" 6 6
both "books" "$tables/books.sampled.csv" "$tables/books.sampled.json" 93 93
both "exercise" "$tables/exercise.sampled.csv" "$tables/exercise.sampled.json" 32 32
both "places" "$tables/places.sampled.csv" "$tables/places.sampled.json" 465 467
both "streaming" "$tables/streaming.sampled.csv" "$tables/streaming.sampled.json" 110 110

# The watched folder has a shorter track of the same hour (its first point is the same, the walk ends
# earlier), three points of five hours, and two files that the others have too.
files=$data/location/dawarich/spec/fixtures/files
watched=$files/watched/user@domain.com
both "a track and its beginning" "$files/gpx/gpx_track_single_segment.gpx" \
	"$watched/gpx_track_single_segment.gpx" 3 1
both "points and more of them" "$files/google/records.json" "$watched/Records.json" 5 3
both "a timeline, twice" "$files/google/location-history.json" "$watched/location-history.json" 4 4
both "OwnTracks, twice" "$files/owntracks/2024-03.rec" "$watched/owntracks.rec" 3 3
# 24 links of which three are queries of the browser; the folders are the only difference.
marks=$data/exports/bookmarks/tests/input
both "bookmarks, flat and in folders" "$marks/firefox_flat.htm" "$marks/firefox_nested.htm" 21 21
echo "$invented invented pairs of exports, $((pairs - invented)) of samples, in both orders"
