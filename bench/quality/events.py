"""Events, split and measured as `tacit eval --protocol leave-one-out` does it (src/train/split.c,
src/gate/evaluate.c): of each person the last event tests and the one before validates, all items
are ranked, and what the person had is no candidate unless people of the set take things again. A
test item that is no candidate counts as a miss. Items and people are numbered by first appearance.
"""

import json

import numpy
import scipy.sparse as sparse


class Events:
    """user u has events start[u] .. start[u + 1] - 1 in `item` and `time`, oldest first"""

    def __init__(self, folder):
        about = json.loads((folder / "set.json").read_text())
        self.name, self.repeats, self.clock = about["name"], about["repeats"], about["time"]
        users, items, rows = {}, {}, []
        with open(folder / "interactions.tsv", encoding="utf-8") as file:
            next(file)
            for line in file:
                user, item, time = line.rstrip("\n").split("\t")[:3]
                rows.append(
                    (
                        users.setdefault(user, len(users)),
                        items.setdefault(item, len(items)),
                        int(time),
                    )
                )
        user, item, time = numpy.array(rows, dtype=numpy.int64).T
        order = numpy.lexsort((numpy.arange(len(rows)), time, user))
        self.item, self.time = item[order], time[order]
        self.users, self.items = len(users), len(items)
        self.start = numpy.concatenate([[0], numpy.cumsum(numpy.bincount(user))])


class Stage:
    """What is learned from (events start[u] .. end[u] - 1 of each user, which are their history
    too) and, for each of `who`, the item that came next."""

    def __init__(self, events, testing):
        length = numpy.diff(events.start)
        fit = numpy.where(length >= 2, length - 1, length)
        if not testing:
            held = fit >= 2
            fit = numpy.where(held, fit - 1, fit)
        else:
            held = length >= 2
        self.kept = None  # weights, see methods.kept
        self.events, self.items, self.users = events, events.items, events.users
        self.length = fit
        self.user = numpy.repeat(numpy.arange(events.users), fit)
        place = numpy.arange(fit.sum()) - numpy.repeat(numpy.cumsum(fit) - fit, fit)
        at = events.start[self.user] + place
        self.place, self.item, self.time = place, events.item[at], events.time[at]
        self.age = fit[self.user] - 1 - place  # 0 = the newest
        self.who = numpy.flatnonzero(held)
        self.next = events.item[(events.start[:-1] + fit)[self.who]]
        self.target = numpy.full(events.users, -1)
        self.target[self.who] = self.next
        self.taken = numpy.bincount(self.item, minlength=self.items)
        # by count, ties by the lower number: what popularity says, and how other ties break
        self.by_count = numpy.lexsort((numpy.arange(self.items), -self.taken))
        self.rank_by_count = numpy.empty(self.items, dtype=numpy.int64)
        self.rank_by_count[self.by_count] = numpy.arange(self.items)
        self.had = self.matrix(numpy.ones(len(self.item), dtype=numpy.float32))
        self.had.data[:] = 1

    def matrix(self, weight):
        """users x items; what was had several times has the sum of its weights"""
        return sparse.csr_matrix(
            (weight.astype(numpy.float32), (self.user, self.item)), shape=(self.users, self.items)
        )

    def history(self, decay):
        """decay: None (had or not), ("power", p): (1 + r)^-p, ("exp", tau): exp(-r / tau)"""
        if decay is None:
            return self.had
        kind, by = decay
        if kind == "power":
            return self.matrix((1.0 + self.age) ** -by)
        return self.matrix(numpy.exp(-self.age / by))

    def ranks(self, users, scores):
        """The rank of each user's next item; scores [users, items] is written over."""
        target = self.target[users]
        if not self.events.repeats:
            had = self.had[users]
            rows = numpy.repeat(numpy.arange(len(users)), numpy.diff(had.indptr))
            scores[rows, had.indices] = -numpy.inf
        own = scores[numpy.arange(len(users)), target][:, None]
        before = self.rank_by_count[None, :] < self.rank_by_count[target][:, None]
        rank = (scores > own).sum(axis=1) + ((scores == own) & before).sum(axis=1)
        return numpy.where(own[:, 0] == -numpy.inf, self.items, rank)


def figures(ranks):
    """NDCG@10 and HR@10, each (mean, standard error)."""
    gain = numpy.where(ranks < 10, 1 / numpy.log2(ranks + 2.0), 0.0)
    return [
        (float(x.mean()), float(x.std(ddof=1) / len(x) ** 0.5))
        for x in (gain, (ranks < 10).astype(float))
    ]
