/* Lists of beliefs; see believed.h. */
#include "believed.h"

#include <stdio.h>

#include "formats/number.h"

int believed_row(struct believed *believed)
{
	return believed->rows++ > 0 ? emit_row(believed->sheet->emit) : 0;
}

int believed_text(struct believed *believed, const char *path, const char *what)
{
	struct act_text text = sheet_get(believed->sheet, path);
	int failed;

	if (text.size == 0)
		return 0;
	failed = believed_row(believed);
	return failed != 0 ? failed : emit_said(believed->sheet->emit, what, text);
}

int believed_list(struct believed *believed, const char *path, const char *member,
		  const char *what)
{
	struct sheet *sheet = believed->sheet;
	size_t count = objects_count(&sheet->objects, path), i;
	char at[OBJECTS_PATH];
	int failed = 0;

	for (i = 0; failed == 0 && i < count; i++) {
		failed = believed_row(believed);
		snprintf(at, sizeof(at), "%.80s.%zu.isDisabled", path, i);
		if (failed == 0 && number_is(sheet_get(sheet, at), "true")) {
			failed = emit_skip(sheet->emit, "switched off by the person");
			continue;
		}
		snprintf(at, sizeof(at), "%.80s.%zu%s%.30s", path, i, member == NULL ? "" : ".",
			 member == NULL ? "" : member);
		if (failed == 0)
			failed = emit_said(sheet->emit, what, sheet_get(sheet, at));
	}
	return failed;
}

int believed_labels(struct believed *believed, const char *path, const char *what)
{
	size_t count = objects_count(&believed->sheet->objects, path), i;
	char at[OBJECTS_PATH];
	int failed = 0;

	for (i = 0; failed == 0 && i < count; i++) {
		snprintf(at, sizeof(at), "%.40s.%zu.vec", path, i);
		failed = believed_list(believed, at, "value", what);
	}
	return failed;
}

int believed_end(struct believed *believed)
{
	return believed->rows > 0 ? 0 : emit_skip(believed->sheet->emit, "nothing in it");
}
