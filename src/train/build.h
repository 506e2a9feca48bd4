/* From a trained model to the bytes of a pack: int8 rows with a fixed-point scale each. */
#ifndef TACIT_TRAIN_BUILD_H
#define TACIT_TRAIN_BUILD_H

#include <stdbool.h>

#include "pack/pack.h"
#include "train/data.h"
#include "train/fit.h"

struct build {
	const char *name, *domain;
	const struct train_data *data;
	const struct fit_config *config;
	struct fit_model *model;	/* rows of items without events are not read */
	const uint64_t *start, *end;	/* [users]: what the model was fitted on, for the counts */
	const struct pack_calibration_point *calibration;
	size_t calibration_points;
	const char *meta;		/* JSON */
};

/* Writes the pack to `path`, atomically. */
int build_pack(struct build *build, const char *path, struct error *error);

/* Calibration from pairs (x = log2 share in 2^-20, hit or not): isotonic regression by pooling
 * adjacent violators (Ayer et al. 1955) over equal-count bins. `pairs` is sorted in place. */
struct build_pair {
	int32_t x;
	int32_t hit;
};
size_t build_calibration(struct build_pair *pairs, size_t count,
			 struct pack_calibration_point *out, size_t max);

#endif
