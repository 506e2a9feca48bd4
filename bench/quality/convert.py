"""Public data sets as the two tables that `tacit train` reads.

        convert.py DATA WORK [SET...]

writes WORK/SET/interactions.tsv (user item time, and @ columns where the moment is known),
items.tsv (item title creator year words, with | between words; where the set says anything of its
items; only items that somebody took) and set.json (whether people take things again, what the time
is).
A set whose files are absent is skipped, and said so.
"""

import csv
import hashlib
import html
import json
import pathlib
import re
import sys


def lines(path, encoding="utf-8"):
    with open(path, encoding=encoding, errors="replace", newline="") as file:
        for line in file:
            yield line.rstrip("\r\n")


def table(path, separator="\t", encoding="utf-8"):
    """The rows behind the header line, cut at each separator (no quotes)."""
    rows = (line.split(separator) for line in lines(path, encoding))
    next(rows)
    return rows


def plain(text):
    return " ".join(html.unescape(text).split())


def year_of(title):
    found = re.search(r"\((\d{4})\)\s*$", title)
    return found.group(1) if found else ""


def film(item, title, genres):
    return item, title, "", year_of(title), genres


def shuffled(pairs):
    """(user, item) pairs, each user's in the order of a hash: the order says nothing."""

    def key(pair):
        return hashlib.sha256("\t".join(pair).encode()).digest()

    last, time, events = None, 0, []
    for user, item in sorted(set(pairs), key=lambda pair: (pair[0], key(pair))):
        time = time + 1 if user == last else 1
        events.append((user, item, time))
        last = user
    return events


def sequences(path):
    """Lines "user item item ...", oldest first; the time is the place."""
    for line in lines(path):
        user, *items = line.split()
        for place, item in enumerate(items, 1):
            yield user, item, place


# ---- one function for each set: events, items -------------------------------------------------


def ml_1m(data):
    items = [
        film(*row) for row in (line.split("::") for line in lines(data / "movies.dat", "latin-1"))
    ]
    return sequences(data / "sequences.tsv"), items


def ml_100k(data):
    events = ((r[0], r[1], r[3]) for r in (line.split("\t") for line in lines(data / "u.data")))
    genre = [line.split("|")[0] for line in lines(data / "u.genre") if "|" in line]
    items = []
    for row in (line.split("|") for line in lines(data / "u.item", "latin-1")):
        words = "|".join(name for name, flag in zip(genre, row[5:]) if flag == "1")
        items.append(film(row[0], row[1], words))
    return events, items


def ml_latest_small(data):
    events = ((r[0], r[1], r[3]) for r in table(data / "ratings.csv", ","))
    with open(data / "movies.csv", encoding="utf-8", newline="") as file:
        items = [film(*row) for row in list(csv.reader(file))[1:]]
    return events, items


def s3rec(name):
    def read(data):
        attributes = json.loads((data / f"{name}_item2attributes.json").read_text())
        items = [
            (item, item, "", "", "|".join(f"attribute{a}" for a in dict.fromkeys(of)))
            for item, of in attributes.items()
        ]
        return sequences(data / f"{name}.txt"), items

    return read


def grocery(data):
    items = [(r[0], r[0], "", "", f"category{r[1]}") for r in table(data / "item_meta.csv")]
    return table(data / "train.csv"), items


def yoochoose(data):
    def events():
        for part in "train_full", "test":
            for session, item, time in table(data / f"yoochoose-clicks-100k_{part}.txt"):
                yield session, item, round(float(time) * 1000)

    return events(), None


def hetrec_lastfm(data):
    items = [(r[0], plain(r[1]), "", "", "") for r in table(data / "artists.dat")]
    return shuffled((r[0], r[1]) for r in table(data / "user_artists.dat")), items


def steam(data):
    pairs = {
        (r[0], r[1])
        for part in ("play", "purchase")
        for r in table(data / f"steam/game_{part}.dat")
    }
    items = [(r[0], plain(r[1]), "", "", "") for r in table(data / "steam/item_info.dat")]
    return shuffled(pairs), items


def anime(data):
    pairs = [(r[0], r[1]) for r in table(data / "anime/anime_history.dat")]
    items = [
        (r[0], plain(r[1]), "", "", f"{r[2].replace(', ', '|')}|{r[3]}")
        for r in table(data / "anime/anime_info.dat")
    ]
    return shuffled(pairs), items


