/* A header, the caller's note, then the tensors one after the other as they lie in memory. */
#include "checkpoint.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "follow_inside.h"

#define MAGIC "tacitck1"

struct header {
	char magic[8];
	uint64_t identity, note_size;
	uint64_t step, steps;
	uint32_t phase, items, dim, banks, buckets, negatives;
};

struct piece {
	void *data;
	size_t size;
};

enum { PIECES = TENSORS * 3 + 2 + 1 + 3 };

/* All that a run has beside its configuration; how many pieces. */
static size_t pieces(const struct run *run, struct piece *piece)
{
	size_t items = run->model->items, count = 0, k;

	for (k = 0; k < TENSORS; k++) {
		const struct follow_tensor *tensor = &run->tensor[k];
		size_t size = tensor->size * sizeof(float);

		piece[count++] = (struct piece){ tensor->value, size };
		piece[count++] = (struct piece){ tensor->first, size };
		piece[count++] = (struct piece){ tensor->second, size };
	}
	piece[count++] = (struct piece){ run->lag.value_at, items * sizeof(uint32_t) };
	piece[count++] = (struct piece){ run->lag.moment_at, items * sizeof(uint32_t) };
	piece[count++] = (struct piece){ run->pace, run->steps * sizeof(double) };
	if (run->sampled != NULL) {
		struct follow_lag *lag = step_sampled_lag(run);

		piece[count++] = (struct piece){ lag->value_at, items * sizeof(uint32_t) };
		piece[count++] = (struct piece){ lag->moment_at, items * sizeof(uint32_t) };
		piece[count++] = (struct piece){ step_sampled_length(run),
						 run->tensor[TENSOR_L].size * sizeof(float) };
	}
	return count;
}

static struct header header_of(const struct run *run)
{
	const struct follow_keep *keep = run->config->keep;
	struct header header;

	memset(&header, 0, sizeof(header));
	memcpy(header.magic, MAGIC, sizeof(header.magic));
	header.identity = keep->identity;
	header.note_size = keep->note_size;
	header.step = run->step;
	header.steps = run->steps;
	header.phase = keep->phase;
	header.items = run->model->items;
	header.dim = run->model->dim;
	header.banks = run->model->banks;
	header.buckets = run->model->buckets;
	header.negatives = run->config->negatives;
	return header;
}

static bool put(FILE *file, const void *data, size_t size)
{
	return size == 0 || fwrite(data, 1, size, file) == size;
}

static bool get(FILE *file, void *data, size_t size)
{
	return size == 0 || fread(data, 1, size, file) == size;
}

int checkpoint_save(const struct run *run, struct error *error)
{
	const struct follow_keep *keep = run->config->keep;
	struct header header = header_of(run);
	struct piece piece[PIECES];
	size_t count = pieces(run, piece), i;
	char temporary[PATH_MAX];
	bool written;
	FILE *file;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.new", keep->path) >=
	    sizeof(temporary))
		return error_set(error, TACIT_E_ARGUMENT, "path too long: %s", keep->path);
	file = fopen(temporary, "we");
	if (file == NULL)
		return error_errno(error, TACIT_E_IO, "cannot create %s", temporary);
	written = put(file, &header, sizeof(header)) && put(file, keep->note, keep->note_size) &&
		  put(file, run->model->rho, sizeof(run->model->rho));
	for (i = 0; written && i < count; i++)
		written = put(file, piece[i].data, piece[i].size);
	written = written && fflush(file) == 0 && fsync(fileno(file)) == 0;
	if (fclose(file) != 0 || !written || rename(temporary, keep->path) != 0) {
		error_errno(error, TACIT_E_IO, "cannot write the checkpoint %s", keep->path);
		unlink(temporary);
		return TACIT_E_IO;
	}
	return file_sync_folder(keep->path, error);
}

/* The file behind its header, or NULL: none there (result 0) or not this run's. */
static FILE *open_own(const struct follow_keep *keep, struct header *header, int *result,
		      struct error *error)
{
	FILE *file = fopen(keep->path, "re");

	*result = 0;
	if (file == NULL) {
		if (errno != ENOENT)
			*result = error_errno(error, TACIT_E_IO, "cannot open the checkpoint %s",
					      keep->path);
		return NULL;
	}
	if (!get(file, header, sizeof(*header)) ||
	    memcmp(header->magic, MAGIC, sizeof(header->magic)) != 0)
		*result = error_set(error, TACIT_E_FORMAT, "%s is no checkpoint of a training: "
				    "name another file", keep->path);
	else if (header->identity != keep->identity || header->note_size != keep->note_size)
		*result = error_set(error, TACIT_E_ARGUMENT, "the checkpoint %s is of other data "
				    "or options: remove it, or give those that it was made with",
				    keep->path);
	if (*result == 0)
		return file;
	fclose(file);
	return NULL;
}

static int cut_short(const struct follow_keep *keep, struct error *error)
{
	return error_set(error, TACIT_E_FORMAT, "the checkpoint %s is cut short: remove it and "
			 "train anew", keep->path);
}

int checkpoint_load(struct run *run, struct error *error)
{
	const struct follow_keep *keep = run->config->keep;
	struct header header, own = header_of(run);
	struct piece piece[PIECES];
	size_t count = pieces(run, piece), i;
	int result;
	FILE *file = open_own(keep, &header, &result, error);
	bool whole;

	if (file == NULL)
		return result;
	own.step = header.step;
	if (memcmp(&own, &header, sizeof(own)) != 0) {	/* of another phase */
		fclose(file);
		return 0;
	}
	whole = fseek(file, (long)header.note_size, SEEK_CUR) == 0 &&
		get(file, run->model->rho, sizeof(run->model->rho));
	for (i = 0; whole && i < count; i++)
		whole = get(file, piece[i].data, piece[i].size);
	fclose(file);
	if (!whole || header.step > header.steps)
		return cut_short(keep, error);
	run->step = header.step;
	if (run->sampled == NULL)
		step_pack(run);
	return 0;
}

int checkpoint_note(const struct follow_keep *keep, uint32_t *phase, void *note,
		    struct error *error)
{
	struct header header;
	int result;
	FILE *file = open_own(keep, &header, &result, error);

	*phase = 0;
	if (file == NULL)
		return result;
	if (get(file, note, keep->note_size))
		*phase = header.phase;
	else
		result = cut_short(keep, error);
	fclose(file);
	return result;
}
