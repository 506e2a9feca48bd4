/* Measuring a pack on unseen items with the integers that answer, beside tf-idf and chance. */
#ifndef TACIT_GATE_COLD_H
#define TACIT_GATE_COLD_H

#include <stddef.h>

#include "evaluate.h"
#include "pack/pack.h"
#include "train/cold.h"
#include "train/tfidf.h"

struct cold_figures {
	struct evaluation evaluation;	/* its metrics: all that split_metrics_add knows */
	double recall, recall_error;	/* Recall@20 and its standard error, over people */
	double tfidf_recall, tfidf_error, chance;
	struct tfidf_config tfidf;	/* as chosen on validation items */
	uint32_t dim;
};

/* Draws the unseen items among all events and removes these. */
int cold_hold_out(struct train_data *data, struct cold *out, struct error *error);

/* `data`: what cold_hold_out left, which is the history of each person. People without any are
 * not measured. */
int cold_measure(const struct pack *pack, const struct train_data *data, const struct cold *cold,
		 struct cold_figures *out, struct error *error);

/* One line for a person to read. */
void cold_describe(const struct cold *cold, const struct cold_figures *figures, char *out,
		   size_t size);

#endif
