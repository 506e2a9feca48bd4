#!/bin/sh
# Builds tacit and shows what it does.
#
#	./run.sh		an invented person; touches nothing of yours
#	./run.sh FILE...	reads your exports into your vault, then shows what it makes of them
#
# TACIT_HOME says where the vault is (default ~/.local/share/tacit); TACIT_PASSPHRASE_FILE serves
# where nobody can type.
set -eu
root=$(cd "$(dirname "$0")" && pwd)
tacit=$root/build/tacit

for file in "$@"; do
	if [ ! -e "$file" ]; then
		echo "run.sh: there is no $file; give the exports that you have, or nothing for a demo" >&2
		exit 2
	fi
done
"$root/tools/packages.sh"
make -s -C "$root" -j2
if [ $# -eq 0 ]; then
	exec "$tacit" demo
fi
home=${TACIT_HOME:-$HOME/.local/share/tacit}
if [ ! -e "$home/vault.tacit" ]; then
	"$tacit" init
fi
"$tacit" add "$@"
"$tacit" me
"$tacit" next
