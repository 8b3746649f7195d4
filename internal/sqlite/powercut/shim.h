// What the recording layer below SQLite offers to Go. See shim.c.
#include <stddef.h>

enum { OP_WRITE = 1, OP_TRUNCATE, OP_SYNC, OP_DELETE, OP_MARK };

// An operation's head in the log; its name and data follow.
typedef struct {
	int kind;
	int name_length;
	long long offset; // or the new length
	long long data_length;
} op_head;

int powercut_begin(const char *folder);
int powercut_end(void);
int powercut_mark(const char *word);
const char *powercut_log(size_t *length);
