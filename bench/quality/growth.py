"""Growth of training and answering with the data, from growth.json (bench/growth.sh), as text."""

import json
import math

WIDTH = 40


def bars(rows, title, unit, key):
    """One bar for each row, its length by the logarithm, so that straight growth is straight."""
    values = [row[key] for row in rows]
    low, high = math.log(min(values) / 2), math.log(max(values))
    lines = [f"{title}, {unit} (bars by the logarithm)"]
    for row, value in zip(rows, values):
        bar = "#" * max(1, round(WIDTH * (math.log(value) - low) / (high - low)))
        lines.append(f"{row['items']:>10,} items {row['events']:>11,} events  {value:>10.4g}  {bar}")
    return [*lines, ""]


def slope(rows, key):
    """By which power of the events the figure grows, from the first row to the last."""
    first, last = rows[0], rows[-1]
    return math.log(last[key] / first[key]) / math.log(last["events"] / first["events"])


def section(path):
    """Lines for docs/quality.md; none without the file."""
    if not path.exists():
        return []
    rows = json.loads(path.read_text())
    if not rows:
        return []
    lines = [
        "## Growth",
        "",
        "Interactions by a known process (`bench/make_events.c`), measured by `bench/growth.sh` on a",
        "machine with other work, two threads. Training is everything, from reading the table to the",
        "pack; `next` is a whole call of the program, opening and checking the pack included (p50 and the",
        "slowest of 21); a",
        "ranking is fold-in of a history and the first ten of all items. NDCG@10 is of each person's last",
        "event, which nothing was chosen by; the ceiling is arithmetic on the process.",
        "",
        "| items | events | epochs | train s | peak GB | pack MB | check s | link s | `next` p50 s | most s "
        "| rank p50 ms | p99 ms | NDCG@10 | popularity | ceiling |",
        "|" + "---:|" * 15,
    ]
    for row in rows:
        epochs = row["params"].split("epochs=")[1].split()[0]
        lines.append(
            f"| {row['items']:,} | {row['events']:,} | {epochs} | {row['train_s']:.0f} "
            f"| {row['peak_bytes'] / 1e9:.2f} | {row['pack_bytes'] / 1e6:.0f} "
            f"| {row['verify_s']:.2f} | {row['link_s']:.2f} "
            f"| {row['next_p50_s']:.2f} | {row['next_p99_s']:.2f} "
            f"| {row['rank_p50_us'] / 1e3:.2f} | {row['rank_p99_us'] / 1e3:.2f} "
            f"| {row['NDCG@10']:.4f} | {row['popular_NDCG@10']:.4f} "
            f"| {row['ceiling_NDCG@10']:.4f} |"
        )
    lines += ["", "```"]
    for row in rows:
        epochs = int(row["params"].split("epochs=")[1].split()[0])
        again = int(row["params"].split("refit=")[1].rstrip(")").split(")")[0])
        row["per_event"] = 1e6 * row["train_s"] / row["events"] / (epochs + again)
    lines += bars(rows, "Training", "seconds", "train_s")
    lines += bars(rows, "Training", "microseconds for each event and epoch", "per_event")
    lines += bars(rows, "Memory at its height", "bytes", "peak_bytes")
    lines += bars(rows, "The pack", "bytes", "pack_bytes")
    lines += bars(rows, "A ranking", "microseconds, p50", "rank_p50_us")
    if len(rows) > 1:
        lines.append(
            f"From the first row to the last, time for each event and epoch grows as events^"
            f"{slope(rows, 'per_event'):.2f},"
        )
        lines.append(
            f"memory as events^{slope(rows, 'peak_bytes'):.2f}, "
            f"the pack as events^{slope(rows, 'pack_bytes'):.2f}."
        )
    return [*lines, "```", ""]
