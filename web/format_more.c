#include "format_more.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/clock.h"

static void
write_dives(const struct format_input *in, struct buffer *out)
{
	double number = cJSON_IsNumber(in->value) ? in->value->valuedouble :
	    NAN;

	if (!isfinite(number))
		buffer_add_text(out, FORMAT_MISSING);
	else if (number > 10)
		format_int((int64_t)nearbyint(number), out);
	else
		buffer_printf(out, "%.1f", number);
}

#define FEW_CHARACTERS 40 /* of one of a few */

/* At most `most` characters; the last one is "…" when some are left off. */
static void
add_clipped(struct buffer *out, const char *text, int most)
{
	const char *c = text, *end = text;
	int characters = 0;

	for (; *c != '\0'; c++)
		if ((*c & 0xc0) != 0x80 && ++characters == most)
			end = c;
	if (characters <= most) {
		buffer_add_text(out, text);
		return;
	}
	buffer_add(out, text, (size_t)(end - text));
	buffer_add_text(out, "\xe2\x80\xa6");
}

static void
write_clip(const struct format_input *in, struct buffer *out)
{
	const char *text = cJSON_GetStringValue(in->value);

	add_clipped(out, text != NULL && *text != '\0' ? text :
	    FORMAT_MISSING, atoi(in->words));
}

static void
write_few(const struct format_input *in, struct buffer *out)
{
	int most = atoi(in->words), count = 0, left;
	const cJSON *item;

	/* "and 1 more" would take the room of the one. */
	if (cJSON_GetArraySize(in->value) == most + 1)
		most++;
	cJSON_ArrayForEach(item, in->value) {
		if (count == most)
			break;
		if (count++ > 0)
			buffer_add_text(out, ", ");
		if (cJSON_IsString(item))
			add_clipped(out, item->valuestring, FEW_CHARACTERS);
	}
	left = cJSON_GetArraySize(in->value) - count;
	if (count == 0)
		buffer_add_text(out, FORMAT_MISSING);
	else if (left > 0)
		buffer_printf(out, " and %d more", left);
}

/* Days since 1970 of a time, UTC. */
static int64_t
day_of(int64_t ms)
{
	return ms / CLOCK_DAY_MS - (ms % CLOCK_DAY_MS < 0);
}

static void
write_lately(const struct format_input *in, struct buffer *out)
{
	int64_t ms, ago, year, this_year;
	int month, day;
	struct buffer date = { 0 };
	char iso[CLOCK_TEXT_BYTES];

	if (!cJSON_IsString(in->value) ||
	    !clock_parse(in->value->valuestring, &ms)) {
		buffer_add_text(out, FORMAT_MISSING);
		return;
	}
	clock_format(ms, iso);
	buffer_printf(out, "<time datetime=\"%s\" title=\"", iso);
	format_datetime(ms, out);
	buffer_add_text(out, "\">");
	ago = day_of(in->now_ms) - day_of(ms);
	clock_civil_from_days(day_of(ms), &year, &month, &day);
	clock_civil_from_days(day_of(in->now_ms), &this_year, &month, &day);
	format_date(ms, &date);
	if (ago == 0)
		buffer_add_text(out, "today");
	else if (ago == 1)
		buffer_add_text(out, "yesterday");
	else if (year == this_year && strrchr(buffer_text(&date), ' ') != NULL)
		buffer_add(out, date.bytes, (size_t)(strrchr(date.bytes,
		    ' ') - date.bytes));
	else
		buffer_add_text(out, buffer_text(&date));
	buffer_free(&date);
	buffer_add_text(out, "</time>");
}

/* JSON within a script element ends at "</script" and reads "<!--" in a way of
 * its own: what may begin one is written by its number. */
static void
write_json(const struct format_input *in, struct buffer *out)
{
	char *printed = in->value != NULL ? cJSON_PrintUnformatted(in->value) :
	    NULL;
	const char *at;

	if (printed == NULL && in->value != NULL)
		out->failed = true;
	for (at = printed != NULL ? printed : "null"; *at != '\0'; at++)
		if (strchr("<>&", *at) != NULL)
			buffer_printf(out, "\\u%04x", (unsigned char)*at);
		else
			buffer_add_char(out, *at);
	cJSON_free(printed);
}

static void
write_lasting(const struct format_input *in, struct buffer *out)
{
	double s = cJSON_IsNumber(in->value) ? in->value->valuedouble : NAN;

	if (isfinite(s) && s >= 0 && s < 1e12)
		format_age((int64_t)(s * 1000), out);
	else
		buffer_add_text(out, FORMAT_MISSING);
}

static void
write_words(const struct format_input *in, struct buffer *out)
{
	const char *c;

	if (!cJSON_IsString(in->value)) {
		buffer_add_text(out, FORMAT_MISSING);
		return;
	}
	for (c = in->value->valuestring; *c != '\0'; c++)
		buffer_add_char(out, *c == '_' ? ' ' : *c);
}

static const struct format formats[] = {
	{ "clip", write_clip, false },
	{ "dives", write_dives, false },
	{ "few", write_few, false },
	{ "json", write_json, true },
	{ "lasting", write_lasting, false },
	{ "words", write_words, false },
	{ "lately", write_lately, true },
};

const struct format *
format_more_find(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strlen(formats[i].name) == length &&
		    memcmp(formats[i].name, name, length) == 0)
			return &formats[i];
	return NULL;
}
