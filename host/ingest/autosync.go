package ingest

import (
	"context"
	"fmt"
	"slices"

	"github.com/pluggarr/pluggarr/host/store"
)

// SyncResult is what the channel sync did.
type SyncResult struct {
	// Created, Updated and Deleted count channels; Failed counts streams that
	// got none.
	Created, Updated, Deleted, Failed int
	// Failures say which, up to a hundred of them.
	Failures []SyncFailure
}

// SyncFailure is a stream that got no channel.
type SyncFailure struct {
	// StreamName is the stream's; empty when a whole group failed.
	StreamName string `json:"stream_name"`
	// StreamID is the stream's row; 0 when a whole group failed.
	StreamID int64 `json:"stream_id"`
	// Group is the name of its group.
	Group string `json:"group"`
	// Reason is a word for machines: "range_exhausted" or "bad_options".
	Reason string `json:"reason"`
	// Error is a sentence for people.
	Error string `json:"error"`
}

// maxFailures is how many failures a result lists.
const maxFailures = 100

// channelChunk is how many channels one transaction writes: each has a stream
// and memberships too.
const channelChunk = 300

// syncer makes a channel of each stream of the groups that ask for it.
type syncer struct {
	*m3uRun
	channels map[int64]*store.Channel // the account's, by stream
	all      []store.Channel
	kept     map[int64]bool // channels that stay, by ID
	numbers  *numbers
	made     []store.AutoChannel
	changed  []store.Channel
}

// syncChannels makes, changes and removes the channels that the account made.
func (r *m3uRun) syncChannels(ctx context.Context) error {
	all, links, err := r.db.AutoChannels(ctx, r.at)
	if err != nil {
		return err
	}
	wanted := slices.ContainsFunc(r.groups, isSynced)
	if !wanted && len(all) == 0 {
		return nil
	}
	taken, err := r.db.TakenNumbers(ctx)
	if err != nil {
		return err
	}
	s := &syncer{m3uRun: r, all: all, kept: map[int64]bool{}, channels: map[int64]*store.Channel{}, numbers: newNumbers(taken)}
	byID := make(map[int64]*store.Channel, len(all))
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	for _, link := range links {
		if link.Own {
			s.channels[link.StreamID] = byID[link.ChannelID]
		}
	}
	// First what goes: its numbers are free for what comes.
	if len(all) > 0 {
		if err := s.eachGroup(ctx, s.keep); err != nil {
			return err
		}
		if err := s.remove(ctx, links); err != nil {
			return err
		}
	}
	if err := s.eachGroup(ctx, s.group); err != nil {
		return err
	}
	return s.flush(ctx)
}

// groupStep is a group that is synced.
type groupStep struct {
	store.AccountGroup
	options *syncOptions
	streams []store.Stream // that the options choose
	bad     string         // why the options cannot be used; then the group stays as it is
}

