"""The baselines. Each is a function of a Stage and its parameters that yields (users, scores) until
all of stage.who are scored; baselines() says what is tried on the validation events."""

import numpy
import scipy.linalg
import scipy.sparse as sparse

BATCH = 1000


def batches(stage):
    for first in range(0, len(stage.who), BATCH):
        yield stage.who[first : first + BATCH]


def dense(matrix):
    return matrix.toarray() if sparse.issparse(matrix) else numpy.asarray(matrix)


def by_weights(stage, history, weights, again=0.0):
    """history [users, items] times weights [items, items], plus `again` for the item itself"""
    if sparse.issparse(weights) and weights.nnz > 0.03 * stage.items**2:
        weights = weights.toarray()
    for users in batches(stage):
        scores = dense(history[users] @ weights)
        if again:
            scores += again * history[users].toarray()
        yield users, scores


# ---- counts -----------------------------------------------------------------------------------


def popularity(stage):
    for users in batches(stage):
        yield users, numpy.tile(stage.taken.astype(numpy.float32), (len(users), 1))


def recent(stage, decay):
    """Counts that decay: ("own", tau) by the place in each person's own history, ("end", part) by
    the time until the last event of all, ("now", part) by the time until the person's own last
    event, without what came later; part is of the whole span, after which 1/e is left."""
    how, by = decay
    span = (stage.time.max() - stage.time.min()) * by
    if how != "now":
        weight = (
            numpy.exp(-stage.age / by)
            if how == "own"
            else numpy.exp((stage.time - stage.time.max()) / span)
        )
        counts = numpy.bincount(stage.item, weight, stage.items)
        for users in batches(stage):
            yield users, numpy.tile(counts, (len(users), 1))
        return
    now = numpy.zeros(stage.users, dtype=numpy.int64)
    numpy.maximum.at(now, stage.user, stage.time)
    order = numpy.argsort(stage.time, kind="stable")
    item, time = stage.item[order], stage.time[order]
    who = stage.who[numpy.argsort(now[stage.who], kind="stable")]
    until = numpy.searchsorted(time, now[who], side="right")
    counts, at, zero = numpy.zeros(stage.items), 0, time[0]
    for first in range(0, len(who), BATCH):
        users = who[first : first + BATCH]
        scores = numpy.empty((len(users), stage.items))
        for row, end in enumerate(until[first : first + BATCH]):
            if end > at:
                if (time[end - 1] - zero) / span > 300:  # scale before it overflows
                    counts *= numpy.exp(max((zero - time[end - 1]) / span, -700))
                    zero = time[end - 1]
                numpy.add.at(
                    counts,
                    item[at:end],
                    numpy.exp(numpy.maximum((time[at:end] - zero) / span, -700)),
                )
                at = end
            scores[row] = counts
        yield users, scores


def again(stage, decay):
    """What the person had, newest or most often first; then by count."""
    history = stage.history(decay)
    for users in batches(stage):
        yield users, history[users].toarray()


# ---- neighbours -------------------------------------------------------------------------------


def strongest(matrix, k):
    """The k largest of each row."""
    matrix = matrix.tocsr()
    keep = numpy.ones(matrix.nnz, dtype=bool)
    for row in range(matrix.shape[0]):
        first, last = matrix.indptr[row], matrix.indptr[row + 1]
        if last - first > k:
            small = numpy.argpartition(matrix.data[first:last], last - first - k)
            keep[first + small[: last - first - k]] = False
    rows = numpy.repeat(numpy.arange(matrix.shape[0]), numpy.diff(matrix.indptr))
    return sparse.csr_matrix(
        (matrix.data[keep], (rows[keep], matrix.indices[keep])), shape=matrix.shape
    )


def item_knn(stage, k, shrink, decay, again=0.0):
    """Cosine over people with shrinkage; of each item, its k nearest speak for it."""

    def similar():
        both = (stage.had.T @ stage.had).tocoo()
        norm = numpy.sqrt(both.diagonal())
        both.data /= norm[both.row] * norm[both.col] + shrink
        both.data[both.row == both.col] = 0
        return strongest(both, k).T.tocsr()

    weights = kept(stage, ("item_knn", k, shrink), similar)
    yield from by_weights(stage, stage.history(decay), weights, again)


