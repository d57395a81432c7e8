package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"time"

	"golang.org/x/net/html/charset"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// EPGResult is what a refresh of an EPG source did.
type EPGResult struct {
	// SourceName is the source's name.
	SourceName string
	// Channels is how many channels the guide has.
	Channels int
	// Mapped is how many of them a channel of the lineup shows. With none, no
	// programme was read.
	Mapped int
	// Programmes is how many programmes those have now.
	Programmes int
	// Skipped is how many programmes belong to channels that nobody shows.
	Skipped int
	// Dropped is how many did not say when they are.
	Dropped int
	// Added is how many programmes are new, or other than before.
	Added int
	// Removed is how many programmes went, those that were replaced too.
	Removed int
	// Warnings is what was wrong with the guide, at most twenty lines.
	Warnings []string
}

// guideRefresh is one refresh of one source.
type guideRefresh struct {
	*Ingest
	EPGResult

	id       int64
	rows     *store.EPGImport
	source   store.EPGSource
	agent    string
	content  *Content
	cut      bool // the guide breaks off
	episodes *episodes
	pacer    pacer
	until    time.Time // when one transaction for all is given up; zero for never
	report   func(Progress)
	action   string    // what is being done
	reported time.Time // when the last step on the way was told
}

// RefreshEPG brings the newest guide of a source into the database: its
// channels, and the programmes of those that a channel of the lineup shows.
// How far it is goes to progress, which may be nil, and into the source's
// status. It waits while some programmes of the source are being read, and
// returns ErrBusy when the source is being refreshed, store.ErrNotFound when
// there is none, and a *Failure for what people can do something about; the
// source's status says the same.
//
// On PostgreSQL the programmes change in one transaction. So they do on SQLite,
// unless so many have changed that others would wait too long to write: then
// they change channel by channel, and a refresh that was interrupted is
// completed by the next.
func (i *Ingest) RefreshEPG(ctx context.Context, id int64, progress func(Progress)) (*EPGResult, error) {
	release, err := i.claim(ctx, target{TypeEPG, id}, false)
	if err != nil {
		return nil, fmt.Errorf("refresh EPG source %d: %w", id, err)
	}
	defer release()
	r, err := i.guideRefresh(ctx, id, progress)
	if err != nil {
		return nil, err
	}
	if err := r.refusal(); err != nil {
		return nil, err
	}
	if err := r.refresh(ctx); err != nil {
		return nil, r.failed(ctx, err)
	}
	return &r.EPGResult, nil
}

func (i *Ingest) guideRefresh(ctx context.Context, id int64, progress func(Progress)) (*guideRefresh, error) {
	if progress == nil {
		progress = func(Progress) {}
	}
	rows := i.store.EPGImport(id)
	setup, err := rows.Setup(ctx)
	if err != nil {
		return nil, err
	}
	return &guideRefresh{
		Ingest: i, EPGResult: EPGResult{SourceName: setup.Source.Name}, id: id, rows: rows,
		source: setup.Source, agent: setup.UserAgent, episodes: newEpisodes(), report: progress, pacer: pacer{db: i.store},
	}, nil
}

// refusal is why the source is not refreshed at all, nil when it is.
func (r *guideRefresh) refusal() error {
	switch {
	case r.source.SourceType == store.SourceDummy:
		return &Failure{Message: "a dummy source has nothing to refresh", Next: "choose a source of type xmltv", Fault: FaultUser}
	case !r.source.IsActive:
		return &Failure{Message: "the source is switched off", Next: "switch it on first", Fault: FaultUser}
	}
	return nil
}

func (r *guideRefresh) refresh(ctx context.Context) error {
	if r.source.SourceType == store.SourceSchedulesDirect {
		return &Failure{
			Message: "sources of Schedules Direct are not supported", Fault: FaultHost,
			Next: "have a program such as tv_grab_zz_sdjson write the guide to a file, and make a source of type xmltv of that",
		}
	}
	if err := r.download(ctx); err != nil {
		return err
	}
	if err := r.rows.SetStatus(ctx, store.StatusParsing, ""); err != nil {
		return err
	}
	if err := r.channels(ctx); err != nil {
		return err
	}
	if err := r.programmes(ctx); err != nil {
		return err
	}
	return r.succeeded(ctx)
}

// download brings the guide to this machine.
func (r *guideRefresh) download(ctx context.Context) error {
	r.begin("downloading")
	if err := r.rows.SetStatus(ctx, store.StatusFetching, ""); err != nil {
		return err
	}
	source := r.where()
	source.Report = func(t Transfer) {
		details := t.Details()
		details["downloaded"] = fmt.Sprintf("%.2f MB", float64(t.Done)/(1<<20))
		r.say(Progress{Percent: min(99, t.Percent()), Details: details})
	}
	content, err := r.fetch.Fetch(ctx, source)
	if err != nil {
		return err
	}
	r.content = content
	r.say(Progress{Percent: 100})
	return nil
}

