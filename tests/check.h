/* check.h: a test is a main that runs functions of checks; each failed check
 * prints its file, its line and its function.
 *
 *   static void
 *   parse_refuses_nothing(void)
 *   {
 *           CHECK(!parse(""));
 *   }
 *
 *   int
 *   main(void)
 *   {
 *           RUN(parse_refuses_nothing);
 *           return check_exit();
 *   }
 *
 * The exit code is 1 when a check failed. Thread: the main thread only. */
#ifndef EDGE_CHECK_H
#define EDGE_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct check_state {
	const char *name;
	int cases, checks, failures;
};

static struct check_state check_state = { .name = "start" };

static inline bool
check_note(bool ok, const char *file, int line)
{
	check_state.checks++;
	if (!ok) {
		check_state.failures++;
		printf("%s:%d: %s: ", file, line, check_state.name);
	}
	return ok;
}

static inline void
check_true(bool ok, const char *text, const char *file, int line)
{
	if (!check_note(ok, file, line))
		printf("not true: %s\n", text);
}

static inline void
check_text(const char *is, const char *should, const char *file, int line)
{
	if (!check_note(is != NULL && should != NULL && strcmp(is, should) ==
	    0, file, line))
		printf("\n  is     %s%s%s\n  should %s%s%s\n",
		    is ? "\"" : "", is ? is : "NULL", is ? "\"" : "",
		    should ? "\"" : "", should ? should : "NULL",
		    should ? "\"" : "");
}

static inline void
check_number(int64_t is, int64_t should, const char *file, int line)
{
	if (!check_note(is == should, file, line))
		printf("is %" PRId64 ", should be %" PRId64 "\n", is, should);
}

/* Prints the count and gives the exit code of main. */
static inline int
check_exit(void)
{
	printf("%d checks in %d functions, %d failed\n", check_state.checks,
	    check_state.cases, check_state.failures);
	return check_state.failures == 0 ? 0 : 1;
}

#define RUN(function) \
	(check_state.name = #function, check_state.cases++, function())
#define CHECK(condition) \
	check_true((condition), #condition, __FILE__, __LINE__)
#define CHECK_STR(is, should) check_text((is), (should), __FILE__, __LINE__)
#define CHECK_INT(is, should) \
	check_number((int64_t)(is), (int64_t)(should), __FILE__, __LINE__)

#endif
