# Whatever is wrong: one clear line that names it and a next step, a failing exit status, and the
# vault opens as before with the same content.
. "$(dirname "$0")/lib"
history 1 8 >"$work/films.tsv"
done_well "a vault" tacit init
done_well "adding" tacit add "$work/films.tsv"
tacit export >"$work/whole"
cp "$TACIT_HOME/vault.tacit" "$work/vault"

unharmed() {
	tacit export >"$work/now" 2>"$work/err" || { cat "$work/err"; fail "after $1 the vault opens"; }
	same "after $1 the vault holds the same" "$work/whole" "$work/now"
}

# bad WHAT WORDS COMMAND...
bad() {
	refused "$@"
	unharmed "$1"
}

# Exports that are none.
: >"$work/empty.csv"
bad "an empty file" 'empty.csv' tacit add "$work/empty.csv"
head -c 20000 /dev/urandom >"$work/noise.bin"
bad "random bytes" 'noise.bin' tacit add "$work/noise.bin"
cp "$work/noise.bin" "$work/noise.zip"
bad "random bytes as a zip" 'noise.zip' tacit add "$work/noise.zip"
bad "a file that is not there" 'none.csv' tacit add "$work/none.csv"
# A stored zip made by hand: one member, cut in its middle.
printf 'PK\003\004\024\000\000\000\000\000\000\000\041\000\000\000\000\000\000\020\000\000\000\020\000\000\005\000\000\000a.tsv' >"$work/cut.zip"
cat "$work/films.tsv" >>"$work/cut.zip"
bad "a truncated zip" 'cut.zip' tacit add "$work/cut.zip"
bad "a good file and then a bad one" 'noise.bin' tacit add "$work/films.tsv" "$work/noise.bin"

# UTF-16 with its mark is read. These films are there already.
if command -v iconv >/dev/null 2>&1; then
	iconv -f UTF-8 -t UTF-16 "$work/films.tsv" >"$work/wide.tsv"
	done_well "UTF-16" tacit add "$work/wide.tsv" --json
	grep -q '"duplicate":8' "$work/out" || { cat "$work/out"; fail "UTF-16 says the same"; }
	unharmed "UTF-16"
fi

# Secrets.
head -c 32 /dev/urandom >"$work/other-key"
bad "another key file" 'key' tacit log --key-file "$work/other-key"
bad "a key file that is not there" 'nokey' tacit log --key-file "$work/nokey"
head -c 3 /dev/urandom >"$work/short-key"
bad "a key file that is too short" 'short-key' tacit log --key-file "$work/short-key"
umask 077
echo "a passphrase" >"$work/passphrase"
bad "a passphrase where a key file is needed" 'key' \
	env TACIT_KEY_FILE= TACIT_PASSPHRASE_FILE="$work/passphrase" "$TACIT" log

# Commands.
bad "an unknown command" 'frobnicate&tacit --help' tacit frobnicate
bad "an unknown flag" '--frob&tacit next --help' tacit next --frob
bad "a flag without its value" '-n&tacit next --help' tacit next -n
bad "a number that is none" 'whole number&many' tacit next -n many
bad "undo of nothing" '99' tacit undo 99
bad "forgetting what is not there" 'Nonesuch&tacit search' tacit forget Nonesuch
bad "a span backwards" 'two dates' sh -c '"$0" forget span 2025-02-01 2025-01-01 2>&1 >/dev/null | head -n 1 >&2; exit 2' "$TACIT"
bad "forgetting much without a yes" '--yes' sh -c '"$0" add "$1" >/dev/null && "$0" forget all </dev/null; rc=$?; "$0" undo "$("$0" log --json | tr "{" "\n" | grep more.tsv | sed "s/.*\"source\":\([0-9]*\).*/\1/")" >/dev/null; exit $rc' \
	"$TACIT" "$({ history 9 30; history 9 20 | tail -n +2 | sed 's/T20/T23/'; } >"$work/more.tsv"; echo "$work/more.tsv")"
