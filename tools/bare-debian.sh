#!/bin/sh
# Proves that tacit builds, runs and passes its checks on a bare Debian 12 that has nothing but what
# packages.txt names: makes a minimal system in a temporary folder, copies a clean checkout of HEAD
# in, runs ./run.sh and ./check.sh there, and removes everything. Needs root and debootstrap.
#
#	tools/bare-debian.sh [deep|soak]	the depth of check.sh there
#
# DEBIAN_MIRROR: the mirror to use, default this machine's own. KEEP=1 leaves the folder.
set -eu
cd "$(dirname "$0")/.."

if [ "$(id -u)" -ne 0 ]; then
	echo "bare-debian.sh: run it as root: debootstrap and chroot need that" >&2
	exit 2
fi
if ! command -v debootstrap >/dev/null 2>&1; then
	echo "bare-debian.sh: install debootstrap first" >&2
	exit 2
fi

# The first Debian mirror of the machine's sources, in either form; else the public one.
own_mirror() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
		/etc/apt/sources.list.d/*.sources 2>/dev/null |
		awk '/^#/ { next }
			$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^https?:.*\/debian\/?$/) { print $i; exit } }
			$1 == "URIs:" { for (i = 2; i <= NF; i++) if ($i ~ /\/debian\/?$/) { print $i; exit } }'
}
mirror=${DEBIAN_MIRROR:-$(own_mirror)}
mirror=${mirror:-http://deb.debian.org/debian}

root=$(mktemp -d)
chmod 755 "$root"	# apt fetches as a user of its own
mounted=
clean() {
	status=$?
	trap - EXIT INT TERM
	[ -z "$mounted" ] || umount "$root/proc" || umount -l "$root/proc" || exit 2
	if [ -n "${KEEP:-}" ]; then
		echo "bare-debian.sh: kept $root" >&2
	else
		rm -rf --one-file-system "$root"
	fi
	exit "$status"
}
trap clean EXIT
trap 'exit 2' INT TERM

echo "bare-debian.sh: bookworm from $mirror in $root" >&2
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || {
	tail -20 "$root.log" >&2
	rm -f "$root.log"
	exit 1
}
rm -f "$root.log"
cp /etc/resolv.conf "$root/etc/resolv.conf"
# What apt needs to reach the mirror from here is needed there too.
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy*; do
	[ ! -f "$file" ] || cp "$file" "$root/etc/apt/apt.conf.d/"
done
mount -t proc proc "$root/proc"
mounted=1
mkdir "$root/tacit"
git archive HEAD | tar -x -C "$root/tacit"

inside() {
	chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
		sh -c 'cd /tacit && exec "$@"' sh "$@"
}

status=0
inside ./run.sh || { echo "bare-debian.sh: run.sh failed" >&2; status=1; }
inside ./check.sh "$@" || { echo "bare-debian.sh: check.sh failed" >&2; status=1; }
exit "$status"