def user_knn(stage, k, decay, again=0.0):
    """The k people (or sessions) who had most of the history; rare items say more."""
    rarity = numpy.log((1 + stage.users) / (1 + stage.had.sum(axis=0).A1))
    length = numpy.sqrt(numpy.maximum(stage.had.sum(axis=1).A1, 1))
    theirs = sparse.diags(1 / length) @ stage.had @ sparse.diags(rarity)
    history = stage.history(decay)
    for users in batches(stage):
        near = (history[users] @ theirs.T).tocsr()
        rows = numpy.repeat(numpy.arange(len(users)), numpy.diff(near.indptr))
        near.data[near.indices == users[rows]] = 0
        near = strongest(near, k)
        scores = (near @ stage.had).toarray()
        scores /= numpy.maximum(near.sum(axis=1).A1, 1e-9)[:, None]
        if again:
            scores += again * history[users].toarray()
        yield users, scores


# ---- sequences --------------------------------------------------------------------------------


def following(stage, window):
    """How often item i came behind item j, 1 / d for d places behind; of each j, the sum is 1."""
    rows, columns, weights = [], [], []
    for d in range(1, window + 1):
        same = stage.user[d:] == stage.user[:-d]
        rows.append(stage.item[:-d][same])
        columns.append(stage.item[d:][same])
        weights.append(numpy.full(same.sum(), 1.0 / d))
    matrix = sparse.coo_matrix(
        (numpy.concatenate(weights), (numpy.concatenate(rows), numpy.concatenate(columns))),
        shape=(stage.items, stage.items),
    ).tocsr()
    return matrix


def rules(stage, window, shrink, decay, again=0.0):
    def make():
        matrix = following(stage, window)
        total = matrix.sum(axis=1).A1
        return (sparse.diags(1 / (total + shrink + 1e-9)) @ matrix).astype(numpy.float32)

    weights = kept(stage, ("rules", window, shrink), make)
    yield from by_weights(stage, stage.history(decay), weights.tocsr(), again)


def markov(stage, again=0.0):
    """What came right behind the last item."""
    yield from rules(stage, 1, 0.0, ("exp", 1e-3), again)


# ---- EASE -------------------------------------------------------------------------------------


def inverse(matrix, dtype):
    """Of a positive definite matrix, which is written over."""
    lapack = scipy.linalg.get_lapack_funcs(("potrf", "potri"), dtype=dtype)
    factor, bad = lapack[0](matrix, lower=1, clean=0, overwrite_a=1)
    assert bad == 0
    half, bad = lapack[1](factor, lower=1, overwrite_c=1)
    assert bad == 0
    low = numpy.tril(half, -1)
    low += low.T
    low[numpy.diag_indices_from(low)] = numpy.diagonal(half)
    return low


class ByPeople:
    """EASE's B without forming it, where people are fewer than items: (X'X + lI)^-1 is
    (I - X' (XX' + lI)^-1 X) / l."""

    def __init__(self, x, ridge):
        gram = (x @ x.T).toarray().astype(numpy.float64)
        gram[numpy.diag_indices_from(gram)] += ridge
        self.x = x
        self.mx = (inverse(numpy.asfortranarray(gram), numpy.float64) @ x).astype(numpy.float32)
        spread = numpy.asarray(x.multiply(self.mx).sum(axis=0)).ravel()
        self.diagonal = (1 - spread) / ridge  # of the inverse
        self.ridge = ridge

    def __rmatmul__(self, history):
        inner = (history.toarray() - (history @ self.x.T).toarray() @ self.mx) / self.ridge
        return history.toarray() - inner / self.diagonal[None, :]


