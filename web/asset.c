#include "asset.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/digest.h"

#define PREFIX "/assets/"
#define HASH_DIGITS 16 /* 64 bits: no two versions of a file share it */

struct file {
	const struct asset *asset;
	char *address;          /* "/assets/<hash>/<name>" */
	struct cached *cached;
};

struct asset_table {
	size_t length;
	struct file files[];
};

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".jpeg", "image/jpeg" },
	{ ".webp", "image/webp" },
	{ ".ico", "image/x-icon" },
	{ ".json", "application/json" },
	{ ".geojson", "application/geo+json" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".xml", "application/xml; charset=utf-8" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".woff2", "font/woff2" },
};

const char *
asset_type(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot != NULL && i < sizeof types / sizeof *types; i++)
		if (strcmp(dot, types[i].ending) == 0)
			return types[i].type;
	return "application/octet-stream";
}

static bool
fill(struct file *file, const struct asset *asset)
{
	struct buffer bytes = { 0 }, address = { 0 };
	char hex[DIGEST_HEX_BYTES];

	file->asset = asset;
	digest_hex(asset->bytes, asset->length, hex);
	buffer_printf(&address, PREFIX "%.*s/", HASH_DIGITS, hex);
	buffer_add_url(&address, asset->name, strlen(asset->name));
	file->address = address.bytes;
	buffer_add(&bytes, asset->bytes, asset->length);
	file->cached = cached_new(asset_type(asset->name), &bytes);
	return !address.failed && file->cached != NULL;
}

struct asset_table *
asset_table_new(const struct asset *list, size_t length)
{
	struct asset_table *table = calloc(1,
	    sizeof *table + length * sizeof *table->files);
	size_t i;

	if (table == NULL)
		return NULL;
	table->length = length;
	for (i = 0; i < length; i++)
		if (!fill(&table->files[i], &list[i])) {
			asset_table_free(table);
			return NULL;
		}
	return table;
}

void
asset_table_free(struct asset_table *table)
{
	size_t i;

	if (table == NULL)
		return;
	for (i = 0; i < table->length; i++) {
		free(table->files[i].address);
		cached_release(table->files[i].cached);
	}
	free(table);
}

static const struct file *
find_file(const struct asset_table *table, const char *name)
{
	size_t i;

	for (i = 0; i < table->length; i++)
		if (strcmp(table->files[i].asset->name, name) == 0)
			return &table->files[i];
	return NULL;
}

const struct asset *
asset_find(const struct asset_table *table, const char *name)
{
	const struct file *file = find_file(table, name);

	return file != NULL ? file->asset : NULL;
}

const char *
asset_address(const char *name, void *table)
{
	const struct file *file = find_file(table, name);

	return file != NULL ? file->address : NULL;
}

struct cached *
asset_open_name(struct asset_table *table, const char *name)
{
	const struct file *file = find_file(table, name);

	return file != NULL ? cached_hold(file->cached) : NULL;
}

struct cached *
asset_open(struct asset_table *table, const char *path)
{
	size_t i;

	for (i = 0; i < table->length; i++)
		if (strcmp(table->files[i].address, path) == 0)
			return cached_hold(table->files[i].cached);
	return NULL;
}