// where is where the guide is.
func (r *guideRefresh) where() Source {
	return Source{
		Name: "epg-" + strconv.FormatInt(r.id, 10), URL: r.source.URL, Path: r.source.FilePath, Member: ".xml", UserAgent: r.agent,
	}
}

// begin says that an action begins.
func (r *guideRefresh) begin(action string) {
	r.action, r.reported = action, time.Time{}
	r.say(Progress{})
}

// say tells how far the current action is.
func (r *guideRefresh) say(p Progress) {
	p.Type, p.ID, p.Action = TypeEPG, r.id, r.action
	r.report(p)
	r.reported = time.Now()
}

// due says that it is time to tell of a step on the way.
func (r *guideRefresh) due() bool { return time.Since(r.reported) >= reportEvery }

// read calls do with the entries of the guide that options ask for, and says
// how much of the file was read. It returns what do returns.
func (r *guideRefresh) read(ctx context.Context, options xmltv.Options, do func(xmltv.Entry, float64) error) (err error) {
	content, err := r.content.Open()
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }() // it was only read
	options.Charset = func(label string, in io.Reader) (io.Reader, error) { return charset.NewReaderLabel(label, in) }
	guide := xmltv.NewReader(content, options)
	for n := 0; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		entry, err := guide.Read()
		if errors.Is(err, io.EOF) {
			r.Warnings, r.cut = guide.Warnings(), guide.Truncated()
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		if err := do(entry, content.Fraction()); err != nil {
			return err
		}
	}
}

// unreadable says what it means that a guide cannot be read.
func unreadable(err error) error {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	failure := &Failure{Message: err.Error(), Next: "tell the provider", Fault: FaultSource, Cause: err}
	if errors.Is(err, xmltv.ErrNotXMLTV) {
		failure.Next = "check that the address is that of a guide"
	}
	return failure
}

// succeeded notes that all went well.
func (r *guideRefresh) succeeded(ctx context.Context) error {
	message := fmt.Sprintf("Parsed %s for %s", counted(r.Programmes, "programme"), counted(r.Mapped, "channel"))
	if r.Mapped == 0 {
		message = fmt.Sprintf("Found %d channels; no channel of the lineup is mapped to one of them", r.Channels)
	}
	if r.Skipped > 0 {
		message += fmt.Sprintf(" (skipped %d of channels that are not mapped)", r.Skipped)
	}
	if r.Dropped > 0 {
		message += fmt.Sprintf("; %d did not say when they are", r.Dropped)
	}
	if r.cut {
		message += "; the guide breaks off, so nothing was removed for what it does not reach"
	}
	if err := r.rows.SetStatus(ctx, store.StatusSuccess, message); err != nil {
		return err
	}
	r.say(Progress{Percent: 100, Status: store.StatusSuccess, Message: message, Details: map[string]any{
		"updated_at": time.Now().UTC().Format(time.RFC3339),
	}})
	return nil
}

// failed notes what went wrong and returns it. The context may be the reason,
// so the note is written without it.
func (r *guideRefresh) failed(ctx context.Context, err error) error {
	message := shown(err)
	if _, expected := errors.AsType[*Failure](err); !expected {
		r.action = "refresh"
	}
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if noted := r.rows.SetStatus(note, store.StatusError, message); noted != nil && !errors.Is(noted, store.ErrNotFound) {
		err = errors.Join(err, noted)
	}
	r.say(Progress{Percent: 100, Status: store.StatusError, Message: message, Error: message})
	return fmt.Errorf("refresh EPG source %q: %w", r.source.Name, err)
}

// RefreshGuide brings in the programmes of one channel of a guide, told by its
// EPGData: somebody has just mapped a channel to it. The last copy of the guide
// is used; only without one it is downloaded. When no channel shows it, nothing
// is done, unless force is true. It returns ErrBusy while the source is being
// refreshed: then it has to be tried again, because the refresh may have begun
// before the channel was mapped.
func (i *Ingest) RefreshGuide(ctx context.Context, epgData int64, force bool) error {
	row, err := store.Find[store.EPGData](ctx, i.store, epgData)
	if err != nil {
		return err
	}
	release, err := i.claim(ctx, target{TypeEPG, row.EPGSourceID}, true)
	if err != nil {
		return fmt.Errorf("refresh the guide of %q: %w", row.Name, err)
	}
	defer release()
	r, err := i.guideRefresh(ctx, row.EPGSourceID, nil)
	if err != nil {
		return err
	}
	if r.source.SourceType != store.SourceXMLTV || row.TvgID == "" {
		return nil
	}
	if !force {
		mapped, err := r.rows.IsMapped(ctx, row.ID)
		if err != nil || !mapped {
			return err
		}
	}
	r.content, err = r.fetch.Copy(r.where())
	if errors.Is(err, fs.ErrNotExist) {
		r.content, err = r.fetch.Fetch(ctx, r.where())
	}
	if err == nil {
		err = r.replace(ctx, []store.EPGData{*row})
	}
	if err != nil {
		return fmt.Errorf("refresh the guide of %q: %w", row.Name, err)
	}
	return nil
}
