/* A life out of the vault: what is taken from which acts, and the block that keeps it. */
#include "vault_kit.h"

#include "base/bytes.h"
#include "now/life.h"

#define HOUR 3600000LL
#define DAY (24 * HOUR)
#define START (18000 * DAY)

static int16_t utc(void *context, int64_t time)
{
	(void)context;
	(void)time;
	return 0;
}

struct world {
	struct kit kit;
	struct vault *vault;
	uint32_t source;
};

static void open_world(struct world *world)
{
	kit_open(&world->kit);
	KIT_OK(&world->kit, vault_create(world->kit.dir, &world->kit.secret, NULL, &world->vault,
					 &world->kit.error));
	KIT_OK(&world->kit, vault_begin(world->vault, &world->kit.error));
	KIT_OK(&world->kit, vault_source_begin(world->vault, "a", "test", &world->source,
					       &world->kit.error));
}

static void put(struct world *world, const struct act *act)
{
	enum vault_put kept;
	uint64_t event;

	KIT_OK(&world->kit, vault_put(world->vault, world->source, act, false, &kept, &event,
				      &world->kit.error));
	assert_int_equal(kept, VAULT_KEPT);
}

static struct life read_life(struct world *world)
{
	struct life life;

	KIT_OK(&world->kit, vault_commit(world->vault, &world->kit.error));
	KIT_OK(&world->kit, life_read(world->vault, utc, NULL, &life, &world->kit.error));
	return life;
}

static void close_world(struct world *world)
{
	vault_close(world->vault);
	kit_close(&world->kit);
}

/* Points of `minutes` from a time on, one a minute, at a latitude; as the readers keep them. */
static void put_track(struct world *world, int64_t time, int minutes, int64_t latitude,
		      int accuracy)
{
	struct act act = kit_act(time, "places", "Location");
	char rest[4096];
	size_t used;
	int i;

	used = (size_t)snprintf(rest, sizeof(rest), "{\"track\":\"0,%lld,130000000,%d",
				(long long)latitude, accuracy);
	for (i = 1; i < minutes; i++)
		used += (size_t)snprintf(rest + used, sizeof(rest) - used, ";60000,%d,0,%d",
					 i % 2 ? 1 : -1, accuracy);
	snprintf(rest + used, sizeof(rest) - used, "\"}");
	act.verb = ACT_ARRIVE;
	act.flags = ACT_NOT_CHOSEN;
	act.rest = kit_text(rest);
	put(world, &act);
}

static void stays_come_from_points_and_from_services(void **state)
{
	struct world world;
	struct act act;
	struct life life;

	(void)state;
	open_world(&world);
	put_track(&world, START, 60, 520000000, 10);
	put_track(&world, START + HOUR, 60, 520500000, 10);
	put_track(&world, START + 2 * HOUR, 60, 520000000, 900);	/* says nothing */
	/* A visit that a service told, while the points were there too: it gives the name. */
	act = kit_act(START + HOUR, "places", "Cafe");
	act.verb = ACT_ARRIVE;
	act.duration = HOUR / 2;
	act.place = kit_text("geo:52.0500000,13.0000000");
	put(&world, &act);
	/* One that no point tells of, far in the east: by the sun's clock there. */
	act = kit_act(START + 10 * HOUR, "places", "Hotel");
	act.verb = ACT_ARRIVE;
	act.duration = 8 * HOUR;
	act.place = kit_text("geo:35.6000000,139.7000000");
	put(&world, &act);
	life = read_life(&world);
	assert_int_equal(life.points, 120);
	assert_int_equal(life.count[LIFE_STAYS], 3);
	assert_int_equal(life.stay[0].arrive, START);
	assert_int_equal(life.stay[0].leave, START + 60 * 60000);
	assert_int_equal(life.stay[0].name, 0);
	assert_string_equal(life_text(&life, life.stay[1].name), "Cafe");
	assert_in_range(life.stay[1].latitude, 520500000, 520500001);
	assert_string_equal(life_text(&life, life.stay[2].name), "Hotel");
	assert_int_equal(life.stay[2].zone, 9 * 60);
	assert_int_equal(life.stay[1].zone, 0);
	life_free(&life);
	close_world(&world);
}

