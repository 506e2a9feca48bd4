"""Tunes each baseline on the validation events, fits it again with them, tests it once.

measure.py WORK RESULTS [--methods NAME,...] [SET...]
"""

import argparse
import json
import pathlib
import sys
import time

import numpy

import events as data
import methods


def run(stage, method, point):
    """The ranks of the next items, in the order of stage.who."""
    rank = numpy.full(stage.users, -1)
    for users, scores in method(stage, **point):
        rank[users] = stage.ranks(users, scores)
    assert (rank[stage.who] >= 0).all()
    return rank[stage.who]


def tune(stage, method, axes):
    """The point with the highest NDCG@10: along one axis after the other, from the middle of each,
    until a whole round changes nothing. Returns it, its NDCG@10 and how many were tried."""
    tried = {}

    def value(point):
        key = tuple(point.values())
        if key not in tried:
            tried[key] = data.figures(run(stage, method, point))[0][0]
        return tried[key]

    point, before = {name: values[len(values) // 2] for name, values in axes.items()}, None
    while point != before:
        before = point
        for name, values in axes.items():
            point = max(({**point, name: choice} for choice in values), key=value)
    return point, value(point), len(tried)


def update(path, name, change):
    """Applies change(result of the set) to the file, as it is now; returns that result."""
    path = pathlib.Path(path)
    results = json.loads(path.read_text()) if path.exists() else {}
    change(results.setdefault(name, {}))
    path.write_text(json.dumps(results, indent=1) + "\n")
    return results[name]


def chosen(work, names):
    """The folders of the named sets that are converted, or of all."""
    for name in names or sorted(path.parent.name for path in work.glob("*/set.json")):
        if (work / name / "set.json").exists():
            yield work / name
        else:
            print(f"{name}: SKIPPED, it is not converted", file=sys.stderr)


def measure(folder, results, only):
    events = data.Events(folder)
    valid, test = data.Stage(events, False), data.Stage(events, True)
    about = {
        "users": events.users,
        "items": events.items,
        "events": len(events.item),
        "tested": len(test.who),
        "repeats": events.repeats,
        "time": events.clock,
    }
    update(results, events.name, lambda result: result.update(about))
    for name, (method, axes) in methods.baselines(events).items():
        if only and name not in only:
            continue
        began = time.monotonic()
        point, on_validation, tried = tune(valid, method, axes)
        tuned = time.monotonic()
        ndcg, hr = data.figures(run(test, method, point))
        done = time.monotonic()
        figures = {
            "ndcg": ndcg,
            "hr": hr,
            "point": point,
            "validation": on_validation,
            "tried": tried,
            "tuning_s": round(tuned - began, 1),
            "seconds": round(done - tuned, 1),
        }
        update(
            results,
            events.name,
            lambda result: result.setdefault("methods", {}).update({name: figures}),
        )
        print(
            f"{events.name:16} {name:17} NDCG@10 {ndcg[0]:.4f} +- {ndcg[1]:.4f}  "
            f"HR@10 {hr[0]:.4f} +- {hr[1]:.4f}  {tuned - began:6.0f} s tuning  "
            f"{done - tuned:5.1f} s  {point}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("results")
    parser.add_argument("--methods", default="")
    parser.add_argument("sets", nargs="*")
    options = parser.parse_intermixed_args()
    only = options.methods.split(",") if options.methods else []
    for folder in chosen(options.work, options.sets):
        measure(folder, options.results, only)


if __name__ == "__main__":
    main()
