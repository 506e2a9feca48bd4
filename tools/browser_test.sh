#!/bin/sh
# Tests services' pages in Chromium against `tacit serve`, through web/client. For developers, not part
# of check.sh: needs Node 20, Chromium, openssl and a built tacit, and exits with 77 where one is not
# there. SHOTS=FOLDER keeps pictures of what is shown in frames.
set -eu
cd "$(dirname "$0")/.."
skip() {
	echo "browser_test: SKIPPED, $1" >&2
	exit 77
}
version=$(node --version 2>/dev/null) || version=
version=${version#v}
if [ "${version%%.*}" = "" ] || [ "${version%%.*}" -lt 20 ]; then
	skip "there is no Node of version 20 or later here"
fi
"${CHROMIUM:-chromium}" --version >/dev/null 2>&1 || skip "there is no ${CHROMIUM:-chromium} here"
command -v openssl >/dev/null || skip "there is no openssl here"
TACIT=${TACIT:-$PWD/${BUILD:-build}/tacit}
export TACIT
[ -x "$TACIT" ] || skip "there is no $TACIT: make"
"$TACIT" pack list 2>/dev/null | grep -q ' items of films,' || skip "there is no pack of films in packs/"
exec node --test tests/browser/
