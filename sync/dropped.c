#include "dropped.h"

#include <stdio.h>
#include <string.h>

/* Where this thread gathers them; NULL: nowhere. */
static _Thread_local struct source_address *gathering;

void
dropped_gather(struct source_address *address)
{
	gathering = address;
}

void
dropped_hear(const char *message)
{
	static const char *const starts[] = { "Unsupported URI option \"",
		"Empty value provided for \"",
		"Overwriting previously provided value for '" };
	char *names = gathering != NULL ? gathering->dropped : NULL;
	size_t used, length, i;

	for (i = 0; names != NULL && i < sizeof starts / sizeof starts[0]; i++) {
		if (strncmp(message, starts[i], strlen(starts[i])) != 0)
			continue;
		message += strlen(starts[i]);
		used = strlen(names);
		length = strcspn(message, "\"'");
		/* Names are told whole. */
		if (used + length + 3 <= sizeof gathering->dropped)
			(void)snprintf(names + used, length + 3, "%s%.*s",
			    used > 0 ? ", " : "", (int)length, message);
		return;
	}
}
