"""Runs `tacit eval` on the converted sets and keeps its figures beside those of the baselines.

        tacit_eval.py TACIT WORK RESULTS [--budget TIME] [--threads N] [SET...]

That both see the same split is checked: popularity must have the same figures in both.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

from measure import chosen, update


def budget_for(interactions):
    """What the default gives: more for more events."""
    with open(interactions, "rb") as file:
        events = sum(1 for line in file)
    return "15m" if events > 700_000 else "5m" if events > 200_000 else "2m"


def evaluate(tacit, folder, budget, threads):
    about = json.loads((folder / "set.json").read_text())
    command = [
        tacit,
        "eval",
        "--json",
        "--protocol",
        "leave-one-out",
        "--interactions",
        folder / "interactions.tsv",
        "--budget",
        budget,
        "--threads",
        str(threads),
        "--seen",
        "include" if about["repeats"] else "exclude",
    ]
    if (folder / "items.tsv").exists():
        command += ["--items", folder / "items.tsv"]
    began = time.monotonic()
    out = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    figures = json.loads(out)
    return {
        "ndcg": [figures["NDCG@10"], figures["NDCG@10_se"]],
        "hr": [figures["HR@10"], figures["HR@10_se"]],
        "popular": [figures["popular_NDCG@10"], figures["popular_HR@10"]],
        "tested": figures["users"],
        "budget": budget,
        "params": figures["params"],
        "seconds": round(time.monotonic() - began, 1),
    }


def same_split(result):
    """Whether popularity is the same here and there; True where it was not measured here."""
    mine = result.get("methods", {}).get("popularity")
    return mine is None or (
        result["tested"] == result["tacit"]["tested"]
        and all(
            abs(ours[0] - theirs) < 1e-4
            for ours, theirs in zip((mine["ndcg"], mine["hr"]), result["tacit"]["popular"])
        )
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tacit")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("results")
    parser.add_argument("--budget")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("sets", nargs="*")
    options = parser.parse_intermixed_args()
    failed = False
    for folder in chosen(options.work, options.sets):
        budget = options.budget or budget_for(folder / "interactions.tsv")
        try:
            figures = evaluate(options.tacit, folder, budget, options.threads)
        except subprocess.CalledProcessError as error:
            print(f"{folder.name}: tacit eval FAILED ({error.returncode})", file=sys.stderr)
            failed = True
            continue
        result = update(options.results, folder.name, lambda kept: kept.update(tacit=figures))
        print(
            f"{folder.name:16} tacit             NDCG@10 {figures['ndcg'][0]:.4f}  "
            f"HR@10 {figures['hr'][0]:.4f}  {figures['seconds']:.0f} s  {figures['params']}",
            flush=True,
        )
        if not same_split(result):
            print(
                f"{folder.name}: FAILED, popularity differs: the splits are not the same",
                file=sys.stderr,
            )
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
