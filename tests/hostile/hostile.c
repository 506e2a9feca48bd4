/*
 * Makes files that are meant to do harm, or that are merely broken, for the story of that name:
 *   hostile FOLDER [all]
 * Each entry of the folder is one thing to give to `tacit add`. Nothing here is committed as a file,
 * because they are large, and scanners take some of them for what they are.
 */
#include "hostile.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *folder;
bool hostile_all;

const char hostile_table[] = "time\tverb\ttitle\tcreator\tvalue\n"
	"2020-01-02T03:04:05Z\twatch\tA film\tSomebody\t\n"
	"2020-01-03T03:04:05Z\tread\tA book\tSomebody else\t4\n";

const char *hostile_path(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

void hostile_put(const void *data, size_t size, const char *name, ...)
{
	char path[400];
	va_list arguments;
	FILE *file;

	va_start(arguments, name);
	vsnprintf(path, sizeof(path), name, arguments);
	va_end(arguments);
	file = fopen(hostile_path(path), "wx");
	if (file == NULL || (size > 0 && fwrite(data, size, 1, file) != 1) || fclose(file) != 0)
		err(1, "%s", path);
}

void hostile_text(struct bytes *out, const char *format, ...)
{
	char text[4096];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (bytes_append_text(out, text) != 0)
		errx(1, "no memory");
}

void hostile_repeat(struct bytes *out, const char *text, size_t times)
{
	while (times-- > 0)
		if (bytes_append_text(out, text) != 0)
			errx(1, "no memory");
}

static void make_folder(const char *name)
{
	if (mkdir(hostile_path(name), 0700) != 0)
		err(1, "%s", name);
}

static void make_socket(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int made = socket(AF_UNIX, SOCK_STREAM, 0);

	/* In the folder, because a path to a socket must be short. */
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
	if (chdir(folder) != 0 || bind(made, (struct sockaddr *)&address, sizeof(address)) != 0)
		err(1, "%s", name);
	close(made);
}

/* What stands in a folder and is no file, and names that try to steer a terminal. */
static void make_others(void)
{
	static const char *const names[] = { "escape \x1b]0;title\x07.tsv", "line\nbreak.tsv",
					     "-rf", "quote'\".tsv", "not utf-8 \xff.tsv" };
	char path[600];
	size_t i;

	hostile_put("", 0, "empty.csv");
	hostile_put("\n\n\n", 3, "only-lines.csv");
	make_folder("folder-like-a-file.csv");
	make_folder("folder-like-a-zip.zip");
	hostile_put(hostile_table, strlen(hostile_table), "folder-like-a-zip.zip/inside.tsv");
	make_folder("folder-with-all");
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		hostile_put(hostile_table, strlen(hostile_table), "%s", names[i]);
		hostile_put(hostile_table, strlen(hostile_table), "folder-with-all/%s", names[i]);
	}
	if (mkfifo(hostile_path("pipe.csv"), 0600) != 0 ||
	    mkfifo(hostile_path("folder-with-all/pipe.csv"), 0600) != 0 ||
	    symlink("/etc/passwd", hostile_path("link.csv")) != 0 ||
	    symlink("/etc", hostile_path("folder-with-all/etc")) != 0 ||
	    symlink("loop.csv", hostile_path("loop.csv")) != 0 ||
	    symlink("nowhere.csv", hostile_path("dangling.csv")) != 0 ||
	    symlink("..", hostile_path("folder-with-all/up")) != 0 ||
	    symlink("/dev/zero", hostile_path("zero.csv")) != 0 ||
	    symlink("/dev/null", hostile_path("null.csv")) != 0)
		err(1, "links and pipes");
	hostile_put(hostile_table, strlen(hostile_table), "unreadable.tsv");
	if (chmod(hostile_path("unreadable.tsv"), 0) != 0)
		err(1, "unreadable.tsv");
	snprintf(path, sizeof(path), "deep-folder");
	make_folder(path);
	for (i = 0; i < 50; i++) {
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "/d");
		make_folder(path);
	}
	hostile_put(hostile_table, strlen(hostile_table), "%s/t.tsv", path);
	make_folder("many-files");
	for (i = 0; i < 300; i++)
		hostile_put("x", i % 2, "many-files/%zu.json", i);
}

int main(int argc, char **argv)
{
	if (argc != 2 && argc != 3)
		errx(2, "usage: hostile FOLDER [all]");
	hostile_all = argc == 3;
	folder = realpath(argv[1], NULL);
	if (folder == NULL)
		err(1, "%s", argv[1]);
	hostile_texts();
	hostile_archives();
	make_others();
	make_socket("socket.csv");
	return 0;
}
