#include "fault_vfs.h"

#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

/* The real file lies behind it in the same memory. */
struct fault_file {
	sqlite3_file base;
	sqlite3_file *real;
};

static struct {
	sqlite3_vfs vfs, *real;
	sqlite3_io_methods methods;
	enum fault fault;
	long left;  /* calls to the one that fails; 0: it is over */
	bool on;
	long count, seen;
} state;

static sqlite3_file *
real_of(sqlite3_file *file)
{
	return ((struct fault_file *)file)->real;
}

/* Whether this call fails. */
static bool
fails(bool reads, bool grows)
{
	if (state.fault == FAULT_NONE || state.left == 0 ||
	    reads != (state.fault == FAULT_READ) ||
	    (state.fault == FAULT_FULL && !grows))
		return false;
	state.seen++;
	if (state.left > 1) {
		state.left--;
		return false;
	}
	if (!state.on)
		state.left = 0;
	state.count++;
	return true;
}

static int
code_of(int error)
{
	return state.fault == FAULT_FULL ? SQLITE_FULL : error;
}

static int
fault_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int
fault_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 at)
{
	if (fails(true, false))
		return SQLITE_IOERR_READ;
	return real_of(file)->pMethods->xRead(real_of(file), bytes, length,
	    at);
}

static int
fault_write(sqlite3_file *file, const void *bytes, int length,
    sqlite3_int64 at)
{
	if (fails(false, true)) {
		if (state.fault == FAULT_SHORT)
			(void)real_of(file)->pMethods->xWrite(real_of(file),
			    bytes, length / 2, at);
		return code_of(SQLITE_IOERR_WRITE);
	}
	return real_of(file)->pMethods->xWrite(real_of(file), bytes, length,
	    at);
}

static int
fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (fails(false, false))
		return SQLITE_IOERR_TRUNCATE;
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int
fault_sync(sqlite3_file *file, int flags)
{
	(void)file;
	(void)flags;
	/* Nothing here outlives the machine: a test need not wait. */
	return fails(false, false) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int
fault_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int
fault_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int
fault_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int
fault_check_lock(sqlite3_file *file, int *held)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file),
	    held);
}

static int
fault_control(sqlite3_file *file, int what, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), what,
	    argument);
}

static int
fault_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int
fault_device(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int
fault_shm_map(sqlite3_file *file, int page, int size, int extend,
    void volatile **at)
{
	if (extend && fails(false, true))
		return code_of(SQLITE_IOERR_SHMSIZE);
	return real_of(file)->pMethods->xShmMap(real_of(file), page, size,
	    extend, at);
}

static int
fault_shm_lock(sqlite3_file *file, int offset, int length, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset,
	    length, flags);
}

static void
fault_shm_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int
fault_shm_unmap(sqlite3_file *file, int remove)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static int
fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *out_flags)
{
	struct fault_file *at = (struct fault_file *)file;
	int code;

	(void)vfs;
	at->base.pMethods = NULL;
	if (fails(false, true))
		return SQLITE_CANTOPEN;
	at->real = (sqlite3_file *)(void *)(at + 1);
	code = state.real->xOpen(state.real, name, at->real, flags, out_flags);
	if (at->real->pMethods != NULL)
		at->base.pMethods = &state.methods;
	return code;
}

static int
fault_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	if (fails(false, false))
		return SQLITE_IOERR_DELETE;
	return state.real->xDelete(state.real, name, sync);
}

bool
fault_install(void)
{
	state.real = sqlite3_vfs_find(NULL);
	if (state.real == NULL)
		return false;
	/* What is not set here is the real one's, which looks at nothing of
	 * the struct but its name. */
	state.vfs = *state.real;
	state.vfs.zName = "faults";
	state.vfs.pNext = NULL;
	state.vfs.szOsFile = (int)sizeof(struct fault_file) +
	    state.real->szOsFile;
	state.vfs.xOpen = fault_open;
	state.vfs.xDelete = fault_delete;
	state.methods = (sqlite3_io_methods){
		.iVersion = 2, .xClose = fault_close, .xRead = fault_read,
		.xWrite = fault_write, .xTruncate = fault_truncate,
		.xSync = fault_sync, .xFileSize = fault_file_size,
		.xLock = fault_lock, .xUnlock = fault_unlock,
		.xCheckReservedLock = fault_check_lock,
		.xFileControl = fault_control,
		.xSectorSize = fault_sector_size,
		.xDeviceCharacteristics = fault_device,
		.xShmMap = fault_shm_map, .xShmLock = fault_shm_lock,
		.xShmBarrier = fault_shm_barrier,
		.xShmUnmap = fault_shm_unmap,
	};
	return sqlite3_vfs_register(&state.vfs, 1) == SQLITE_OK;
}

void
fault_plan(enum fault fault, long nth, bool on)
{
	state.fault = fault;
	state.left = nth;
	state.on = on;
	state.count = state.seen = 0;
}

long
fault_count(void)
{
	return state.count;
}

long
fault_seen(void)
{
	return state.seen;
}

const char *
fault_name(enum fault fault, bool on)
{
	static const char *const names[FAULT_MAX][2] = {
		{ "no fault", "no fault" },
		{ "full once", "full from then on" },
		{ "error once", "errors from then on" },
		{ "short write once", "short writes from then on" },
		{ "read error once", "read errors from then on" },
	};

	return names[fault][on];
}
