# The log of what happened: every byte of it is checked, an old vault is noticed, a receipt that was
# touched does not hold, and a witness signs.
. "$(dirname "$0")/lib"
need_asker
shop=https://shop.example
done_well "a vault" tacit init
says "nothing yet" '0 logs' tacit proof
for type in rank choose; do
	done_well "a grant" tacit grant $shop --type $type --precision order
done
done_well "a third" tacit grant https://other.example --type answer --facts age,likes
done_well "revoking" tacit revoke 1
says "two logs" '2 logs with 4 entries&4 receipts' tacit proof
tacit proof --json | grep -q '"logs":2,"entries":4,"receipts":4' || fail "the same for programs"
says "where a log is" 'folder .*/log/&key +tacit.local/' tacit proof log shop.example
log=$(sed -n 's/^folder *//p' "$work/out")
key=$(sed -n 's/^key *//p' "$work/out")

flip() {	# flip FILE OFFSET: one byte becomes another
	byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	printf "\\$(printf '%03o' $((byte ^ 1)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# One byte of each file, at its start, in its middle, at its end; and each file gone.
cp -a "$log" "$work/log"
# Partial tiles of smaller logs were superseded: nothing is read from them any more.
find "$log" -type f | grep -v "\.p/[12]\$" | sort >"$work/files"
[ "$(wc -l <"$work/files")" -ge 3 ] || fail "a log has a checkpoint, a tile and entries"
while read -r file; do
	size=$(wc -c <"$file")
	name=${file#"$log"/}
	for offset in 0 $((size / 2)) $((size - 1)); do
		flip "$file" "$offset"
		refused "byte $offset of $name" "$name&shop.example&proof --mend" tacit proof
		flip "$file" "$offset"
	done
	mv "$file" "$work/away"
	refused "without $name" "$name&missing&shop.example&proof --mend" tacit proof
	mv "$work/away" "$file"
done <"$work/files"
says "all put right" '2 logs with 4 entries' tacit proof

# Mending writes the files anew, from the vault, and only when told.
tile=$(grep tile "$work/files" | head -n 1)
flip "$tile" 0
refused "damage stays" '.' tacit proof
refused "and stays" '.' tacit proof
says "mended" '2 logs with 4 entries' tacit proof --mend
says "mended for good" '2 logs with 4 entries' tacit proof
rm -r "$log"
says "a log that is gone altogether" '2 logs with 4 entries' tacit proof --mend
while read -r file; do
	same "the file is the same to the byte" "$work/log/${file#"$log"/}" "$file"
done <"$work/files"

# A receipt that somebody holds.
tacit receipt 1 --json >"$work/receipt" || fail "a receipt with its proof"
says "a receipt holds" 'It holds: entry 0 of 3' tacit receipt check "$work/receipt"
(
	unset TACIT_KEY_FILE
	TACIT_HOME=$work/nowhere "$TACIT" receipt check "$work/receipt" >/dev/null
) || fail "no vault is needed for that"
says "it was seen" 'what others have seen is part of it' tacit proof --seen "$work/receipt"
for change in 's/"tacit:precision":"order"/"tacit:precision":"facts"/' 's/"tacit:usesLeft":1000/"tacit:usesLeft":1001/' \
	's/"dct:created":"2/"dct:created":"1/' 's/"salt":"\(.\)\(.\)/"salt":"\2\1/'; do
	sed "$change" "$work/receipt" >"$work/forged"
	cmp -s "$work/receipt" "$work/forged" && continue	# two equal letters of the salt
	refused "a receipt after $change" '.' tacit receipt check "$work/forged"
	tacit receipt check "$work/forged" >/dev/null 2>&1
	[ $? -eq 1 ] || fail "exit status 1"
done
printf 'log %s\nquorum none\n' "$key" >"$work/policy"
says "by a policy" 'a key of your policy' tacit receipt check "$work/receipt" --policy "$work/policy"
other=$(tacit proof log other.example --json | sed 's/.*"vkey":"\([^"]*\)".*/\1/')
printf 'log %s\nquorum none\n' "$other" >"$work/wrong"
refused "by the policy of another log" '.' tacit receipt check "$work/receipt" --policy "$work/wrong"

# An old copy of the vault is loud, in reading and in writing.
cp "$TACIT_HOME/vault.tacit" "$work/old"
cp -a "$TACIT_HOME" "$work/old-home"
done_well "one more" tacit grant $shop --type choose --precision silent
new=$(tacit receipt -n 1 --json | number number)
tacit receipt "$new" --json >"$work/newest"
cp "$TACIT_HOME/vault.tacit" "$work/new"
cp "$work/old" "$TACIT_HOME/vault.tacit"
refused "an old vault" 'the vault went back&shop.example' tacit proof
refused "an old vault is not mended" 'the vault went back' tacit proof --mend
refused "nothing is written on an old vault" 'the vault went back' tacit grant $shop
cp "$work/new" "$TACIT_HOME/vault.tacit"
says "the vault again" '2 logs with 5 entries' tacit proof
# A whole old home looks well; who holds a receipt knows better.
says "an old home" 'would not be noticed' in_home "$work/old-home" proof
refused "an old home before a receipt" '.' in_home "$work/old-home" proof --seen "$work/newest"

# Nor does mending hide that others have seen another log, or that the log is ahead of the vault.
cp "$log/checkpoint" "$work/seen"
cp -a "$TACIT_HOME" "$work/new-home"
in_home "$work/old-home" grant $shop --type rank >/dev/null || fail "another history"
refused "two faces" 'others have seen' in_home "$work/old-home" proof --seen "$work/seen"
refused "two faces, mended" 'others have seen' in_home "$work/old-home" proof --seen "$work/seen" --mend
cp "$work/old" "$work/new-home/vault.tacit"
flip "$work/new-home/log/${log##*/}/tile/0/000.p/4" 0
refused "damage on top of an old vault" 'the vault went back' in_home "$work/new-home" proof --mend
echo x >"$work/old-home/log/${log##*/}/checkpoint"
refused "asking of a damaged log" 'damaged&proof --mend' in_home "$work/old-home" grant $shop

# A witness: it trusts the log, signs what continues, and a policy asks for its signature.
refused "a witness that is not there" '--name' tacit witness "$work/w"
says "a new one" 'trusts&key +witness.example' tacit witness "$work/w" --name witness.example --trust "$key"
witness=$(sed -n 's/^key *//p' "$work/out")
printf 'log %s\nlog %s\nwitness w %s\nquorum w\n' "$key" "$other" "$witness" >"$work/policy"
refused "no witness signed" '.' tacit proof --policy "$work/policy"
doors_open "$work/w/tacit.sock" "$TACIT" witness "$work/w" --port 0
done_well "what it is to see" tacit proof request shop.example
cp "$work/out" "$work/body"
"$asker" "$socket" POST /add-checkpoint <"$work/body" >"$work/reply"
sed -n 1p "$work/reply" | grep -q 200 || { cat "$work/reply"; fail "the witness signs"; }
"$asker" "$socket" POST /add-checkpoint <"$work/body" | sed -n 1p | grep -q 409 || fail "not twice from nothing"
sed 1d "$work/reply" >"$work/answer"
says "its signature is taken" 'signature' tacit proof cosign shop.example "$work/answer" --witness "$witness"
tacit proof request other.example >"$work/body"
"$asker" "$socket" POST /add-checkpoint <"$work/body" | sed -n 1p | grep -q 404 || fail "it does not know every log"
doors_close
done_well "trust" tacit witness "$work/w" --trust "$other"
doors_open "$work/w/tacit.sock" "$TACIT" witness "$work/w" --port 0
"$asker" "$socket" POST /add-checkpoint <"$work/body" | sed 1d >"$work/answer"
done_well "the other" tacit proof cosign other.example "$work/answer" --witness "$witness"
doors_close
says "both logs were seen" 'the quorum of your policy' tacit proof --policy "$work/policy"
refused "another witness's key" '.' tacit proof cosign shop.example "$work/answer" --witness "$witness"
