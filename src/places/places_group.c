/* Cells, hills, then centroids through a heap; see places.h and places_group.h. */
#include "places_group.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "places/places_grid.h"
#include "places/places_sort.h"

#define CELLS 5				/* of a cell in `metres` */
#define HILL 0.6			/* of `metres`: reach of densities and of climbing */
#define NEAR_MOST 2048

/* A cell with points, later a group of them: sums about `base`, so that the date line is no cut. */
struct node {
	int64_t count, latitude, longitude, base;
	int32_t centre_latitude, centre_longitude;
	uint64_t density;
	uint32_t up;			/* itself: a top */
	bool gone;
};

struct pair {
	double square;
	uint32_t a, b;			/* a < b */
};

struct work {
	struct places_keyed *member, *spare;
	struct node *node;
	uint32_t *node_of;		/* of a point */
	size_t nodes;
	struct places_grid grid;
	struct pair *heap;
	size_t pairs, pair_capacity;
	uint32_t near[NEAR_MOST];
};

static void set_centre(struct node *node)
{
	node->centre_latitude = (int32_t)llround((double)node->latitude / (double)node->count);
	node->centre_longitude = places_wrap(node->base +
		llround((double)node->longitude / (double)node->count));
}

static void join_sums(struct node *into, const struct node *from)
{
	int64_t shift = places_wrap(from->base - into->base);

	into->count += from->count;
	into->latitude += from->latitude;
	into->longitude += from->longitude + shift * from->count;
	set_centre(into);
}

static void make_cells(struct work *work, const struct places_point *point, size_t count,
		       double metres)
{
	double side = metres / CELLS * PLACES_METRE;
	const struct places_keyed *member;
	size_t i;

	for (i = 0; i < count; i++) {
		int64_t row = (int64_t)floor(point[i].latitude / side);
		double middle = ((double)row + 0.5) * side;
		double width = side / places_cosine((int32_t)(middle > 9e8 ? 9e8 :
							      middle < -9e8 ? -9e8 : middle));
		int64_t column = (int64_t)floor(point[i].longitude / width);

		work->member[i] = (struct places_keyed){
			(uint64_t)(row + (1 << 30)) << 32 | (uint64_t)(column + (1LL << 31)),
			(uint32_t)i };
	}
	member = places_sort(work->member, work->spare, count);
	for (i = 0; i < count; i++) {
		const struct places_point *at = &point[member[i].id];
		struct node one = { .count = 1, .latitude = at->latitude, .base = at->longitude };

		if (i == 0 || member[i].key != member[i - 1].key) {
			/* whichever point of a cell comes first, its sums mean the same */
			work->node[work->nodes] = one;
			work->node[work->nodes].up = (uint32_t)work->nodes;
			work->nodes++;
		} else {
			join_sums(&work->node[work->nodes - 1], &one);
		}
		work->node_of[member[i].id] = (uint32_t)(work->nodes - 1);
	}
	for (i = 0; i < work->nodes; i++)
		set_centre(&work->node[i]);
}

static size_t near(struct work *work, const struct node *node)
{
	size_t found = places_grid_near(&work->grid, node->centre_latitude,
					node->centre_longitude, work->near, NEAR_MOST);

	return found < NEAR_MOST ? found : NEAR_MOST;
}

static double square_to(const struct node *a, double cosine, const struct node *b)
{
	return places_square(cosine, a->centre_latitude, a->centre_longitude, b->centre_latitude,
			     b->centre_longitude);
}

static int climb(struct work *work, double metres)
{
	double reach = metres * HILL;
	size_t i, k, found;

	if (places_grid_init(&work->grid, reach, work->nodes) != 0)
		return TACIT_E_MEMORY;
	for (i = 0; i < work->nodes; i++)
		places_grid_add(&work->grid, (uint32_t)i, work->node[i].centre_latitude,
				work->node[i].centre_longitude);
	for (i = 0; i < work->nodes; i++) {
		struct node *node = &work->node[i];
		double cosine = places_cosine(node->centre_latitude);

		found = near(work, node);
		for (k = 0; k < found; k++) {
			const struct node *other = &work->node[work->near[k]];
			double left = reach * reach - square_to(node, cosine, other);

			/* whole dm^2: a sum in any order is the same */
			if (left > 0)
				node->density += (uint64_t)other->count * (uint64_t)(left * 100);
		}
	}
	for (i = 0; i < work->nodes; i++) {
		struct node *node = &work->node[i];
		double cosine = places_cosine(node->centre_latitude), nearest = reach * reach;

		found = near(work, node);
		for (k = 0; k < found; k++) {
			uint32_t id = work->near[k];
			const struct node *other = &work->node[id];
			double square = square_to(node, cosine, other);

			if (other->density < node->density ||
			    (other->density == node->density && id <= i))
				continue;
			if (square < nearest || (square == nearest && id < node->up)) {
				nearest = square;
				node->up = id;
			}
		}
	}
	return 0;
}

