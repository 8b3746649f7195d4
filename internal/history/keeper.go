package history

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"time"

	"github.com/wallboard/wallboard/internal/interaction"
	"github.com/wallboard/wallboard/internal/journal"
	"github.com/wallboard/wallboard/internal/wallboard"
)

const (
	// keepEvery is how often what changed is stored; a start replays about as much.
	keepEvery = time.Second
	// maxUnkept is how many contacts may have changed before the applier itself waits for
	// them to be stored. It bounds memory while the whole journal is replayed, and the
	// length of one transaction.
	maxUnkept = 20_000
	// auditEvery is how often the counts are compared with a recount of what boards still count.
	auditEvery = 5 * time.Minute
)

// Keeper moves what changes in a wallboard into the store. It is the journal's applier: what
// it is handed it hands on to the wallboard.
type Keeper struct {
	// Static after construction.
	store  *Store
	live   *wallboard.Wallboard
	logger *slog.Logger
	late   lateBook

	mu sync.Mutex // one projection at a time

	retention Retention // set before anything is applied
	// still is held by whoever needs that nothing is removed.
	still sync.Mutex

	// Owned by the applier.
	removal removal
}

// NewKeeper makes the keeper of one wallboard, which was made with the store as its archive.
func NewKeeper(store *Store, live *wallboard.Wallboard) *Keeper {
	return &Keeper{store: store, live: live, logger: store.logger}
}

// Apply implements [journal.Applier].
func (k *Keeper) Apply(b journal.Batch) {
	k.live.Apply(b.Source, b.Received, b.Events)
	k.late.note(&b, k.store.zone)
	k.live.Reached(b.Position)
	if k.live.Unkept() >= maxUnkept {
		k.Keep(k.store.ctx)
		k.live.Release()
	}
}

// Tick implements [journal.Applier].
func (k *Keeper) Tick(asOf int64) {
	k.live.Tick(asOf)
	k.remove(asOf)
}

// Run keeps what changed, about once a second, and audits the counts every few minutes,
// until ctx ends. A last time it keeps what changed then, so that the next start is short.
func (k *Keeper) Run(ctx context.Context, log journal.Journal) {
	var audits sync.WaitGroup
	defer audits.Wait()
	audits.Go(func() { k.audits(ctx, log) })
	t := time.NewTicker(keepEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			k.Keep(ctx)
			k.strip(ctx)
		case <-ctx.Done():
			k.Keep(context.WithoutCancel(ctx))
			return
		}
	}
}

// audits compares the counts with a recount from time to time, and shouts when they differ.
func (k *Keeper) audits(ctx context.Context, log journal.Journal) {
	t := time.NewTicker(auditEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		if _, err := k.Audit(ctx, log, false); err != nil && ctx.Err() == nil && !errors.Is(err, wallboard.ErrAuditing) {
			k.logger.Error("the audit of the counts failed", "cause", err)
		}
	}
}

// Keep stores what changed since it was last called, and reports whether it could. What
// could not be stored is kept in memory and stored later.
func (k *Keeper) Keep(ctx context.Context) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	ch := k.live.Take()
	if ch.Empty() {
		return true
	}
	late, noted := k.late.take(ch.Through)
	if err := k.store.Project(ctx, k.store.rules(k.live), ch, late); err != nil {
		k.live.PutBack(ch)
		if ctx.Err() == nil {
			k.logger.Error("projections cannot be stored; memory grows until they can", "contacts", len(ch.Contacts), "cause", err)
		}
		return false
	}
	k.live.Kept(ch)
	k.late.drop(noted)
	return true
}

// Audit recounts; see [wallboard.Wallboard.Audit]. Whole takes in everything that is stored.
// A difference is logged as an error.
func (k *Keeper) Audit(ctx context.Context, log journal.Journal, whole bool) (wallboard.Verdict, error) {
	var v wallboard.Verdict
	var err error
	if whole {
		k.still.Lock()
		defer k.still.Unlock()
		v, err = k.auditWhole(ctx, log)
	} else {
		v, err = k.live.Audit(ctx, nil)
	}
	if err == nil && v.Differing > 0 {
		k.logger.Error("the numbers differ from a recount; please report this", "position", v.Position,
			"differences", v.Differing, "first", v.Differences[0])
	}
	return v, err
}

func (k *Keeper) auditWhole(ctx context.Context, log journal.Journal) (wallboard.Verdict, error) {
	return k.live.Audit(ctx, func(through int64) iter.Seq2[[]interaction.Event, error] {
		return func(yield func([]interaction.Event, error) bool) {
			for b, err := range log.Read(ctx, 0) {
				if err == nil && b.Position > through {
					return
				}
				if !yield(b.Events, err) {
					return
				}
			}
		}
	})
}