def ease_weights(stage, ridge):
    x = stage.had
    if stage.users < 0.7 * stage.items:
        return ByPeople(x, ridge)
    active = numpy.flatnonzero(stage.taken)
    dtype = numpy.float64 if len(active) <= 6000 else numpy.float32
    gram = (x[:, active].T @ x[:, active]).toarray().astype(dtype, order="F")
    gram[numpy.diag_indices_from(gram)] += ridge
    gram = inverse(gram, dtype)
    gram /= -numpy.diagonal(gram).copy()[None, :]
    gram[numpy.diag_indices_from(gram)] = 0
    if len(active) == stage.items:
        return gram.astype(numpy.float32, copy=False)
    weights = numpy.zeros((stage.items, stage.items), dtype=numpy.float32)
    weights[numpy.ix_(active, active)] = gram
    return weights


def ease(stage, ridge, decay=None, again=0.0):
    weights = kept(stage, ("ease", ridge), lambda: ease_weights(stage, ridge))
    yield from by_weights(stage, stage.history(decay), weights, again)


# ---- iALS -------------------------------------------------------------------------------------


def ials(stage, factors, regularisation, alpha, iterations=15):
    from implicit.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=factors,
        regularization=regularisation,
        alpha=alpha,
        iterations=iterations,
        num_threads=1,
        random_state=1,
    )
    taken = stage.matrix(numpy.ones(len(stage.item)))
    taken.data = 1 + numpy.log(taken.data)
    model.fit(taken, show_progress=False)
    for users in batches(stage):
        yield users, model.user_factors[users] @ model.item_factors.T


# ---- what is tried ----------------------------------------------------------------------------


def kept(stage, key, make):
    """The weights of the last key: neighbouring points of a search share them."""
    if stage.kept is None or stage.kept[0] != key:
        stage.kept = None
        stage.kept = key, make()
    return stage.kept[1]


DECAYS = [
    ("power", 0.5),
    ("power", 1.0),
    ("power", 2.0),
    ("exp", 1.0),
    ("exp", 3.0),
    ("exp", 10.0),
    ("exp", 30.0),
    ("exp", 100.0),
]
NOW = [("now", part) for part in (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003)]
END = [("end", part) for part in (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003)]
OWN = [("own", by) for by in (1.0, 3.0, 10.0, 30.0, 100.0)]


def baselines(events):
    """name: function, what each parameter may be; the search starts in the middle of each list.
    Where the time says nothing, neither does the place in the history."""
    ordered = events.clock != "nothing"
    self = {"again": [0.0, 0.1, 0.3, 1.0, 3.0]} if events.repeats else {}
    plain = [None, ("power", 0.0)] if events.repeats else [None]
    near = {"k": [3, 10, 30, 100, 300, 1000], "shrink": [0.0, 3.0, 10.0, 30.0, 100.0]}
    ridge = {"ridge": [3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0]}
    if events.items > 10_000 and events.users > events.items:  # a minute for each
        ridge = {"ridge": [100.0, 300.0, 1000.0]}
    out = {"popularity": (popularity, {})}
    if ordered:
        out["recent"] = (recent, {"decay": (NOW + END if events.clock == "clock" else []) + OWN})
    if events.repeats:
        out["again"] = (again, {"decay": plain[1:] + DECAYS})
    out["item-kNN"] = (item_knn, {"decay": plain, **near, **self})
    if ordered:
        out["item-kNN decayed"] = (item_knn, {"decay": DECAYS, **near, **self})
    out["user-kNN"] = (
        user_knn,
        {"decay": plain + (DECAYS[:6] if ordered else []), "k": [10, 30, 100, 300, 1000], **self},
    )
    out["EASE"] = (ease, {"decay": plain, **self, **ridge})
    if ordered:
        out["EASE decayed"] = (ease, {"decay": DECAYS, **self, **ridge})
        out["Markov"] = (markov, self)
        out["rules"] = (
            rules,
            {
                "decay": [("exp", 1e-3)] + DECAYS[:6],
                **self,
                "window": [1, 3, 10, 30, 100],
                "shrink": [0.0, 3.0, 10.0, 30.0, 100.0],
            },
        )
    out["iALS"] = (
        ials,
        {
            "factors": [32, 64, 128],
            "alpha": [1.0, 3.0, 10.0, 30.0, 100.0, 300.0],
            "regularisation": [0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0],
        },
    )
    return out
