# Forget and undo are exact: after any sequence of adding, telling, liking, forgetting and undoing,
# every answer is the same to the byte as that of a vault that never had what is gone.
#
# A model in text files says what a vault must hold: the rows of each source that is left, the acts
# forgotten, the sentences told, the titles liked. The second vault is made from that alone. Masked
# is the number of a fact ("fact":N), which counts sentences in the order they were said.
#	TACIT_STORY_ROUNDS sequences (8), from TACIT_STORY_SEED (1) on
. "$(dirname "$0")/lib"
need_films
rounds=${TACIT_STORY_ROUNDS:-8}
seed=${TACIT_STORY_SEED:-1}

# Four exports that overlap; one has genres for the same acts, one names films without their year.
history 1 10 >"$work/a.tsv"
history 6 18 >"$work/b.tsv"
history 12 24 | awk -F '\t' -v OFS='\t' 'NR == 1 { print $0, "words"; next }
	{ print $0, NR % 2 ? "Drama|Classic" : "" }' >"$work/c.tsv"
{
	history 4 8
	history 20 30 | tail -n +2 | sed 's/ ([0-9]*)$//; s/T20:15/T21:45/'
} >"$work/d.tsv"
titles | sed -n '2p;7p;13p;22p' >"$work/likable"
printf '%s\n' "I love westerns" "no musicals" "less drama" "my city is Lund" >"$work/sentences"

# What a vault says of itself, in one folder: look HOME FOLDER
look() {
	mkdir -p "$2"
	in_home "$1" next films -n 20 --json >"$2/next" 2>&1
	titles | sed 's/^Ran/Babe/' >"$work/list"
	in_home "$1" rank films -f "$work/list" --json >"$2/rank" 2>&1
	in_home "$1" why "Godfather, The (1972)" --domain films --json >"$2/why" 2>&1
	in_home "$1" why "Alien (1979)" --domain films --json >"$2/why-alien" 2>&1
	in_home "$1" me --json >"$2/me" 2>&1
	in_home "$1" export >"$2/export" 2>&1
	in_home "$1" search "the" -n 100 --json | tr '{' '\n' | sed 's/"id":[0-9]*,//' |
		sort >"$2/search" 2>&1
	for file in next rank why why-alien me; do
		sed 's/"fact":[0-9]*/"fact":N/g' "$2/$file" >"$2/masked"
		mv "$2/masked" "$2/$file"
	done
}

keep() {	# keep FILE AWK-PROGRAM ARGUMENT: filters a table of the model
	awk -F '\t' -v argument="$3" "$2" "$work/$1" >"$work/new"
	mv "$work/new" "$work/$1"
}

# Acts forgotten leave every source, whatever else their rows say.
bury() {
	awk -F '\t' 'FILENAME == ARGV[1] { gone[$0] = 1; next }
		!(($2 "\t" $3 "\t" $4) in gone)' "$work/tombs" "$work/held" >"$work/new"
	mv "$work/new" "$work/held"
}

# One operation, on the vault and on the model: step WHAT ARGUMENT MORE
step() {
	case $1 in
	add)
		tacit add "$work/$2.tsv" >"$work/out" 2>&1 || return 1
		sources=$((sources + 1))
		echo "$sources$tab" >>"$work/files"
		awk -F '\t' -v OFS='\t' -v source="$sources" 'FILENAME == ARGV[1] { gone[$0] = 1; next }
			FNR == 1 || !(($1 "\t" $2 "\t" $3) in gone) { print source, $0 }' \
			"$work/tombs" "$work/$2.tsv" >>"$work/held" ;;
	undo)
		tacit undo "$2" >"$work/out" 2>&1 || return 1
		keep held '$1 != argument' "$2"
		keep files '$1 != argument' "$2" ;;
	forget-source)	# what no other source has is forgotten
		tacit forget source "$2" --yes >"$work/out" 2>&1 || return 1
		awk -F '\t' -v source="$2" '$2 != "time" {
			act = $2 "\t" $3 "\t" $4
			if ($1 == source) mine[act] = 1
			else other[act] = 1
		} END { for (act in mine) if (!(act in other)) print act }' \
			"$work/held" >>"$work/tombs"
		keep held '$1 != argument' "$2"
		keep files '$1 != argument' "$2"
		bury ;;
	forget)
		tacit forget "$2" --yes >"$work/out" 2>&1 || grep -q 'nothing called' "$work/out" ||
			return 1
		bare=${2% (*}
		awk -F '\t' -v bare="$bare" '{ title = $4; sub(/ [(][0-9]*[)]$/, "", title) }
			title == bare { print $2 "\t" $3 "\t" $4 }' "$work/held" >>"$work/tombs"
		keep liked '{ title = $0; sub(/ [(][0-9]*[)]$/, "", title) } title != argument' "$bare"
		bury ;;
	span)
		tacit forget span "$2" "$3" --yes >"$work/out" 2>&1 || return 1
		awk -F '\t' -v from="$2" -v until="$3" '$2 >= from && $2 < until && $2 != "time" {
			print $2 "\t" $3 "\t" $4 }' "$work/held" >>"$work/tombs"
		bury ;;
	like)
		tacit like "$2" --domain films >"$work/out" 2>&1 || return 1
		if [ -z "$own" ]; then
			sources=$((sources + 1))
			own=$sources
		fi
		echo "$2" >>"$work/liked" ;;
	tell)
		tacit tell "$2" >"$work/out" 2>&1 || return 1
		grep -qxF "$2" "$work/told" || echo "$2" >>"$work/told" ;;
	untell)
		fact=$(tacit facts --json | tr '{' '\n' | grep "\"value\":\"$3\"" | number fact)
		[ -n "$fact" ] || return 0
		tacit forget fact "$fact" >"$work/out" 2>&1 || return 1
		keep told '$0 != argument' "$2" ;;
	esac
}

