package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// maxEntries is how many streams a playlist may have; the largest providers
// have some hundred thousand.
const maxEntries = 2_000_000

// M3UResult is what a refresh of an M3U account did.
type M3UResult struct {
	// AccountName is the account's.
	AccountName string
	// Elapsed is how long it took.
	Elapsed time.Duration
	// Created, Updated, Stale and Deleted count streams that are new, that have
	// changed, that were there at the last refresh and are not any more, and
	// that were removed from the database.
	Created, Updated, Stale, Deleted int
	// Total is how many entries the provider had.
	Total int
	// Channels is what the channel sync did.
	Channels SyncResult
}

// provider is where the streams of an account come from.
type provider interface {
	// fetch brings what the provider has to this machine.
	fetch(ctx context.Context, report func(Transfer)) error
	// groups reads its groups, and counts its streams.
	groups(ctx context.Context) ([]store.FoundGroup, int, error)
	// each calls do with every stream of these groups of the account. The entry is the same one each time.
	each(ctx context.Context, groups []store.AccountGroup, do func(*entry) error) error
}

// m3uRun is one refresh of an M3U account.
type m3uRun struct {
	*Ingest
	db      *store.M3UImport
	setup   *store.M3USetup
	from    provider
	filters filters
	groups  []store.AccountGroup
	at      time.Time
	pace    pacer
	report  func(Progress)
	action  string // what is being done, as in Progress
	result  M3UResult
}

// RefreshM3U brings the streams of an account up to date, tells progress, which
// may be nil, how far it is, and notes the outcome at the account. Running it
// again after it was cut off at any point gives what one whole run gives. It
// waits while the account's groups are being loaded, and returns ErrBusy when
// the account is being refreshed, store.ErrNotFound when there is none, and a
// *Failure for what people can do something about.
func (i *Ingest) RefreshM3U(ctx context.Context, account int64, progress func(Progress)) (*M3UResult, error) {
	return i.withM3U(ctx, account, progress, m3uWork{do: (*m3uRun).refresh})
}

// LoadM3UGroups reads which groups an account has, so that people can choose
// among them before any stream is imported. The account's status becomes
// "pending_setup". Otherwise it is as RefreshM3U, but that it waits for nobody.
func (i *Ingest) LoadM3UGroups(ctx context.Context, account int64, progress func(Progress)) error {
	_, err := i.withM3U(ctx, account, progress, m3uWork{part: true, do: (*m3uRun).listGroups})
	return err
}

// listGroups is all of loading the groups alone.
func (r *m3uRun) listGroups(ctx context.Context) error {
	if err := r.loadGroups(ctx); err != nil {
		return err
	}
	message := fmt.Sprintf("%d groups found: choose among them, then refresh", len(r.groups))
	if err := r.db.SetStatus(ctx, store.StatusPendingSetup, message); err != nil {
		return err
	}
	r.tell(Progress{Percent: 100, Status: store.StatusPendingSetup, Message: message})
	return nil
}

// m3uWork is what is done with an account.
type m3uWork struct {
	part bool // of a refresh
	do   func(*m3uRun, context.Context) error
}

func (i *Ingest) withM3U(ctx context.Context, account int64, progress func(Progress), work m3uWork) (*M3UResult, error) {
	release, err := i.claim(ctx, target{TypeM3U, account}, work.part)
	if err != nil {
		return nil, fmt.Errorf("refresh M3U account %d: %w", account, err)
	}
	defer release()
	r := &m3uRun{Ingest: i, db: i.store.M3UImport(account), at: time.Now().UTC(), report: progress, action: "downloading", pace: pacer{db: i.store}}
	if r.setup, err = r.db.Setup(ctx); err != nil {
		return nil, err
	}
	r.result.AccountName = r.setup.Account.Name
	if err := refreshable(&r.setup.Account); err != nil {
		return nil, fmt.Errorf("refresh M3U account %q: %w", r.setup.Account.Name, err)
	}
	err = work.do(r, ctx)
	r.result.Elapsed = time.Since(r.at)
	if err == nil {
		return &r.result, nil
	}
	message := shown(err)
	// Who looks at the account must learn of it, also when ctx is what ended it.
	err = errors.Join(err, r.db.SetStatus(context.WithoutCancel(ctx), store.StatusError, message))
	r.tell(Progress{Percent: 100, Status: store.StatusError, Message: message, Error: message})
	return nil, fmt.Errorf("refresh M3U account %q: %w", r.setup.Account.Name, err)
}

// refreshable says what is against a refresh of an account whatever its
// provider; its status stays as it is.
func refreshable(account *store.M3UAccount) error {
	switch {
	case account.Locked:
		return &Failure{Message: "it holds the streams that people made by hand", Next: "there is nothing to refresh", Fault: FaultUser}
	case !account.IsActive:
		return &Failure{Message: "the account is switched off", Next: "switch it on, then refresh", Fault: FaultUser}
	}
	return nil
}

// tell says how far the refresh is with its present action.
func (r *m3uRun) tell(p Progress) {
	if r.report == nil {
		return
	}
	p.Type, p.ID, p.Action = TypeM3U, r.setup.Account.ID, r.action
	r.report(p)
}

// enter begins another action and, where it differs, another status.
func (r *m3uRun) enter(ctx context.Context, action, status string) error {
	r.action = action
	if err := r.db.SetStatus(ctx, status, ""); err != nil {
		return err
	}
	r.tell(Progress{Status: status})
	return nil
}