// eachGroup calls do with every group that is synced.
func (s *syncer) eachGroup(ctx context.Context, do func(context.Context, groupStep) error) error {
	for _, group := range s.groups {
		if !isSynced(group) {
			continue
		}
		streams, err := s.db.SeenStreams(ctx, s.at, group.ChannelGroupID)
		if err != nil {
			return err
		}
		options, err := newSyncOptions(group)
		if err == nil {
			streams, err = options.choose(streams)
		}
		step := groupStep{AccountGroup: group, options: options, streams: streams}
		if err != nil {
			step.bad = err.Error()
		}
		if err := do(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func isSynced(group store.AccountGroup) bool { return group.Enabled && group.AutoChannelSync }

// group syncs the channels of one group.
func (s *syncer) group(ctx context.Context, group groupStep) error {
	options, streams := group.options, group.streams
	if group.bad != "" {
		s.fail(SyncFailure{Group: group.Name, Reason: "bad_options", Error: group.bad}, len(streams))
		return nil
	}
	sources, err := s.lookUp(ctx, options, streams)
	if err != nil {
		return err
	}
	s.giveUpNumbers(options, streams)
	for i := range streams {
		if err := s.stream(ctx, options, sources, &streams[i]); err != nil {
			return err
		}
	}
	return nil
}

// keep notes that the channels of streams stay.
func (s *syncer) keep(_ context.Context, group groupStep) error {
	for i := range group.streams {
		if channel := s.channels[group.streams[i].ID]; channel != nil {
			s.kept[channel.ID] = true
		}
	}
	return nil
}

func (s *syncer) fail(failure SyncFailure, n int) {
	s.result.Channels.Failed += n
	if len(s.result.Channels.Failures) < maxFailures {
		s.result.Channels.Failures = append(s.result.Channels.Failures, failure)
	}
}

// giveUpNumbers frees the numbers of a group's channels that are to be numbered anew.
func (s *syncer) giveUpNumbers(options *syncOptions, streams []store.Stream) {
	for i := range streams {
		channel := s.channels[streams[i].ID]
		if channel != nil && channel.ChannelNumber != nil && !options.keepsNumber(channel, &streams[i]) {
			s.numbers.free(*channel.ChannelNumber)
		}
	}
}

// stream makes or changes the channel of one stream.
func (s *syncer) stream(ctx context.Context, options *syncOptions, found *lookedUp, stream *store.Stream) error {
	is := s.channels[stream.ID]
	want := store.Channel{}
	if is != nil {
		s.kept[is.ID] = true
		want = *is
	}
	if err := options.fill(&want, found, stream); err != nil {
		return err
	}
	number, err := s.number(options, is, stream)
	if err != nil {
		s.fail(SyncFailure{stream.Name, stream.ID, options.group.Name, "range_exhausted", err.Error()}, 1)
		if is == nil {
			return nil
		}
		number = nil
	}
	want.ChannelNumber = number
	switch {
	case is == nil:
		s.made = append(s.made, store.AutoChannel{Channel: want, StreamID: stream.ID, Profiles: options.Profiles.ids()})
	case !sameChannel(is, &want):
		s.changed = append(s.changed, want)
	}
	if len(s.made)+len(s.changed) >= channelChunk {
		return s.flush(ctx)
	}
	return nil
}

// number is the number a channel gets; nil for a hidden one where numbers are
// packed. The error says that there is none left.
func (s *syncer) number(options *syncOptions, is *store.Channel, stream *store.Stream) (*float64, error) {
	if is != nil && options.keepsNumber(is, stream) {
		return is.ChannelNumber, nil
	}
	if is != nil && is.HiddenFromOutput && bool(options.Compact) {
		return nil, nil //nolint:nilnil // a channel without a number is no error
	}
	if options.mode() == numberProvider && stream.StreamChno != nil && s.numbers.take(*stream.StreamChno) {
		number := *stream.StreamChno
		return &number, nil
	}
	number, ok := s.numbers.next(options.first(), options.last())
	if !ok {
		return nil, fmt.Errorf("the numbers of group %q up to %g are used up: give it a wider range", options.group.Name, *options.group.AutoSyncChannelEnd)
	}
	return &number, nil
}

func sameChannel(a, b *store.Channel) bool {
	return a.Name == b.Name && a.TvgID == b.TvgID && a.TvcGuideStationID == b.TvcGuideStationID &&
		a.ChannelGroupID == b.ChannelGroupID && a.LogoID == b.LogoID && a.EPGDataID == b.EPGDataID &&
		a.StreamProfileID == b.StreamProfileID && a.IsAdult == b.IsAdult &&
		(a.ChannelNumber == nil) == (b.ChannelNumber == nil) && (a.ChannelNumber == nil || *a.ChannelNumber == *b.ChannelNumber)
}

// flush writes what has gathered.
func (s *syncer) flush(ctx context.Context) error {
	if len(s.made)+len(s.changed) == 0 {
		return nil
	}
	if err := s.pace.write(ctx, func() error { return s.db.WriteAutoChannels(ctx, s.made, s.changed) }); err != nil {
		return err
	}
	s.result.Channels.Created += len(s.made)
	s.result.Channels.Updated += len(s.changed)
	s.made, s.changed = s.made[:0], s.changed[:0]
	return nil
}

// remove deletes the account's channels that no stream of it feeds any more,
// and those whose stream its group does not choose any more. Hidden ones stay,
// those that another account feeds too, and what the account's option
// orphan_channel_cleanup protects.
func (s *syncer) remove(ctx context.Context, links []store.ChannelLink) error {
	options := struct {
		Cleanup string `json:"orphan_channel_cleanup"`
	}{}
	decode(s.setup.Account.CustomProperties, &options)
	if options.Cleanup == "never" {
		return nil
	}
	synced := map[int64]bool{}
	for _, group := range s.groups {
		synced[group.ChannelGroupID] = isSynced(group)
	}
	fed := map[int64]bool{}
	for _, link := range links {
		if !link.Own || link.Seen && !synced[link.GroupID] {
			fed[link.ChannelID] = true
		}
	}
	var gone []int64
	numbers := map[int64]*float64{}
	for _, channel := range s.all {
		if !s.kept[channel.ID] && !fed[channel.ID] && !channel.HiddenFromOutput {
			gone = append(gone, channel.ID)
			numbers[channel.ID] = channel.ChannelNumber
		}
	}
	if options.Cleanup == "preserve_customized" {
		var err error
		if gone, err = s.uncustomized(ctx, gone); err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(gone, channelChunk) {
		err := s.pace.write(ctx, func() error {
			n, err := store.Delete[store.Channel](ctx, s.store, chunk...)
			s.result.Channels.Deleted += n
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range chunk {
			if number := numbers[id]; number != nil {
				s.numbers.free(*number)
			}
		}
	}
	return nil
}

// uncustomized are those of the channels for which nobody has set anything.
func (s *syncer) uncustomized(ctx context.Context, channels []int64) ([]int64, error) {
	customized := map[int64]bool{}
	for chunk := range slices.Chunk(channels, chunkRows) {
		ids := make([]any, len(chunk))
		for i, id := range chunk {
			ids[i] = id
		}
		overrides, err := store.List[store.ChannelOverride](ctx, s.store, store.Query{Is: map[string][]any{"channel_id": ids}})
		if err != nil {
			return nil, err
		}
		for _, o := range overrides {
			customized[o.ChannelID] = o.Name != "" || o.ChannelNumber != nil || o.TvgID != "" || o.TvcGuideStationID != "" ||
				o.ChannelGroupID+o.LogoID+o.EPGDataID+o.StreamProfileID != 0
		}
	}
	return slices.DeleteFunc(channels, func(id int64) bool { return customized[id] }), nil
}
