// A layer between SQLite and its default VFS that writes down every change of a file
// below one folder, in the order in which the calls returned.
#include "shim.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// SQLite's interface to files, whose layout is part of its stable ABI. Functions that are
// only passed through have no types here.
typedef struct file file;
typedef struct vfs vfs;

typedef struct {
	int version;
	int (*close)(file *);
	void *read;
	int (*write)(file *, const void *, int, long long);
	int (*truncate)(file *, long long);
	int (*sync)(file *, int);
	void *others[13]; // from xFileSize to xUnfetch, of version 3
} methods;

struct file {
	const methods *methods;
};

struct vfs {
	int version, file_size, path_length;
	vfs *next;
	const char *name;
	void *data;
	int (*open)(vfs *, const char *, file *, int, int *);
	int (*delete)(vfs *, const char *, int);
	void *others[14]; // from xAccess to xNextSystemCall, of version 3
};

extern vfs *sqlite3_vfs_find(const char *);
extern int sqlite3_vfs_register(vfs *, int);
extern int sqlite3_vfs_unregister(vfs *);

enum { OK = 0, NOMEM = 7, MISUSE = 21, MAX_OPEN = 64 };

// An open file that is written down.
typedef struct {
	file *file;
	const methods *below;
	methods above;
	char *name;
} entry;

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static vfs *below; // the default of before; set while recording
static vfs above;
static char *folder;
static entry open_files[MAX_OPEN];
static char *log_bytes;
static size_t log_length, log_room;

static int append(const void *data, size_t length) {
	if (log_room - log_length < length) {
		size_t room = 2 * log_room + length + 65536;
		char *bigger = realloc(log_bytes, room);
		if (bigger == NULL)
			return NOMEM;
		log_bytes = bigger;
		log_room = room;
	}
	if (length > 0)
		memcpy(log_bytes + log_length, data, length);
	log_length += length;
	return OK;
}

// note writes one operation down. mu is held.
static int note(int kind, const char *name, long long offset, const void *data, size_t length) {
	op_head h = {kind, (int)strlen(name), offset, (long long)length};
	if (append(&h, sizeof h) != OK || append(name, strlen(name)) != OK)
		return NOMEM;
	return append(data, length);
}

// find returns the entry of a file. mu is held. Only open files are asked for.
static entry *find(file *f) {
	for (int i = 0; i < MAX_OPEN; i++)
		if (open_files[i].file == f)
			return &open_files[i];
	abort();
}

static entry *locked(file *f) {
	pthread_mutex_lock(&mu);
	entry *e = find(f);
	pthread_mutex_unlock(&mu);
	return e; // an entry changes only where its file is opened or closed
}

static int record(file *f, int kind, long long offset, const void *data, size_t length) {
	pthread_mutex_lock(&mu);
	int rc = note(kind, find(f)->name, offset, data, length);
	pthread_mutex_unlock(&mu);
	return rc;
}

static int on_write(file *f, const void *data, int length, long long offset) {
	int rc = locked(f)->below->write(f, data, length, offset);
	return rc != OK ? rc : record(f, OP_WRITE, offset, data, (size_t)length);
}

static int on_truncate(file *f, long long length) {
	int rc = locked(f)->below->truncate(f, length);
	return rc != OK ? rc : record(f, OP_TRUNCATE, length, NULL, 0);
}

static int on_sync(file *f, int flags) {
	int rc = locked(f)->below->sync(f, flags);
	return rc != OK ? rc : record(f, OP_SYNC, 0, NULL, 0);
}

static int on_close(file *f) {
	entry *e = locked(f);
	f->methods = e->below;
	int rc = f->methods->close(f);
	pthread_mutex_lock(&mu);
	free(e->name);
	memset(e, 0, sizeof *e);
	pthread_mutex_unlock(&mu);
	return rc;
}

static int watched(const char *name) {
	return name != NULL && strncmp(name, folder, strlen(folder)) == 0;
}

static int on_open(vfs *v, const char *name, file *f, int flags, int *out) {
	int rc = below->open(below, name, f, flags, out);
	if (rc != OK || f->methods == NULL || !watched(name))
		return rc;
	pthread_mutex_lock(&mu);
	entry *e = find(NULL);
	e->name = strdup(name + strlen(folder));
	e->below = f->methods;
	e->above = *f->methods;
	e->above.close = on_close;
	e->above.write = on_write;
	e->above.truncate = on_truncate;
	e->above.sync = on_sync;
	e->file = f;
	f->methods = &e->above;
	pthread_mutex_unlock(&mu);
	return OK;
}

static int on_delete(vfs *v, const char *name, int sync_folder) {
	int rc = below->delete(below, name, sync_folder);
	if (rc != OK || !watched(name))
		return rc;
	pthread_mutex_lock(&mu);
	rc = note(OP_DELETE, name + strlen(folder), 0, NULL, 0);
	if (rc == OK && sync_folder)
		rc = note(OP_SYNC, name + strlen(folder), 0, NULL, 0);
	pthread_mutex_unlock(&mu);
	return rc;
}

// powercut_begin puts the layer in place. The folder's name ends in a slash.
int powercut_begin(const char *name) {
	vfs *found = sqlite3_vfs_find(NULL);
	if (below != NULL || found == NULL || found->version != 3)
		return MISUSE;
	below = found;
	above = *below;
	above.next = NULL;
	above.name = "powercut";
	above.open = on_open;
	above.delete = on_delete;
	folder = strdup(name);
	log_length = 0;
	return sqlite3_vfs_register(&above, 1);
}

// powercut_end takes the layer away, which fails while a file is open.
int powercut_end(void) {
	for (int i = 0; i < MAX_OPEN; i++)
		if (open_files[i].file != NULL)
			return MISUSE;
	int rc = sqlite3_vfs_unregister(&above);
	if (rc == OK)
		rc = sqlite3_vfs_register(below, 1);
	below = NULL;
	free(folder);
	return rc;
}

int powercut_mark(const char *word) {
	pthread_mutex_lock(&mu);
	int rc = note(OP_MARK, word, 0, NULL, 0);
	pthread_mutex_unlock(&mu);
	return rc;
}

// powercut_log returns the log, which stays valid until the next operation.
const char *powercut_log(size_t *length) {
	*length = log_length;
	return log_bytes;
}