bad "a vault where there is one" 'tacit add' tacit init
bad "an export over a file" 'films.tsv' tacit export -o "$work/films.tsv"
bad "a home without a vault" 'tacit init' env TACIT_HOME="$work/nowhere" "$TACIT" next
bad "a backup that is none" 'films.tsv' tacit restore "$work/films.tsv"

# A disk that is full: no more than 64 blocks of 512 bytes may be written.
bad "a full disk" 'tacit: ' sh -c 'trap "" XFSZ; ulimit -f 64; exec "$0" add "$1"' "$TACIT" "$work/more.tsv"
bad "a full disk at a backup" 'backup' sh -c 'trap "" XFSZ; ulimit -f 16; exec "$0" backup "$1"' \
	"$TACIT" "$work/backup"

# A vault that is not what was written.
flip() {	# flip FILE OFFSET: one byte becomes another
	byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	printf "\\$(printf '%03o' $((byte ^ 1)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
for offset in 9000 20000 40000; do
	cp "$work/vault" "$work/held"
	cp "$TACIT_HOME/vault.tacit" "$work/held"
	flip "$TACIT_HOME/vault.tacit" "$offset"
	if tacit export >"$work/now" 2>"$work/err"; then
		same "a flipped bit is refused or beside the data" "$work/whole" "$work/now"
	else
		[ "$(wc -l <"$work/err")" -eq 1 ] || { cat "$work/err"; fail "one line about the damage"; }
		grep -Eq 'damaged|not what|page' "$work/err" || { cat "$work/err"; fail "it names the damage"; }
		grep -q 'backup' "$work/err" || { cat "$work/err"; fail "it names a next step"; }
	fi
	cp "$work/held" "$TACIT_HOME/vault.tacit"
	unharmed "a flipped bit put right"
done

# A vault of a later version: both slots of the header say 2, with right checksums.
cp "$TACIT_HOME/vault.tacit" "$work/held"
for slot in 0 4096; do
	dd if="$work/held" of="$work/slot" bs=4096 skip=$((slot / 4096)) count=1 2>/dev/null
	printf '\002' | dd of="$work/slot" bs=1 seek=8 conv=notrunc 2>/dev/null
	head -c 4064 "$work/slot" | b2sum -l 256 | cut -c 1-64 | sed 's/../\\x&/g' >"$work/sum"
	# printf of POSIX has no hexadecimal: through octal
	sed 's/\\x/ /g' "$work/sum" | tr ' ' '\n' | sed '/^$/d' | while read -r byte; do
		printf "\\$(printf '%03o' "0x$byte")"
	done | dd of="$work/slot" bs=1 seek=4064 conv=notrunc 2>/dev/null
	dd if="$work/slot" of="$TACIT_HOME/vault.tacit" bs=1 seek="$slot" conv=notrunc 2>/dev/null
done
refused "a vault of a later version" 'later|newer' tacit log
cp "$work/held" "$TACIT_HOME/vault.tacit"
unharmed "a vault of a later version put right"

# Packs that are not what was signed.
pack=$(tacit pack list | sed -n 's/^  file    //p' | head -n 1)
if [ -n "$pack" ]; then
	mkdir "$work/packs"
	cp "$pack" "$work/packs/films.pack"
	TACIT_PACKS=$work/packs
	export TACIT_PACKS
	flip "$work/packs/films.pack" 300000
	bad "a pack with another byte" 'films.pack' tacit pack verify "$work/packs/films.pack"
	bad "an answer from such a pack" 'films.pack' tacit next films
	cp "$pack" "$work/packs/films.pack"
	done_well "a signing key" tacit pack keygen "$work/sign.key"
	done_well "signing" tacit pack sign "$work/packs/films.pack" --key "$work/sign.key"
	flip "$work/packs/films.pack" 200
	bad "a pack with a wrong signature" 'signature' tacit pack verify "$work/packs/films.pack"
	bad "an answer from a pack with a wrong signature" 'signature' tacit next films
	bad "adding a pack with a wrong signature" 'signature' tacit pack add "$work/packs/films.pack"
	head -c 100000 "$pack" >"$work/packs/films.pack"
	bad "a pack cut short" 'films.pack' tacit next films
fi
