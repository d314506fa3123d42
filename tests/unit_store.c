/* The store as a file: making, refusing, checking, swapping. */
#include "check.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "schema/beat.h"
#include "schema/db.h"
#include "schema/file.h"

#define PATH "unit_store.db"

static struct edge_err err;

static void
forget(const char *path)
{
	char name[128];
	const char *endings[] = { "", "-wal", "-shm", "-journal", ".lock",
		".status" };
	size_t i;

	for (i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		(void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
		(void)unlink(name);
	}
	memset(&err, 0, sizeof err);
}

static void
make(const char *path)
{
	struct db *db;

	forget(path);
	db = db_open(path, DB_WRITER, DB_CREATE, &err);
	CHECK(db != NULL);
	db_close(db);
}

static void
write_file(const char *path, const char *bytes, size_t length)
{
	FILE *f = fopen(path, "w");

	CHECK(f != NULL && fwrite(bytes, 1, length, f) == length &&
	    fclose(f) == 0);
}

/* Changes bytes at an offset of the file. */
static void
poke(const char *path, long offset, const char *bytes, size_t length)
{
	FILE *f = fopen(path, "r+");

	CHECK(f != NULL && fseek(f, offset, SEEK_SET) == 0 &&
	    fwrite(bytes, 1, length, f) == length && fclose(f) == 0);
}

static int64_t
generation_of(struct db *db)
{
	struct stmt *s = db_stmt(db, Q_GENERATION);
	int64_t generation = stmt_row(s, &err) ? stmt_get_int(s, 0) : -1;

	stmt_reset(s);
	return generation;
}

static void
every_statement_prepares(void)
{
	struct db *db;
	char *plan;
	int q;

	make("unit_other.db");
	make(PATH);
	db = db_open(PATH, DB_WRITER, 0, &err);
	CHECK(db != NULL && db_attach_other(db, "unit_other.db", &err) &&
	    db_open_staging(db, &err));
	for (q = 0; db != NULL && q < QUERY_MAX; q++) {
		plan = db_query_plan(db, (enum query)q, &err);
		CHECK_STR(plan == NULL ? err.text : "", "");
		free(plan);
	}
	db_close(db);
	forget("unit_other.db");
}

static void
open_missing_file_says_how_to_make_it(void)
{
	forget(PATH);
	CHECK(db_open(PATH, DB_READER, 0, &err) == NULL);
	CHECK_INT(err.kind, EDGE_CONFIG);
	CHECK(strstr(err.text, "edge sync --once") != NULL);
}

static void
open_empty_file_for_reading_is_refused(void)
{
	forget(PATH);
	write_file(PATH, "", 0);
	CHECK(db_open(PATH, DB_READER, 0, &err) == NULL);
	CHECK_INT(err.kind, EDGE_CONFIG);
}

static void
open_file_of_another_program_is_refused(void)
{
	make(PATH);
	poke(PATH, 68, "abcd", 4); /* application_id in the header */
	CHECK(db_open(PATH, DB_READER, 0, &err) == NULL);
	CHECK_INT(err.kind, EDGE_CONFIG);
	CHECK(strstr(err.text, "another program") != NULL);
}

static void
open_newer_schema_is_refused_and_not_replaceable(void)
{
	enum store_state state;
	int64_t generation;

	make(PATH);
	poke(PATH, 60, "\0\0\0\143", 4); /* user_version 99 */
	CHECK(db_open(PATH, DB_READER, 0, &err) == NULL);
	CHECK_INT(err.kind, EDGE_NEWER);
	CHECK(strstr(err.text, "newer") != NULL);
	memset(&err, 0, sizeof err);
	CHECK(!store_probe(PATH, &state, &generation, &err));
	CHECK_INT(err.kind, EDGE_NEWER);
}

static void
open_garbage_is_corrupt_and_replaceable(void)
{
	enum store_state state = STORE_GOOD;
	struct beat beat = { 0 };
	int64_t generation;
	char garbage[8192];

	forget(PATH);
	memset(garbage, 'x', sizeof garbage);
	write_file(PATH, garbage, sizeof garbage);
	/* It may be anything, unless a run went well there. */
	CHECK(db_open(PATH, DB_READER, 0, &err) == NULL);
	CHECK_INT(err.kind, EDGE_CONFIG);
	memset(&err, 0, sizeof err);
	CHECK(beat_write(PATH, &beat, &err));
	CHECK(!store_probe(PATH, &state, &generation, &err));
	CHECK_INT(err.kind, EDGE_CONFIG);
	memset(&err, 0, sizeof err);
	beat_record(&beat, 1, NULL);
	CHECK(beat_write(PATH, &beat, &err));
	CHECK(store_probe(PATH, &state, &generation, &err));
	CHECK_INT(state, STORE_BAD);
	CHECK(db_open(PATH, DB_READER, 0, &err) == NULL);
	CHECK_INT(err.kind, EDGE_CORRUPT);
}

static void
check_finds_a_damaged_page(void)
{
	struct db *db;

	make(PATH);
	poke(PATH, 4096 * 2 + 1, "\377\377\377\377\377\377\377\377", 8);
	db = db_open(PATH, DB_TOOL, 0, &err);
	CHECK(db == NULL || !db_check(db, 2000, &err));
	CHECK_INT(err.kind, EDGE_CORRUPT);
	db_close(db);
}

static void
reader_cannot_name_a_writer_statement(void)
{
	struct db *db;

	make(PATH);
	db = db_open(PATH, DB_READER, 0, &err);
	CHECK(db != NULL);
	CHECK(!stmt_run(db_stmt(db, Q_STATE_BUMP), &err));
	CHECK(err.kind != EDGE_NONE);
	memset(&err, 0, sizeof err);
	CHECK(!stmt_run(db_stmt(db, Q_QUARANTINE_LIST), &err));
	db_close(db);
}

static void
rollback_leaves_the_old_generation(void)
{
	struct db *db;
	struct stmt *s;

	make(PATH);
	db = db_open(PATH, DB_WRITER, 0, &err);
	CHECK(db != NULL && db_begin(db, &err));
	s = db_stmt(db, Q_STATE_BUMP);
	stmt_int(s, 1, 5);
	CHECK(stmt_run(s, &err));
	CHECK_INT(generation_of(db), 1);
	db_rollback(db);
	CHECK_INT(generation_of(db), 0);
	db_close(db);
}

static void
reader_in_a_transaction_sees_one_snapshot(void)
{
	struct db *writer, *reader;
	struct stmt *s;

	make(PATH);
	writer = db_open(PATH, DB_WRITER, 0, &err);
	reader = db_open(PATH, DB_READER, 0, &err);
	CHECK(writer != NULL && reader != NULL && db_begin(reader, &err));
	CHECK_INT(generation_of(reader), 0);
	s = db_stmt(writer, Q_STATE_BUMP);
	stmt_int(s, 1, 5);
	CHECK(stmt_run(s, &err));
	CHECK_INT(generation_of(reader), 0);
	db_rollback(reader);
	CHECK_INT(generation_of(reader), 1);
	db_close(reader);
	db_close(writer);
}

static void
replace_from_swaps_under_an_open_reader(void)
{
	struct db *reader, *live, *other;
	struct stmt *s;

	make(PATH);
	make("unit_other.db");
	other = db_open("unit_other.db", DB_WRITER, 0, &err);
	s = db_stmt(other, Q_STATE_CONTINUE);
	stmt_int(s, 1, 41);
	stmt_int(s, 2, 5);
	CHECK(stmt_run(s, &err) && db_checkpoint(other, &err));
	db_close(other);
	reader = db_open(PATH, DB_READER, 0, &err);
	live = db_open_outdated(PATH, &err);
	CHECK(reader != NULL && live != NULL && db_begin(reader, &err));
	CHECK_INT(generation_of(reader), 0);
	CHECK(db_replace_from(live, "unit_other.db", &err));
	CHECK_INT(generation_of(reader), 0);
	db_rollback(reader);
	CHECK_INT(generation_of(reader), 42);
	CHECK(!db_replaced(reader));
	db_close(reader);
	db_close(live);
	forget("unit_other.db");
}

static void
replaced_file_is_noticed(void)
{
	struct db *reader;

	make("unit_other.db");
	make(PATH);
	reader = db_open(PATH, DB_READER, 0, &err);
	CHECK(reader != NULL && !db_replaced(reader));
	CHECK(file_move("unit_other.db", PATH, &err));
	CHECK(db_replaced(reader));
	db_close(reader);
	forget("unit_other.db");
}

/* Stages so many rows that keeping them takes a while. */
static void
stage_rows(struct db *db, int rows)
{
	char id[16];
	int i;

	for (i = 0; i < rows; i++) {
		struct stmt *s = db_stmt(db, Q_STAGE_QUARANTINE);

		(void)snprintf(id, sizeof id, "%d", i);
		stmt_text(s, 1, "profiles");
		stmt_text(s, 2, id);
		stmt_text(s, 3, "lon");
		stmt_text(s, 4, "lon: is NaN");
		stmt_text(s, 5, "");
		stmt_int(s, 6, -1);
		stmt_text(s, 7, "{}");
		CHECK(stmt_run(s, &err));
	}
}

static bool
keep_rows(struct db *db)
{
	struct stmt *s = db_stmt(db, Q_QUARANTINE_KEEP);

	stmt_int(s, 1, 5);
	return stmt_run(s, &err);
}

static void
stop_flag_and_deadline_end_a_long_statement(void)
{
	volatile int stop = 1;
	struct db *db;

	make(PATH);
	db = db_open(PATH, DB_WRITER, 0, &err);
	CHECK(db != NULL && db_open_staging(db, &err));
	stage_rows(db, 5000);
	db_stop_flag(db, &stop);
	CHECK(!keep_rows(db));
	CHECK_INT(err.kind, EDGE_TEMPORARY);
	CHECK(strstr(err.text, "stopped") != NULL);
	stop = 0;
	db_deadline(db, 1);
	(void)usleep(2000);
	CHECK(!keep_rows(db));
	CHECK(strstr(err.text, "longer than it may") != NULL);
	db_deadline(db, 0);
	memset(&err, 0, sizeof err);
	CHECK(keep_rows(db));
	db_close(db);
}

static void
second_lock_names_the_holder(void)
{
	char pid[32];
	int first, second;

	forget(PATH);
	(void)snprintf(pid, sizeof pid, "process %ld ", (long)getpid());
	CHECK(file_lock(PATH, &first, &err));
	CHECK(!file_lock(PATH, &second, &err));
	CHECK_INT(err.kind, EDGE_TEMPORARY);
	CHECK(strstr(err.text, pid) != NULL);
	file_unlock(first);
	CHECK(file_lock(PATH, &first, &err));
	file_unlock(first);
}

static void
removed_lock_is_taken_again_unless_another_has_it(void)
{
	int first, second;

	forget(PATH);
	CHECK(file_lock(PATH, &first, &err));
	CHECK(file_lock_keep(PATH, &first, &err));
	CHECK(unlink(PATH ".lock") == 0);
	CHECK(file_lock_keep(PATH, &first, &err));
	CHECK(!file_lock(PATH, &second, &err));
	CHECK(unlink(PATH ".lock") == 0);
	CHECK(file_lock(PATH, &second, &err));
	CHECK(!file_lock_keep(PATH, &first, &err));
	CHECK_INT(err.kind, EDGE_TEMPORARY);
	CHECK_INT(first, -1);
	file_unlock(second);
	CHECK(file_lock_keep(PATH, &first, &err));
	file_unlock(first);
}

static void
lock_is_no_link_and_its_holder_a_number(void)
{
	int fd, other;

	forget(PATH);
	write_file("precious", "precious", 8);
	CHECK(symlink("precious", PATH ".lock") == 0);
	CHECK(!file_lock(PATH, &fd, &err));
	CHECK_INT(err.kind, EDGE_CANNOT_MAKE);
	CHECK(unlink(PATH ".lock") == 0);
	CHECK(file_lock(PATH, &fd, &err));
	write_file(PATH ".lock", "\033[31mred", 8);
	CHECK(!file_lock(PATH, &other, &err));
	CHECK(strstr(err.text, "process (unknown) is") != NULL);
	file_unlock(fd);
	CHECK(unlink("precious") == 0);
}

static void
links_are_followed_to_the_file(void)
{
	char real[PATH_MAX];

	forget(PATH);
	CHECK(symlink("unit_links/b", "unit_link_a") == 0);
	CHECK(mkdir("unit_links", 0755) == 0);
	CHECK(symlink("../" PATH, "unit_links/b") == 0);
	CHECK(file_real("unit_link_a", real, &err));
	CHECK_STR(real, "./unit_links/../" PATH);
	CHECK(file_real(PATH, real, &err));
	CHECK_STR(real, PATH);
	CHECK(file_beside("unit_link_a", ".lock", real, &err));
	CHECK_STR(real, "./unit_links/../" PATH ".lock");
	CHECK(unlink("unit_links/b") == 0);
	CHECK(symlink("../unit_link_a", "unit_links/b") == 0);
	CHECK(!file_real("unit_link_a", real, &err));
	CHECK_INT(err.kind, EDGE_CONFIG);
	CHECK(unlink("unit_links/b") == 0 && rmdir("unit_links") == 0 &&
	    unlink("unit_link_a") == 0);
}

static void
publish_replaces_a_file_whole(void)
{
	size_t length;
	char *bytes;

	CHECK(file_publish(PATH, "old", 3, true, &err));
	CHECK(file_publish(PATH, "new text", 8, false, &err));
	bytes = file_read(PATH, 100, &length, &err);
	CHECK_STR(bytes, "new text");
	free(bytes);
	CHECK(file_read(PATH, 7, &length, &err) == NULL);
	CHECK(!file_publish("no/such/directory", "x", 1, false, &err));
	CHECK_INT(err.kind, EDGE_CANNOT_MAKE);
	CHECK(access(PATH ".new", F_OK) != 0);
}

int
main(void)
{
	RUN(every_statement_prepares);
	RUN(open_missing_file_says_how_to_make_it);
	RUN(open_empty_file_for_reading_is_refused);
	RUN(open_file_of_another_program_is_refused);
	RUN(open_newer_schema_is_refused_and_not_replaceable);
	RUN(open_garbage_is_corrupt_and_replaceable);
	RUN(check_finds_a_damaged_page);
	RUN(reader_cannot_name_a_writer_statement);
	RUN(rollback_leaves_the_old_generation);
	RUN(reader_in_a_transaction_sees_one_snapshot);
	RUN(replace_from_swaps_under_an_open_reader);
	RUN(replaced_file_is_noticed);
	RUN(stop_flag_and_deadline_end_a_long_statement);
	RUN(second_lock_names_the_holder);
	RUN(removed_lock_is_taken_again_unless_another_has_it);
	RUN(lock_is_no_link_and_its_holder_a_number);
	RUN(links_are_followed_to_the_file);
	RUN(publish_replaces_a_file_whole);
	forget(PATH);
	return check_exit();
}
