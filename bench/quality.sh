#!/bin/sh
# Measures tacit beside tuned baselines on public data sets, and writes docs/quality.md. For
# developers, not part of check.sh: needs Python 3 with venv, and PyPI the first time.
#
#	bench/quality.sh [--baselines | --tacit | --report] [--budget TIME] [--threads N] [SET...]
#
# Without SETs, all that are there; a set that is absent is skipped, and said so. Baselines use one
# thread; tacit has --threads (default 2) and --budget (default 2m to 15m, by the number of events).
#
#	TACIT_DATA	where the sets are, default ../shared/data
#	TACIT_QUALITY	for the Python packages and converted sets, default ~/.cache/tacit-quality
#	TACIT		the program, default build/tacit
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
data=${TACIT_DATA:-$root/../shared/data}
work=${TACIT_QUALITY:-${XDG_CACHE_HOME:-$HOME/.cache}/tacit-quality}
tacit=${TACIT:-$root/build/tacit}
here=$root/bench/quality
results=$here/results.json

baselines=yes run=yes budget= threads=2
while [ $# -gt 0 ]; do
	case $1 in
	--baselines) run=no ;;
	--tacit) baselines=no ;;
	--report) baselines=no run=no ;;
	--budget | --threads)
		if [ $# -lt 2 ]; then
			echo "quality.sh: $1 needs a value" >&2
			exit 2
		fi
		if [ "$1" = --budget ]; then budget=$2; else threads=$2; fi
		shift
		;;
	-*)
		sed -n 's/^# \{0,1\}//; 2,/^set/p' "$0" | sed '$d' >&2
		exit 2
		;;
	*) break ;;
	esac
	shift
done

python=$work/venv/bin/python
if [ ! -x "$python" ]; then
	mkdir -p "$work"
	python3 -m venv "$work/venv"
fi
if ! "$python" -c 'import numpy, scipy, implicit' 2>/dev/null; then
	"$python" -m pip install --quiet -r "$here/requirements.txt"
fi
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1

status=0
if [ $baselines = yes ] || [ $run = yes ]; then
	"$python" "$here/convert.py" "$data" "$work" "$@"
fi
if [ $baselines = yes ]; then
	nice -n 10 "$python" "$here/measure.py" "$work" "$results" "$@"
fi
if [ $run = yes ]; then
	if [ ! -x "$tacit" ]; then
		echo "quality.sh: there is no $tacit; make builds it, or TACIT names it" >&2
		exit 2
	fi
	unset OMP_NUM_THREADS OPENBLAS_NUM_THREADS
	"$python" "$here/tacit_eval.py" "$tacit" "$work" "$results" \
		${budget:+--budget "$budget"} --threads "$threads" "$@" || status=1
fi
"$python" "$here/report.py" "$results"
exit $status
