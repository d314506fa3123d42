#include "demo_parts.h"

/* SplitMix64, for seeding: every input bit reaches every output bit. */
static uint64_t
mix(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void
rng_seed(struct rng *rng, uint64_t seed, enum rng_purpose purpose,
    uint64_t index)
{
	uint64_t state = seed;
	int i;

	state = mix(&state) ^ (uint64_t)purpose;
	state = mix(&state) ^ index;
	for (i = 0; i < 4; i++)
		rng->state[i] = mix(&state);
}

static uint64_t
turn(uint64_t value, int bits)
{
	return (value << bits) | (value >> (64 - bits));
}

uint64_t
rng_next(struct rng *rng)
{
	uint64_t *s = rng->state;
	uint64_t result = turn(s[1] * 5, 7) * 9, shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = turn(s[3], 45);
	return result;
}

double
rng_unit(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1.0p-53;
}

double
rng_between(struct rng *rng, double low, double high)
{
	return low + (high - low) * rng_unit(rng);
}

int
rng_below(struct rng *rng, int limit)
{
	return (int)((rng_next(rng) >> 33) % (uint64_t)limit);
}

/* Four uniform numbers summed: near enough to normal for weather, and never
 * further out than 3.5. */
double
rng_bell(struct rng *rng)
{
	uint64_t bits = rng_next(rng);
	double sum = (double)((bits & 0xffff) + (bits >> 16 & 0xffff) +
	    (bits >> 32 & 0xffff) + (bits >> 48)) / 65535.0;

	return (sum - 2) * 1.7320508075688772;
}