# The operations of one sequence, drawn by awk.
draw() {
	awk -v seed="$1" -v likable="$work/likable" -v sentences="$work/sentences" '
	function pick(n) { return int(rand() * n) + 1 }
	BEGIN {
		srand(seed)
		while ((getline line < likable) > 0) like[++likes] = line
		while ((getline line < sentences) > 0) say[++says] = line
		split("a b c d", file, " ")
		split("westerns|musicals|drama", value, "|")
		split("Alien (1979)|Brazil (1985)|Heat (1995)|Chinatown (1974)|Gattaca (1997)", title, "|")
		for (i = 1; i <= 14; i++) {
			x = rand()
			if (i <= 2 || x < 0.25) print "add|" file[pick(4)] "|"
			else if (x < 0.36) print "undo|" pick(4) "|"
			else if (x < 0.46) print "forget-source|" pick(4) "|"
			else if (x < 0.60) print "forget|" title[pick(5)] "|"
			else if (x < 0.68) {
				month = pick(3)
				printf "span|2025-%02d-05|2025-%02d-20\n", month, month
			} else if (x < 0.80) print "like|" like[pick(likes)] "|"
			else if (x < 0.92) print "tell|" say[pick(says)] "|"
			else { i2 = pick(3); print "untell|" say[i2] "|" value[i2] }
		}
	}'
}

# The vault that never had what is gone.
second() {
	in_home "$work/second" init >/dev/null || fail "a second vault"
	for source in $(cut -f 1 "$work/held" | sort -nu); do
		awk -F '\t' -v s="$source" '$1 == s { sub(/^[^\t]*\t/, ""); print }' "$work/held" \
			>"$work/left.tsv"
		[ "$(wc -l <"$work/left.tsv")" -gt 1 ] || continue
		in_home "$work/second" add "$work/left.tsv" >"$work/out" 2>&1 || {
			cat "$work/out" "$work/left.tsv"
			fail "adding what is left of source $source"
		}
	done
	# Likes have the time of their saying, which is taken over from the first vault.
	grep '"@type":"LikeAction"' "$work/one/export" >"$work/likes"
	[ "$(wc -l <"$work/likes")" -eq "$(wc -l <"$work/liked")" ] || {
		cat "$work/did" "$work/liked" "$work/likes"
		fail "sequence $number: the likes that are left"
	}
	if [ -s "$work/likes" ]; then
		{
			printf 'time\tverb\tdomain\titem\tyear\twords\n'
			sed 's/.*"startTime":"\([^"]*\)".*"name":"\([^"]*\)","datePublished":\([0-9]*\),"keywords":"\([^"]*\)".*/\1\tlike\tfilms\t\2\t\3\t\4/' \
				"$work/likes"
		} >"$work/likes.tsv"
		in_home "$work/second" add "$work/likes.tsv" >"$work/out" 2>&1 || fail "the likes"
	fi
	while read -r sentence; do
		in_home "$work/second" tell "$sentence" >/dev/null || fail "telling again"
	done <"$work/told"
}

round=0
while [ "$round" -lt "$rounds" ]; do
	number=$((seed + round))
	rm -rf "$TACIT_HOME" "$work/second" "$work/one" "$work/two"
	for file in held tombs liked told files did; do : >"$work/$file"; done
	sources=0
	own=
	done_well "a vault" tacit init
	draw "$number" >"$work/sequence"
	while IFS='|' read -r what argument more; do
		case $what in
		undo | forget-source)	# only of files that are there
			grep -q "^$argument$tab" "$work/files" || continue ;;
		esac
		echo "$what $argument $more" >>"$work/did"
		step "$what" "$argument" "$more" || {
			cat "$work/did" "$work/out"
			fail "sequence $number: the last of these works"
		}
	done <"$work/sequence"
	look "$TACIT_HOME" "$work/one"
	second
	look "$work/second" "$work/two"
	for file in export next rank why why-alien me search; do
		cmp -s "$work/one/$file" "$work/two/$file" && continue
		cat "$work/did"
		same "sequence $number: $file is that of a vault that never had it" \
			"$work/one/$file" "$work/two/$file"
	done
	round=$((round + 1))
done
echo "$rounds sequences"