static void the_rest_of_a_life(void **state)
{
	struct world world;
	struct life life;
	struct act act;

	(void)state;
	open_world(&world);
	act = kit_act(START + DAY, "other", "Dentist");
	act.verb = ACT_PLAN;
	act.duration = HOUR;
	act.zone = 120;
	act.place = kit_text("Main Street 1");
	act.rest = kit_text("{\"UID\":\"x\",\"lat\":\"52.0100000\",\"lon\":\"-13.5000000\"}");
	put(&world, &act);
	act = kit_act(START + 12 * HOUR, "places", "Noodles");
	act.verb = ACT_EAT;
	act.flags = ACT_DATE_ONLY;
	act.words = kit_text("lunch");
	put(&world, &act);
	act = kit_act(START + HOUR, "health", "Steps");
	act.verb = ACT_EXERCISE;
	act.value = 750LL << 20;
	act.duration = HOUR / 4;
	put(&world, &act);
	act.title = kit_text("Heart rate");
	put(&world, &act);
	act = kit_act(START + 2 * HOUR, "news", "A headline");
	act.verb = ACT_RECEIVE;
	act.flags = ACT_NOT_CHOSEN;
	act.creator = kit_text("The Feed");
	put(&world, &act);
	act.verb = ACT_READ;
	act.flags = 0;
	act.time += HOUR;
	put(&world, &act);
	act.domain = kit_text("books");
	put(&world, &act);
	life = read_life(&world);
	assert_int_equal(life.count[LIFE_PLANS], 1);
	assert_int_equal(life.plan[0].start, START + DAY);
	assert_int_equal(life.plan[0].end, START + DAY + HOUR);
	assert_int_equal(life.plan[0].zone, 120);
	assert_int_equal(life.plan[0].latitude, 520100000);
	assert_int_equal(life.plan[0].longitude, -135000000);
	assert_string_equal(life_text(&life, life.plan[0].place), "Main Street 1");
	assert_int_equal(life.count[LIFE_MEALS], 1);
	assert_int_equal(life.meal[0].eaten, 1);
	assert_int_equal(life.meal[0].latitude, LIFE_NOWHERE);
	assert_int_equal(life.count[LIFE_STEPS], 1);
	assert_int_equal(life.steps[0].steps, 750);
	assert_int_equal(life.count[LIFE_ITEMS], 1);
	assert_string_equal(life_text(&life, life.item[0].feed), "The Feed");
	assert_int_equal(life.count[LIFE_READINGS], 1);
	assert_int_equal(life.first, START + HOUR);
	life_free(&life);
	close_world(&world);
}

/* Packed and unpacked it is the same; bytes that are no life are refused, whatever they claim. */
static void the_block_holds_it(void **state)
{
	struct world world;
	struct life life, back;
	struct bytes block = BYTES_INIT, again = BYTES_INIT;
	size_t i;

	(void)state;
	open_world(&world);
	put_track(&world, START, 60, 520000000, 10);
	life = read_life(&world);
	assert_int_equal(life_pack(&life, &block), 0);
	assert_true(life_unpack(block.data, block.size, &back));
	assert_int_equal(life_pack(&back, &again), 0);
	assert_int_equal(block.size, again.size);
	assert_memory_equal(block.data, again.data, block.size);
	life_free(&back);
	for (i = 0; i < block.size; i++)
		assert_false(life_unpack(block.data, i, &back));
	for (i = 0; i < 72; i++) {
		uint8_t held = block.data[i];

		block.data[i] = 0xff;
		if (life_unpack(block.data, block.size, &back))
			life_free(&back);
		block.data[i] = held;
	}
	life_free(&life);
	bytes_free(&block);
	bytes_free(&again);
	close_world(&world);
}

static void an_empty_vault_is_an_empty_life(void **state)
{
	struct world world;
	struct life life;

	(void)state;
	open_world(&world);
	life = read_life(&world);
	assert_int_equal(life.count[LIFE_STAYS] + life.points + life.count[LIFE_PLANS], 0);
	assert_string_equal(life_text(&life, 0), "");
	life_free(&life);
	close_world(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stays_come_from_points_and_from_services),
		cmocka_unit_test(the_rest_of_a_life),
		cmocka_unit_test(the_block_holds_it),
		cmocka_unit_test(an_empty_vault_is_an_empty_life),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