// refresh is all of a full refresh.
func (r *m3uRun) refresh(ctx context.Context) error {
	if err := r.loadGroups(ctx); err != nil {
		return err
	}
	if err := r.enter(ctx, "parsing", store.StatusParsing); err != nil {
		return err
	}
	if err := r.importStreams(ctx); err != nil {
		return err
	}
	if err := r.tidy(ctx); err != nil {
		return err
	}
	if err := r.syncChannels(ctx); err != nil {
		return err
	}
	if err := r.db.RollUpCatchup(ctx); err != nil {
		return err
	}
	r.result.Elapsed = time.Since(r.at)
	message := r.result.message() + r.leftOut()
	if err := r.db.SetStatus(ctx, store.StatusSuccess, message); err != nil {
		return err
	}
	r.tell(Progress{Percent: 100, Status: store.StatusSuccess, Message: message, Details: r.result.details()})
	return nil
}

// leftOut says what the account asks for and a refresh does not do; "" for nothing.
func (r *m3uRun) leftOut() string {
	options := struct {
		VOD bool `json:"enable_vod"`
	}{}
	decode(r.setup.Account.CustomProperties, &options)
	if r.setup.Account.AccountType != store.AccountXC || !options.VOD {
		return ""
	}
	return "; its films and series were left out: live streams are all that a refresh brings in"
}

// loadGroups fetches what the provider has and notes its groups.
func (r *m3uRun) loadGroups(ctx context.Context) (err error) {
	if err := r.enter(ctx, "downloading", store.StatusFetching); err != nil {
		return err
	}
	if r.filters, err = newFilters(r.setup.Filters); err != nil {
		return err
	}
	if r.from, err = r.newProvider(); err != nil {
		return err
	}
	err = r.from.fetch(ctx, func(t Transfer) { r.tell(Progress{Percent: t.Percent(), Details: t.Details()}) })
	if err != nil {
		return err
	}
	r.tell(Progress{Percent: 100})
	if err := r.enter(ctx, "processing_groups", store.StatusFetching); err != nil {
		return err
	}
	found, total, err := r.from.groups(ctx)
	if err != nil {
		return err
	}
	r.result.Total = total
	slices.SortFunc(found, func(a, b store.FoundGroup) int { return cmp.Compare(a.Name, b.Name) })
	options := struct {
		Enable *bool `json:"auto_enable_new_groups_live"`
	}{}
	decode(r.setup.Account.CustomProperties, &options)
	if err := r.db.SyncGroups(ctx, r.at, found, options.Enable == nil || *options.Enable); err != nil {
		return err
	}
	r.groups, err = r.db.Groups(ctx)
	return err
}

// newProvider is the account's kind of provider.
func (r *m3uRun) newProvider() (provider, error) {
	account := &r.setup.Account
	source := Source{
		Name: fmt.Sprintf("m3u-%d", account.ID), URL: account.ServerURL, Path: account.FilePath,
		Member: ".m3u", UserAgent: r.setup.UserAgent,
	}
	if account.AccountType == store.AccountXC {
		return newXtream(r, source)
	}
	return &playlist{fetcher: r.fetch, source: source}, nil
}

// tidy marks what is gone and deletes what is gone for long.
func (r *m3uRun) tidy(ctx context.Context) error {
	before := r.at.AddDate(0, 0, -r.setup.Account.StaleStreamDays)
	for {
		ids, err := r.db.Surplus(ctx, before, r.pace.limit())
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		err = r.pace.write(ctx, func() error {
			n, err := store.Delete[store.Stream](ctx, r.store, ids...)
			r.result.Deleted += n
			return err
		})
		if err != nil {
			return err
		}
	}
	return r.pace.write(ctx, func() error { return r.db.TidyGroups(ctx, r.at, before) })
}

// message is the result in a sentence.
func (m *M3UResult) message() string {
	text := fmt.Sprintf("%s in %s: %d new, %d changed, %d gone, %d removed",
		counted(m.Total, "stream"), duration(m.Elapsed), m.Created, m.Updated, m.Stale, m.Deleted)
	if c := m.Channels; c.Created+c.Updated+c.Deleted+c.Failed > 0 {
		text += fmt.Sprintf("; channels: %d new, %d changed, %d removed, %d failed", c.Created, c.Updated, c.Deleted, c.Failed)
	}
	return text
}

// counted is a number with its noun, as in "1 stream", "2 streams".
func counted[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// duration says for people how long something took.
func duration(d time.Duration) string {
	if d < 100*time.Millisecond {
		return "less than 0.1 seconds"
	}
	return fmt.Sprintf("%.1f seconds", d.Seconds())
}

// details are the keys of the last message.
func (m *M3UResult) details() map[string]any {
	return map[string]any{
		"elapsed_time": seconds(m.Elapsed), "time_remaining": 0.0, "streams_processed": m.Total,
		"streams_created": m.Created, "streams_updated": m.Updated, "streams_stale": m.Stale, "streams_deleted": m.Deleted,
		"channels_created": m.Channels.Created, "channels_updated": m.Channels.Updated,
		"channels_deleted": m.Channels.Deleted, "channels_failed": m.Channels.Failed,
		"failed_stream_details": m.Channels.Failures,
	}
}
