/* The table of subcommands: what help, completion and the man pages are checked against. */
#include "cmd.h"

#define KEY_FILE { "key-file", "FILE", "a key file instead of a passphrase" }
#define DOMAIN { "domain", "NAME", "films, series, music, books, games ..." }
#define TRAINING \
	{ "interactions", "F.tsv", "columns user, item, time" }, \
	{ "items", "I.tsv", "columns item, title [creator] [year] [words]" }, \
	{ "budget", "TIME", "90s, 2m, 1h (default 15m)" }, \
	{ "seen", "HOW", "exclude (default) or include what was had already" }, \
	{ "seed", "N", "another random start (default 1)" }, \
	{ "threads", "N", "(default 2)" }, \
	{ "dim", "D", "instead of choosing on validation events" }, \
	{ "epochs", "E", "likewise" }, \
	{ "negatives", "N", "items that a step looks at (default by the catalogue's size)" }, \
	{ "dropout", "PERCENT", "likewise; with all three nothing is searched" }, \
	{ "portable", NULL, "the same bits on every machine with AVX2" }

const struct cmd_command cmd_commands[] = {
	{ "status", "", "what there is, what to do next",
	  "What the vault holds and what to do next; the same as tacit alone.",
	  "  $ tacit\n  Your vault holds 1,204 events on 987 things ...", cmd_status,
	  { KEY_FILE } },
	{ "demo", "", "an invented person with a known taste; touches nothing of yours",
	  "Walks through add, me, next, why, whatif and forget on an invented person.",
	  "  $ tacit demo", cmd_demo, { { NULL, NULL, NULL } } },
	{ "init", "", "make your vault",
	  "Makes an encrypted vault. The passphrase is asked twice; TACIT_PASSPHRASE_FILE or\n"
	  "--key-file serve scripts.",
	  "  $ tacit init\n  A passphrase for your vault:", cmd_init,
	  { KEY_FILE, { "memory", "MIB", "memory of Argon2id (default 256)" } } },
	{ "unlock", "", "keep the vault open for a while",
	  "Starts a small process that keeps the key in guarded memory, so that the next\n"
	  "commands ask for nothing.",
	  "  $ tacit unlock --minutes 60", cmd_unlock,
	  { KEY_FILE, { "minutes", "N", "without use before it locks (default 15)" } } },
	{ "lock", "", "close it again", "Ends what tacit unlock started.", "  $ tacit lock",
	  cmd_lock, { { NULL, NULL, NULL } } },
	{ "rekey", "", "change the passphrase",
	  "A new passphrase or key file; --all draws a new master key and writes every page anew.",
	  "  $ tacit rekey\n  The new passphrase:", cmd_rekey,
	  { KEY_FILE, { "all", NULL, "encrypt everything anew" },
	    { "new-passphrase-file", "FILE", "for scripts" },
	    { "new-key-file", "FILE", "a key file from now on" } } },
	{ "backup", "FILE", "write a sealed copy",
	  "Writes a consistent encrypted copy that opens with the same secret.",
	  "  $ tacit backup tacit-2026-11.backup", cmd_backup, { KEY_FILE } },
	{ "restore", "FILE", "put a backup in place",
	  "Puts a backup in the vault's place. What was forgotten since the backup stays\n"
	  "forgotten when the vault that is there opens with the same secret.",
	  "  $ tacit restore tacit-2026-11.backup", cmd_restore, { KEY_FILE } },
	{ "add", "FILE...", "read exports",
	  "Reads exports: files, zip archives, folders; the kind is found from the content.\n"
	  "Every row is accounted for; the same file twice adds nothing.",
	  "  $ tacit add NetflixViewingHistory.csv\n"
	  "  1  NetflixViewingHistory.csv (netflix-short)\n"
	  "     read 812, kept 812, known already 0",
	  cmd_add, { KEY_FILE, { "user", "N", "whose rows, in a data set with many people" },
		     { "remember", NULL, "take back in what was forgotten" } } },
	{ "watch", "FOLDER", "add exports as they arrive",
	  "Adds each file of a folder as tacit add does, and each that is new or changed once it\n"
	  "was closed and quiet for two seconds. A file that is refused is not tried again until\n"
	  "it changes. Nothing is watched unless you ask; Ctrl-C ends it.",
	  "  $ tacit watch ~/Downloads/exports\n  $ tacit watch --once ~/Downloads/exports",
	  cmd_watch, { KEY_FILE, { "once", NULL, "add what is there and end" } } },
	{ "fetch", "[URL...]", "bring what is new in the feeds that you follow",
	  "Asks the server of each feed that you follow (from an OPML file, or added with --add)\n"
	  "for what is new, and reads it as tacit add does; or of the given addresses alone,\n"
	  "which are not kept. What leaves the machine is that request, no cookies, no name.\n"
	  "A feed that failed is left alone for 1 h, 2 h, 4 h ... 7 days unless you give it.\n"
	  "Nothing is fetched unless you ask.",
	  "  $ tacit fetch --add https://news.example/feed.xml\n  $ tacit fetch", cmd_fetch,
	  { KEY_FILE, { "add", NULL, "follow these addresses from now on" },
	    { "timeout", "SECONDS", "for one download (default 60)" } } },
	{ "undo", "N", "remove an import exactly",
	  "Removes what source N brought; tacit log has the numbers.", "  $ tacit undo 3",
	  cmd_undo, { KEY_FILE } },
	{ "log", "[N]", "what was added",
	  "The sources; of one of them what became of each row, and what is never stored.",
	  "  $ tacit log\n  $ tacit log 3", cmd_log, { KEY_FILE } },
	{ "kinds", "[KIND]", "what is read of which files",
	  "The exports that tacit reads: the fields that it uses, those that it never stores,\n"
	  "and what they cannot tell.",
	  "  $ tacit kinds spotify", cmd_kinds, { { 0 } } },
	{ "tell", "SENTENCE", "say something about yourself",
	  "What you say outranks what was guessed: \"I love X\", \"I like X\", \"less X\",\n"
	  "\"no X\", \"my K is V\". X is a genre, a creator, a word of a title.",
	  "  $ tacit tell \"no horror\"\n  Understood as: avoids = horror. ...", cmd_tell,
	  { KEY_FILE } },
	{ "facts", "", "what you said", "What you said, with the numbers to take it back.",
	  "  $ tacit facts\n  $ tacit forget fact 2", cmd_facts, { KEY_FILE } },
	{ "me", "", "what is known and guessed about you",
	  "What the vault knows, domain by domain, and what it guesses from it.", "  $ tacit me",
	  cmd_me, { KEY_FILE } },
	{ "drift", "[DOMAIN]", "when your taste moved, and by what",
	  "The changes of your taste: when, from what to what, by which of your events. A change\n"
	  "is shown where the order of what you took says it; in a random order of the same\n"
	  "things it would say so in 5 of 100 cases at most. With dates: two times compared, or\n"
	  "the list as it was at the end of a day, with what you said since.",
	  "  $ tacit drift films\n  $ tacit drift films --from 2019-03-01 --until 2019-12-31\n"
	  "  $ tacit drift films --at 2019-03-01", cmd_drift,
	  { KEY_FILE, { "from", "DATE", "compare what was before this day with it and after" },
	    { "until", "DATE", "up to the end of this day (default: all)" },
	    { "at", "DATE", "the list as it was then" },
	    { "n", "K", "with --at, how many (default 10)" } } },
	{ "next", "[DOMAIN]", "what to watch, read, hear, play, buy next",
	  "The best of the domain's catalogue for you, with the reasons. Without a pack for the\n"
	  "domain: what you are likely to return to, from your own history. Where the pack\n"
	  "knows weekdays and parts of the day, it goes by your clock.",
	  "  $ tacit next films -n 3", cmd_next,
	  { KEY_FILE, { "n", "K", "how many (default 10)" },
	    { "surprise", "PERCENT", "this share from outside your profile" },
	    { "sure", "PERCENT", "only what has at least this chance; else: I don't know" },
	    { "variety", "PERCENT", "less of the same: how much likeness costs, 0 to 100" },
	    { "anyway", NULL, "what many take, where nothing is known of you" },
	    { "long", NULL, "what the next year holds, not what comes next" },
	    { "moment", "F=VALUE...", "what is known of now (weather=sunny)" } } },
	{ "rank", "[DOMAIN]", "order a given list",
	  "Orders the titles of a file, one on each line (\"Title\", \"Title (1999)\", or title,\n"
	  "tab, creator). What the catalogue does not have goes by its words, as something that\n"
	  "few take; titles without a known word come last.",
	  "  $ tacit rank -f tonight.txt", cmd_rank,
	  { KEY_FILE, { "f", "FILE", "the list, - for the standard input" } } },
	{ "why", "TITLE", "the exact sum behind a suggestion",
	  "Every term of the item's score, and its rank in a history without that cause.",
	  "  $ tacit why \"Alien (1979)\"", cmd_why,
	  { KEY_FILE, DOMAIN, { "n", "K", "how many causes (default 12)" },
	    { "long", NULL, "of the list for the next year (tacit next --long)" } } },
	{ "like-this", "TITLE", "what people take after one thing",
	  "The things of a catalogue by what this one alone adds to their scores: from the pack,\n"
	  "without your history and without how many take them. It is about the thing, not about\n"
	  "you; but what you never want stays out. A title that no catalogue has goes by its\n"
	  "words.",
	  "  $ tacit like-this \"Alien (1979)\" -n 3\n"
	  "  ...\n"
	  "  1  Aliens (1986)                                                     +1.524\n"
	  "  2  Terminator, The (1984)                                            +1.252\n"
	  "  3  Planet of the Apes (1968)                                         +1.165",
	  cmd_like_this,
	  { KEY_FILE, DOMAIN, { "n", "K", "how many (default 10)" } } },
	{ "whatif", "CHANGE", "the difference, before it happens",
	  "forget TITLE, forget event N, forget source N, like TITLE, dislike TITLE, done TITLE,\n"
	  "no WORD, love WORD: the list before and after. Nothing is changed.",
	  "  $ tacit whatif forget Alien", cmd_whatif,
	  { KEY_FILE, DOMAIN, { "n", "K", "of how many (default 10)" } } },
	{ "like", "TITLE", "more like this", "Says that you like it; the next answer knows.",
	  "  $ tacit like \"Alien (1979)\"", cmd_feedback, { KEY_FILE, DOMAIN } },
	{ "dislike", "TITLE", "less like this", "Says that you do not; the next answer knows.",
	  "  $ tacit dislike Titanic", cmd_feedback, { KEY_FILE, DOMAIN } },
	{ "done", "TITLE", "you have had it", "Says that you have watched, read, played it.",
	  "  $ tacit done Heat", cmd_feedback, { KEY_FILE, DOMAIN } },
	{ "not-me", "TITLE", "that was somebody else",
	  "Keeps the events and lets them count for nothing.", "  $ tacit not-me Barney",
	  cmd_feedback, { KEY_FILE, DOMAIN } },
	{ "now", "[WORD...]", "what matters at this moment, often nothing",
	  "When to leave, a place for lunch, a piece of news, a walk to the goal: from your own\n"
	  "data, each with its numbers (--why). Nothing is said of a kind that you have not\n"
	  "allowed, nothing in quiet hours, at most three a day; one in eight is withheld at\n"
	  "random, so that the scorecard knows what each kind does for you.\n"
	  "Words: on KIND..., off [KIND...], at TIME..., quiet 22:00-07:00 [leave], cap N,\n"
	  "holdout PERCENT, settings, card, try RULE (\"no politics\", on the last 500 items of\n"
	  "your feeds); and of prompt N: used N, dismissed N, creepy N.\n"
	  "--at makes a moment of the past again, with what was not said, and records nothing.",
	  "  $ tacit now on leave steps\n  $ tacit now --why\n"
	  "  $ tacit now --at \"2026-03-29 08:00\" --why\n"
	  "  $ tacit now --notify          every few minutes, from a timer", cmd_now,
	  { KEY_FILE, { "at", "TIME", "that moment again, \"2026-11-22 08:00\"" },
	    { "why", NULL, "the numbers behind each" },
	    { "all", NULL, "also what is not said, and why not" },
	    { "look", NULL, "record nothing" },
	    { "hook", "PROGRAM", "run for each with its kind, words, and JSON on stdin" },
	    { "notify", NULL, "as a notification of the desktop" } } },
	{ "places", "[WORD...]", "where you are at home, at work, and often",
	  "Places from your location history, with home and work where it is sure (from 80 % on).\n"
	  "Your word is final: home N, work N, call N NAME, not home N, not work N.\n"
	  "next: where you go from where you are, with the counts behind each chance.\n"
	  "changes: what is other than when you looked last; nothing is kept by that.",
	  "  $ tacit places\n  $ tacit places home 1\n  $ tacit places call 3 Gym", cmd_places,
	  { KEY_FILE, { "at", "TIME", "as of then" }, { "all", NULL, "more than twenty" } } },
	{ "worth", "[DOMAIN]", "what each source is worth to you",
	  "The exact Shapley value of each source for the hit rate of the first ten suggestions\n"
	  "on your own latest things, with a range.", "  $ tacit worth films", cmd_worth,
	  { KEY_FILE } },
	{ "forget", "WHAT", "forget for good",
	  "TITLE, event N, source N, fact N, domain NAME, span FROM UNTIL, all. The bytes are\n"
	  "wiped, and no import or old backup brings them back.",
	  "  $ tacit forget span 2019-03-01 2019-04-01", cmd_forget,
	  { KEY_FILE, { "yes", NULL, "do not ask (nor does --json)" } } },
	{ "search", "WORDS", "find in your vault", "Finds things and facts by their words.",
	  "  $ tacit search alien", cmd_search, { KEY_FILE, { "n", "K", "(default 20)" } } },
	{ "export", "", "everything, as JSON-LD",
	  "Writes everything that the vault holds as JSON-LD with schema.org's names.",
	  "  $ tacit export -o me.jsonld", cmd_export,
	  { KEY_FILE, { "o", "FILE", "instead of the standard output" } } },
	{ "asks", "[yes N | no N]", "what services ask you, and your answer",
	  "The asks that wait for you, each on a card of at most 60 words. Yes makes a grant for\n"
	  "just this; without --precision the service is told nothing and only you see the order.\n"
	  "After a no it cannot ask you this again for 30 days.",
	  "  $ tacit asks\n  3\n"
	  "     https://shop.example (\"Shop\") asks about your films.\n"
	  "     Leaves: your order of the first 5 of 12 things.\n"
	  "     For: recommending\n     Back: nothing said.\n     Kept: not at all.\n\n"
	  "     tacit asks yes 3   (it is told nothing)\n"
	  "     tacit asks no 3\n"
	  "     tacit asks yes 3 --precision order   (what it asks for)", cmd_asks,
	  { KEY_FILE, { "precision", "NOTCH", "silent (default) up to what is asked for" } } },
	{ "grant", "SERVICE", "let a service ask, and say what it is told",
	  "A service is the origin of a web page (https://shop.example) or a program with a key\n"
	  "(ed25519:KEY). It needs two things: to be let in (--ask or --token), and a grant that\n"
	  "says what may leave. The notches: off, silent (nothing leaves), subset (a drawn part),\n"
	  "order, reasons, facts. --facts names what you said; for questions: likes, had, age.",
	  "  $ tacit grant https://shop.example --precision order --until 90d\n"
	  "  https://shop.example may ask to rank films, for recommending: what leaves is\n"
	  "  your order of its list. It has 1,000 answers until 2027-02-20 and keeps\n"
	  "  nothing.\n"
	  "  $ tacit grant https://shop.example --ask\n"
	  "  $ TOKEN=$(tacit grant https://shop.example --token)", cmd_grant,
	  { KEY_FILE, { "ask", NULL, "only let a page in: a code, good once for ten minutes" },
	    { "token", NULL, "only let a program in: its token, shown once" },
	    { "domain", "NAME", "films (default), series, music ..." },
	    { "type", "TYPE", "rank (default), choose, answer, disclose" },
	    { "purpose", "PURPOSE", "default ProvidePersonalisedRecommendations" },
	    { "precision", "NOTCH", "default: where the dial starts" },
	    { "facts", "A,B", "what answer and disclose may be about" },
	    { "until", "WHEN", "2027-02-21 or 90d (default 90d)" },
	    { "count", "N", "answers (default 1000)" },
	    { "epsilon", "E", "for drawn lists, all together (default 1 at subset)" },
	    { "keep", "DAYS", "it may keep an answer so long (default 0)" },
	    { "back", "WHAT", "any, or at least \"0.50 EUR\" for each answer" },
	    { "agreement", "NAME", "such as ieee-7012:SD-BASE" } } },
	{ "grants", "[N]", "what is granted",
	  "All grants with how far the dial lets them go; with a number or uid the signed\n"
	  "agreement.", "  $ tacit grants\n  $ tacit grants 2", cmd_grants, { KEY_FILE } },
	{ "revoke", "N|SERVICE", "take a grant back, at once",
	  "By the number of tacit grants, by uid, or all of a service. The next ask is refused.\n"
	  "--shut also makes its token void.",
	  "  $ tacit revoke 2\n  1 grant is revoked. In force already: the next ask is refused.\n"
	  "  $ tacit revoke https://shop.example --shut", cmd_revoke,
	  { KEY_FILE, { "shut", NULL, "shut the service out" } } },
	{ "value", "[accept SERVICE]", "what left, what came back",
	  "For each service: what it asked, what left, what became of the answers, the price of\n"
	  "a useful one, and what follows from these: keep, narrower, wider, leave.",
	  "  $ tacit value\n  $ tacit value accept https://shop.example", cmd_value,
	  { KEY_FILE } },
	{ "comfort", "[DOMAIN | SERVICE NOTCH | start NOTCH]", "the dial, and what each notch is "
	  "worth",
	  "What each notch would have been worth to you, measured on your own latest things, and\n"
	  "what leaves with it. With a notch: the most that a service gets from now on, or where\n"
	  "new grants start.",
	  "  $ tacit comfort films\n  $ tacit comfort https://shop.example silent\n"
	  "  $ tacit comfort start subset\n  $ tacit comfort --cap 5", cmd_comfort,
	  { KEY_FILE, { "cap", "E", "the epsilon that all services may have together" } } },
	{ "creepy", "RECEIPT", "that was too much: lower the dial",
	  "One notch below what that answer was, for that service, at once; and no reasons.",
	  "  $ tacit creepy 12\n"
	  "  Lowered for https://shop.example, at once: from \"order\" to \"subset\".", cmd_creepy,
	  { KEY_FILE } },
	{ "receipt", "[N [WHAT] | check FILE]", "what was asked and answered",
	  "The latest receipts, or one: by its number or uid. WHAT says what became of an answer:\n"
	  "used, kept, ignored, dismissed, creepy; or settled: its promise came. check looks at\n"
	  "one that somebody holds: no vault is needed, and the exit status is 1 where it does\n"
	  "not hold.",
	  "  $ tacit receipt\n  $ tacit receipt 12\n  $ tacit receipt 12 used\n"
	  "  $ tacit receipt 12 --json >receipt.json\n"
	  "  $ tacit receipt check receipt.json", cmd_receipt,
	  { KEY_FILE, { "n", "K", "how many (default 20)" },
	    { "policy", "FILE", "for check: whose keys count (C2SP tlog-policy)" } } },
	{ "proof", "[log|request|cosign SERVICE]", "verify the logs",
	  "Verifies every byte of every log, offline, and that each receipt is in its log.\n"
	  "log SERVICE shows where its log is and its key; request SERVICE writes what a witness\n"
	  "takes, cosign SERVICE FILE takes its answer.",
	  "  $ tacit proof\n  $ tacit proof --seen receipt.json\n"
	  "  $ tacit proof request https://shop.example | curl -s --data-binary @- \\\n"
	  "      http://127.0.0.1:7381/add-checkpoint >answer\n"
	  "  $ tacit proof cosign https://shop.example answer --witness KEY", cmd_proof,
	  { KEY_FILE, { "seen", "FILE", "a receipt or checkpoint from elsewhere is part of it" },
	    { "policy", "FILE", "its witnesses have to have signed (C2SP tlog-policy)" },
	    { "mend", NULL, "write damaged files anew from the vault" },
	    { "old", "N", "for request: entries that the witness has seen (default 0)" },
	    { "witness", "KEY", "for cosign: the witness's key" } } },
	{ "check", "FILE", "for developers: what an ask would show",
	  "The card that the person would see, and where the ask asks for more than it needs.\n"
	  "Needs no vault. --example writes an ask of a type: rank, choose, answer, disclose.",
	  "  $ tacit check --example rank >ask.json\n  $ tacit check ask.json", cmd_check,
	  { { "example", NULL, "write a fresh ask, good for a minute" },
	    { "service", "ORIGIN", "whose (default https://shop.example)" },
	    { "precision", "NOTCH", "of the example (default order)" } } },
	{ "serve", "", "open the doors to services",
	  "Answers the services that you let in: on a socket in the home and on the loopback\n"
	  "address of this machine, nowhere else. Ends with Ctrl-C.",
	  "  $ tacit serve\n  socket  /home/ada/.local/share/tacit/tacit.sock\n"
	  "  http    http://127.0.0.1:7380", cmd_serve,
	  { KEY_FILE, { "port", "N", "default 7380; 0 takes a free one" },
	    { "no-http", NULL, "only the socket" } } },
	{ "sandbox", "", "for developers: the doors of an invented person",
	  "A temporary home with an invented person, a service that is let in, a token, and a\n"
	  "line to try it with. Removed at the end; nothing of yours is touched.",
	  "  $ tacit sandbox --service https://shop.example --precision order", cmd_sandbox,
	  { { "port", "N", "default 7382; 0 takes a free one" },
	    { "service", "ORIGIN", "who is let in (default https://shop.example)" },
	    { "precision", "NOTCH", "of its grant (default order)" } } },
	{ "witness", "FOLDER", "witness other people's logs",
	  "Signs checkpoints of the logs that it trusts, each only if it continues what it saw\n"
	  "before. The first time it needs a name. --trust adds a log and is done.",
	  "  $ tacit witness w --name witness.example --trust LOG-KEY\n  $ tacit witness w",
	  cmd_witness,
	  { { "name", "NAME", "of a new witness" },
	    { "trust", "KEY", "a log's key, as tacit proof log shows it" },
	    { "port", "N", "default 7381; 0 takes a free one" } } },
	{ "pack", "VERB [FILE]", "catalogues and their models",
	  "list, show FILE, verify FILE, add FILE, sign FILE --key KEY, keygen KEY.",
	  "  $ tacit pack verify films.pack", cmd_pack,
	  { { "key", "FILE", "the signing key" } } },
	{ "train", "[DATA]", "make a pack from interactions",
	  "Learns a pack from a table of interactions, or from a MovieLens folder or zip as\n"
	  "GroupLens ships it.",
	  "  $ tacit train ml-latest.zip --name films-large -o films-large.pack", cmd_train,
	  { { "name", "NAME", "of the pack" }, { "o", "FILE", "where to write it" },
	    { "domain", "NAME", "films, books ... (default films)" },
	    { "licence", "TEXT", "of the data, for the pack's provenance" },
	    { "checkpoint", "FILE", "keeps the state there; goes on from it" }, TRAINING } },
	{ "eval", "[DATA]", "measure the method on held-out events",
	  "Trains without the test events (parameters chosen on validation events only, then\n"
	  "fitted again) and ranks all items for each person. With cold-items, a tenth of the\n"
	  "items is left out instead and ranked from their words alone, beside tf-idf. With\n"
	  "context, columns that begin with @ (@weather) say in what moment an event was, and\n"
	  "the chance of taking a thing in it is measured beside a factorisation machine.\n"
	  "--bandit estimates what other ways to choose would have earned from a log of shown\n"
	  "items and clicks (CSV of the Open Bandit data), learned on its earlier half.",
	  "  $ tacit eval --interactions ratings.tsv --protocol leave-one-out\n"
	  "  $ tacit eval --bandit random.csv --target bts.csv", cmd_eval,
	  { { "bandit", "LOG", "replay a log of shown items and clicks instead" },
	    { "target", "LOG2", "for --bandit: a log of another policy, to check against" },
	    { "protocol", "P", "leave-one-out (default), last-fifth, later-people, time, "
	      "cold-items, context" },
	    TRAINING } },
};

const size_t cmd_command_count = sizeof(cmd_commands) / sizeof(cmd_commands[0]);