/* Each cell adds itself to its top; `up` of a cell is its top afterwards. */
static void gather(struct work *work)
{
	size_t i;

	for (i = 0; i < work->nodes; i++) {
		uint32_t top = work->node[i].up;

		while (work->node[top].up != top)
			top = work->node[top].up;
		work->node[i].up = top;
	}
	for (i = 0; i < work->nodes; i++)
		if (work->node[i].up != i) {
			join_sums(&work->node[work->node[i].up], &work->node[i]);
			work->node[i].gone = true;
		}
}

static bool before(const struct pair *x, const struct pair *y)
{
	if (x->square != y->square)
		return x->square < y->square;
	return x->a != y->a ? x->a < y->a : x->b < y->b;
}

static int push(struct work *work, struct pair pair)
{
	size_t at = work->pairs;

	if (work->pairs == work->pair_capacity) {
		size_t wanted = work->pair_capacity * 2 + 256;
		struct pair *grown = realloc(work->heap, wanted * sizeof(*grown));

		if (grown == NULL)
			return TACIT_E_MEMORY;
		work->heap = grown;
		work->pair_capacity = wanted;
	}
	work->pairs++;
	for (; at > 0 && before(&pair, &work->heap[(at - 1) / 2]); at = (at - 1) / 2)
		work->heap[at] = work->heap[(at - 1) / 2];
	work->heap[at] = pair;
	return 0;
}

static struct pair pop(struct work *work)
{
	struct pair least = work->heap[0], last = work->heap[--work->pairs];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < work->pairs) {
		if (child + 1 < work->pairs && before(&work->heap[child + 1], &work->heap[child]))
			child++;
		if (!before(&work->heap[child], &last))
			break;
		work->heap[at] = work->heap[child];
		at = child;
	}
	work->heap[at] = last;
	return least;
}

/* Pairs of node `id` with those that are there already. */
static int push_pairs(struct work *work, uint32_t id, double metres)
{
	const struct node *node = &work->node[id];
	double cosine = places_cosine(node->centre_latitude);
	size_t found = near(work, node), k;

	for (k = 0; k < found; k++) {
		uint32_t other = work->near[k];
		double square = square_to(node, cosine, &work->node[other]);

		if (other >= id || work->node[other].gone || square > metres * metres)
			continue;
		if (push(work, (struct pair){ square, other, id }) != 0)
			return TACIT_E_MEMORY;
	}
	return 0;
}

static int enter(struct work *work, uint32_t id, double metres)
{
	places_grid_add(&work->grid, id, work->node[id].centre_latitude,
			work->node[id].centre_longitude);
	return push_pairs(work, id, metres);
}

/* Nodes are joined into new ones behind the cells. */
static int join(struct work *work, double metres)
{
	size_t cells = work->nodes, i;

	places_grid_free(&work->grid);
	if (places_grid_init(&work->grid, metres, cells * 2) != 0)
		return TACIT_E_MEMORY;
	for (i = 0; i < cells; i++)
		if (!work->node[i].gone && enter(work, (uint32_t)i, metres) != 0)
			return TACIT_E_MEMORY;
	while (work->pairs > 0) {
		struct pair pair = pop(work);
		uint32_t id = (uint32_t)work->nodes;

		if (work->node[pair.a].gone || work->node[pair.b].gone)
			continue;
		work->node[id] = work->node[pair.a];
		join_sums(&work->node[id], &work->node[pair.b]);
		work->node[id].up = id;
		work->node[pair.a].up = work->node[pair.b].up = id;
		work->node[pair.a].gone = work->node[pair.b].gone = true;
		work->nodes++;
		if (enter(work, id, metres) != 0)
			return TACIT_E_MEMORY;
	}
	return 0;
}

int places_group(struct places_point *point, size_t count, double metres, size_t *groups)
{
	struct work *work = calloc(1, sizeof(*work));
	uint32_t *number = malloc((2 * count + 1) * sizeof(*number));
	int result = TACIT_E_MEMORY;
	size_t i;

	*groups = 0;
	if (work == NULL || number == NULL)
		goto out;
	work->member = malloc((count + 1) * sizeof(*work->member));
	work->spare = malloc((count + 1) * sizeof(*work->spare));
	work->node = calloc(2 * count + 1, sizeof(*work->node));
	work->node_of = malloc((count + 1) * sizeof(*work->node_of));
	if (work->member == NULL || work->spare == NULL || work->node == NULL ||
	    work->node_of == NULL)
		goto out;
	make_cells(work, point, count, metres);
	if (climb(work, metres) != 0)
		goto out;
	gather(work);
	if (join(work, metres) != 0)
		goto out;
	memset(number, 0xff, (2 * count + 1) * sizeof(*number));
	for (i = work->nodes; i-- > 0;)
		if (!work->node[i].gone)
			number[i] = (uint32_t)(*groups)++;
	for (i = 0; i < count; i++) {
		uint32_t at = work->node_of[i];

		while (work->node[at].gone)
			at = work->node[at].up;
		point[i].group = number[at];
	}
	result = 0;
out:
	if (work != NULL) {
		places_grid_free(&work->grid);
		free(work->member);
		free(work->spare);
		free(work->node);
		free(work->node_of);
		free(work->heap);
	}
	free(work);
	free(number);
	return result;
}
