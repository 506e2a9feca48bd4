"""What `implicit` needs for the same answers as bench/answer.c, one thread, invented factors.

    implicit_speed.py ITEMS DIM EVENTS RUNS

Prints microseconds: fold-in of a history and the first ten of all items (p50, p99), the same for
100 given items, and seconds for an iteration of training on 800,000 events of 6,040 people.
"""

import sys
import time

import numpy as np
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares


def times(runs, call):
    """Microseconds of each call."""
    out = []
    for run in range(runs):
        began = time.perf_counter()
        call(run)
        out.append(1e6 * (time.perf_counter() - began))
    return np.percentile(out, [50, 99])


def main():
    items, dim, events, runs = map(int, sys.argv[1:5])
    random = np.random.default_rng(1)
    model = AlternatingLeastSquares(factors=dim, num_threads=1, use_gpu=False)
    model.item_factors = random.normal(size=(items, dim)).astype(np.float32) / dim
    model.user_factors = random.normal(size=(1, dim)).astype(np.float32)
    histories = []
    for _ in range(min(runs, 100)):
        taken = random.choice(items, events, replace=False)
        histories.append(sparse.csr_matrix((np.ones(events, np.float32),
                                            (np.zeros(events, int), taken)), (1, items)))
    given = random.choice(items, 100, replace=False)
    all_of = times(runs, lambda run: model.recommend(
        0, histories[run % len(histories)], N=10, recalculate_user=True))
    of_given = times(runs, lambda run: model.recommend(
        0, histories[run % len(histories)], N=100, recalculate_user=True, items=given,
        filter_already_liked_items=False))
    people, catalogue, rows = 6040, 3416, 800000
    table = sparse.csr_matrix((np.ones(rows, np.float32),
                               (random.integers(people, size=rows),
                                random.integers(catalogue, size=rows))), (people, catalogue))
    trained = AlternatingLeastSquares(factors=dim, iterations=1, num_threads=1, use_gpu=False)
    began = time.perf_counter()
    trained.fit(table, show_progress=False)
    print(*(f"{value:.1f}" for value in (*all_of, *of_given)),
          f"{time.perf_counter() - began:.2f}")


if __name__ == "__main__":
    main()
