package history

import (
	"context"
	"testing"

	"github.com/wallboard/wallboard/internal/sqlite"
)

// beforeCovering takes a database back to the schema before the covering indexes.
const beforeCovering = `
DROP INDEX interactions_wait; DROP INDEX interactions_waiting; DROP INDEX interactions_came; DROP INDEX interactions_long;
DROP TABLE agent_blocks;
DROP INDEX works_first; DROP INDEX works_status; DROP INDEX works_agent;
ALTER TABLE works DROP COLUMN source; ALTER TABLE works DROP COLUMN channel; ALTER TABLE works DROP COLUMN counts;
ALTER TABLE works DROP COLUMN started; ALTER TABLE works DROP COLUMN first;
CREATE INDEX works_status ON works(status, at); CREATE INDEX works_agent ON works(agent, at);
DELETE FROM goose_db_version WHERE version_id >= 10`

// TestUpgrade: a folder of before the covering indexes is open again without its old rows being
// indexed, which took 82 s of a million on a busy machine, with the hooks away. Everything is
// counted anew, and can be found.
func TestUpgrade(t *testing.T) {
	h := newHouse(t)
	defer h.remove(t)
	h.append(t, "a", call("A", h.now(), false))
	h.append(t, "b", call("B", h.now(), true))
	h.keeper.Keep(t.Context())
	if n := h.count(t, "interactions") * h.count(t, "works"); n == 0 {
		t.Fatal("there is nothing to bring up to date")
	}
	if _, err := h.db.Write.Exec(beforeCovering); err != nil {
		t.Fatal(err)
	}
	h.close(t)
	db, err := sqlite.Open(context.Background(), h.dir)
	if err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.Read.QueryRow("SELECT (SELECT count(*) FROM interactions) + (SELECT count(*) FROM works)").Scan(&left); err != nil || left > 0 {
		t.Errorf("%d rows were indexed, %v", left, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	h.open(t)
	h.same(t)
}
