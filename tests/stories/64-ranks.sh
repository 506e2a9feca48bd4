# Two processes of one thread make the pack of one process with two, to the bit.
. "$(dirname "$0")/lib"
"$TACIT" --version | grep -q 'Open MPI' || skip "tacit was built without Open MPI (make MPI=1)"
command -v mpirun >/dev/null || skip "there is no mpirun (package openmpi-bin)"
awk 'BEGIN {
	print "user\titem\ttime\t@day"
	for (u = 0; u < 300; u++)
		for (t = 0; t < 20 + u % 9; t++)
			printf "u%d\ti%d\t%d\td%d\n", u, (u * 37 + t * (1 + u % 5)) % 700, t, t % 3
}' >"$work/events.tsv"
both() {	# both LABEL OPTIONS...: with and without mpirun
	label=$1
	shift
	set -- train --interactions "$work/events.tsv" --name shared "$@"
	"$TACIT" "$@" --threads 2 -o "$work/one.pack" >"$work/one" 2>"$work/err" || {
		grep -q 'install the package' "$work/err" && skip "there is no OpenBLAS"
		cat "$work/err"
		fail "$label: one process trains"
	}
	# as root in a container, on however few cores, over shared memory alone
	mpirun --allow-run-as-root --oversubscribe --mca btl self,vader -n 2 \
		"$TACIT" "$@" --threads 1 -o "$work/two.pack" >"$work/two" 2>"$work/err" || {
		cat "$work/err"
		fail "$label: two processes train"
	}
	cmp "$work/one.pack" "$work/two.pack" || fail "$label: the pack is the same to the bit"
	[ "$(grep -c 'held-out events' "$work/two")" = 1 ] || fail "$label: one of them prints"
}
fast='--dim 64 --epochs 3 --dropout 20'
# shellcheck disable=SC2086
{
	both "the processor's own products" $fast
	TACIT_GEMM=sgemm both "products in float" $fast
	TACIT_GEMM=sgemm both "those of any machine" $fast --portable
	both "a sample of the items" $fast --negatives 100
}
# Only mpirun's processes with the same data belong together.
sed 2d "$work/events.tsv" >"$work/other.tsv"
# shellcheck disable=SC2016
if mpirun --allow-run-as-root --oversubscribe --mca btl self,vader -n 2 sh -c \
	'f=$1/events.tsv; [ "$OMPI_COMM_WORLD_RANK" = 0 ] || f=$1/other.tsv
	exec "$0" train --interactions "$f" --name x -o "$1/x.pack" --threads 1 --dim 32 --epochs 1 \
		--dropout 10' "$TACIT" "$work" >"$work/out" 2>"$work/err"; then
	fail "processes with different data are refused"
fi
grep -q 'the processes read different data' "$work/err" || { cat "$work/err"; fail "it says why"; }
[ ! -e "$work/x.pack" ] || fail "and there is no pack"