def frappe(data):
    rows = table(data / "frappe/frappe.csv")
    # cnt is how often and cost is the app's own: neither is of the moment
    events = [
        (r[0], r[1], line, *("" if value == "unknown" else value for value in r[3:7] + r[8:]))
        for line, r in enumerate(rows, 1)
    ]
    # columns: item package category downloads developer icon language description name ...
    items = [
        (r[0], plain(r[8]) if r[8] != "unknown" else r[1], plain(r[4]), "", plain(r[2]))
        for r in table(data / "frappe/meta.csv")
    ]
    return events, items


def foursquare(data):
    events = []
    for user, item, minute in (line.split("\t") for line in lines(data / "checkins.tsv")):
        # which weekday the first one is, nothing says
        day, hour = divmod(int(minute) // 60, 24)
        events.append((user, item, minute, f"day{day % 7}", f"hour{hour // 4 * 4}"))
    items = []
    for venue, north, east in (line.split("\t") for line in lines(data / "NYC_POI.tsv")):
        cell = f"cell{round(float(north) * 100)}x{round(float(east) * 100)}"
        items.append((str(int(float(venue))), str(int(float(venue))), "", "", cell))
    return events, items


def tripadvisor(data):
    rows = list(table(data / "Data_TripAdvisor_v2.csv", ","))
    items = {r[1]: (r[1], r[1], "", "", f"{r[5]}|{r[6]}|{r[7]}") for r in rows}
    return shuffled((r[0], r[1]) for r in rows), list(items.values())


# name: folder, reader, whether people take things again, what the time is:
#   "clock"   one clock for all people
#   "order"   the place in the person's own sequence, oldest first
#   "nothing" a hash: the order says nothing
SETS = {
    "ml-1m": ("ml-1m", ml_1m, False, "order"),
    "ml-100k": ("ml-100k", ml_100k, False, "clock"),
    "ml-latest-small": ("ml-latest-small", ml_latest_small, False, "clock"),
    "s3rec-toys": ("s3rec", s3rec("Toys_and_Games"), False, "order"),
    "s3rec-lastfm": ("s3rec", s3rec("LastFM"), False, "order"),
    "grocery": ("rechorus-grocery", grocery, False, "clock"),
    "yoochoose": ("yoochoose-100k", yoochoose, True, "clock"),
    "hetrec-lastfm": ("hetrec-lastfm", hetrec_lastfm, False, "nothing"),
    "steam": ("caserec-steam", steam, False, "nothing"),
    "anime": ("caserec-anime", anime, False, "nothing"),
    "frappe": ("carskit/Mobile_Frappe", frappe, True, "order"),
    "foursquare-nyc": ("foursquare-nyc", foursquare, True, "clock"),
    "tripadvisor": ("carskit/Travel_TripAdvisor_v2", tripadvisor, False, "nothing"),
}


# name: what is known of the moment of an event, behind user, item, time
MOMENTS = {
    "frappe": ("daytime", "weekday", "isweekend", "homework", "weather", "country", "city"),
    "foursquare-nyc": ("weekday", "daypart"),
}


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("\t".join(header) + "\n")
        for row in rows:
            file.write("\t".join(str(cell) for cell in row) + "\n")


def convert(name, data, work):
    folder, read, repeats, time = SETS[name]
    data, work = data / folder, work / name
    if not data.is_dir():
        print(f"{name}: SKIPPED, there is no {data}", file=sys.stderr)
        return False
    events, items = read(data)
    events = list(events)
    work.mkdir(parents=True, exist_ok=True)
    moment = tuple(f"@{feature}" for feature in MOMENTS.get(name, ()))
    write(work / "interactions.tsv", ("user", "item", "time", *moment), events)
    (work / "items.tsv").unlink(missing_ok=True)
    if items is not None:
        taken = {event[1] for event in events}
        write(
            work / "items.tsv",
            ("item", "title", "creator", "year", "words"),
            (item for item in items if item[0] in taken),
        )
    (work / "set.json").write_text(
        json.dumps({"name": name, "repeats": repeats, "time": time}) + "\n"
    )
    return True


def main():
    data, work, *names = sys.argv[1:]
    for name in names or SETS:
        if name not in SETS:
            sys.exit(f"there is no set {name}; the sets: {' '.join(SETS)}")
        convert(name, pathlib.Path(data), pathlib.Path(work))


if __name__ == "__main__":
    main()
