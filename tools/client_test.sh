#!/bin/sh
# Tests web/client, what services put on their pages. For developers, not part of check.sh: needs Node
# 20, and exits with 77 where there is none.
set -eu
cd "$(dirname "$0")/.."
version=$(node --version 2>/dev/null) || version=
version=${version#v}
if [ "${version%%.*}" = "" ] || [ "${version%%.*}" -lt 20 ]; then
	echo "client_test: SKIPPED, there is no Node of version 20 or later here" >&2
	exit 77
fi
exec node --test tests/client/
