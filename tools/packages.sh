#!/bin/sh
# Installs the Debian packages of packages.txt (and those given as arguments) that are missing;
# touches nothing where all are there, and nothing but packages anywhere.
set -eu
cd "$(dirname "$0")/.."
if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "packages: no dpkg here; install what packages.txt names by your own means" >&2
	exit 0
fi
missing=
for package in $(sed 's/#.*//' packages.txt) "$@"; do
	# shellcheck disable=SC2016
	dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' ||
		missing="$missing $package"
done
[ -n "$missing" ] || exit 0
as_root=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "packages: missing, and no sudo to install them with:$missing" >&2
		exit 1
	fi
	as_root=sudo
fi
echo "packages: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -q update >&2
# shellcheck disable=SC2086
$as_root apt-get -q install -y --no-install-recommends $missing >&2
