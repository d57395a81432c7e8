package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// Lineup is a host in memory, for tests of plugins that use one: fill in what
// is to be there, run the plugin, look at what has become of it. IDs that are 0
// are given by [NewLineup]. It lists, makes, changes and deletes rows; the rules that a real
// host adds, such as what goes with a deleted row, are not in it.
type Lineup struct {
	Channels        []sdk.Channel           // what ctx.Host.Channels reads and writes
	ChannelGroups   []sdk.ChannelGroup      // what ctx.Host.ChannelGroups does
	ChannelProfiles []sdk.ChannelProfile    // what ctx.Host.ChannelProfiles does
	Streams         []sdk.Stream            // what ctx.Host.Streams does
	Logos           []sdk.Logo              // what ctx.Host.Logos does
	Accounts        []sdk.M3UAccount        // what ctx.Host.M3U does
	Profiles        []sdk.M3UAccountProfile // what ctx.Host.M3U.Profiles does
	Filters         []sdk.M3UFilter         // what ctx.Host.M3U.Filters does
	Sources         []sdk.EPGSource         // what ctx.Host.EPG does
	EPGData         []sdk.EPGData           // what ctx.Host.EPG.Data does
	Programmes      []sdk.Programme         // what ctx.Host.Programmes does

	ChannelStreams map[int64][]int64          // streams by channel, in order
	Members        map[int64]map[int64]bool   // channels by profile
	Settings       map[string]map[string]any  // core settings by group
	Storage        map[string]json.RawMessage // what the plugin keeps, by key

	Refreshed []string    // what was queued, as in "m3u 1" and "epg 2"
	Tasks     []sdk.Task  // what was enqueued; their parameters are JSON
	Events    []sdk.Event // what was emitted

	// Fetch answers ctx.Host.HTTP. Nil: every server is down.
	Fetch func(sdk.HTTPRequest) (sdk.HTTPResponse, error) `json:"-"`

	mu     sync.Mutex
	tx     int64  // the open transaction, 0 for none
	begun  int64  // how many there were
	before []byte // all of the above before it
}

// NewLineup gives rows without an ID one, and returns l, which is a [Host].
func NewLineup(l *Lineup) *Lineup {
	for _, t := range l.tables() {
		t.number()
	}
	return l
}

// invalid says that a call's parameters are wrong.
func invalid(format string, args ...any) error {
	return wire.Errorf(wire.CodeInvalidParams, format, args...)
}

// Call answers one call of the plugin.
func (l *Lineup) Call(_ context.Context, method string, params json.RawMessage) (any, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var p callParams
	if len(params) > 0 {
		if err := json.Unmarshal(params, &p); err != nil {
			return nil, invalid("the parameters do not fit: %v", err)
		}
	}
	if p.Tx != 0 && p.Tx != l.tx {
		return nil, wire.Errorf(wire.CodeTxOver, "the transaction is over")
	}
	if answer, known, err := l.other(method, p); known {
		return answer, err
	}
	service, verb, _ := strings.Cut(method, ".")
	t, known := l.tables()[service]
	if sub, ok := l.tables()[method]; ok { // as in epg.data
		t, known, verb = sub, true, "list"
	}
	if table, ok := map[string]string{
		"epg.create_source": "epg.sources", "epg.update_sources": "epg.sources", "epg.delete_sources": "epg.sources",
		"epg.upsert_data": "epg.data", "epg.delete_data": "epg.data",
		"m3u.create_profiles": "m3u.profiles", "m3u.update_profiles": "m3u.profiles", "m3u.delete_profiles": "m3u.profiles",
		"m3u.create_filters": "m3u.filters", "m3u.update_filters": "m3u.filters", "m3u.delete_filters": "m3u.filters",
	}[method]; ok {
		t, known = l.tables()[table], true
		verb, _, _ = strings.Cut(verb, "_")
	}
	if !known {
		return nil, wire.Errorf(wire.CodeUnknownMethod, "sdktest's lineup has no %q", method)
	}
	return t.do(verb, p)
}

// callParams are the parameters of every method.
type callParams struct {
	Tx       int64                        `json:"tx"`
	Filter   map[string]json.RawMessage   `json:"filter"`
	After    int64                        `json:"after"`
	Limit    int                          `json:"limit"`
	ID       int64                        `json:"id"`
	IDs      []int64                      `json:"ids"`
	Rows     []map[string]json.RawMessage `json:"rows"`
	Fields   []string                     `json:"fields"`
	Streams  map[int64][]int64            `json:"streams"`
	Channels map[int64]bool               `json:"channels"`
	Start    int                          `json:"start"`
	Key      string                       `json:"key"`
	Keys     []string                     `json:"keys"`
	Prefix   string                       `json:"prefix"`
	Values   map[string]json.RawMessage   `json:"values"`
	Name     string                       `json:"name"`
	Payload  json.RawMessage              `json:"payload"`

	raw json.RawMessage
}

// UnmarshalJSON keeps the whole, too.
func (p *callParams) UnmarshalJSON(raw []byte) error {
	type plain callParams
	if err := json.Unmarshal(raw, (*plain)(p)); err != nil {
		return err //nolint:wrapcheck // Call says what it was for
	}
	p.raw = append(json.RawMessage{}, raw...)
	return nil
}

// transaction begins and ends one.
func (l *Lineup) transaction(method string) (any, error) {
	switch method {
	case wire.MethodTxBegin:
		if l.tx != 0 {
			return nil, errors.New("sdktest's lineup has one transaction at a time")
		}
		before, err := json.Marshal(l)
		if err != nil {
			return nil, fmt.Errorf("keep the lineup: %w", err)
		}
		l.begun++
		l.tx, l.before = l.begun, before
		return wire.TxResult{Tx: l.tx}, nil
	case wire.MethodTxRollback:
		if l.tx != 0 {
			l.restore()
		}
	}
	l.tx, l.before = 0, nil
	return nil, nil //nolint:nilnil // null is the answer
}

// restore makes the lineup what it was before the transaction.
func (l *Lineup) restore() {
	old := &Lineup{}
	if json.Unmarshal(l.before, old) != nil {
		return // what was encoded can be decoded
	}
	l.Channels, l.ChannelGroups, l.ChannelProfiles, l.Streams, l.Logos = old.Channels, old.ChannelGroups, old.ChannelProfiles, old.Streams, old.Logos
	l.Accounts, l.Profiles, l.Filters = old.Accounts, old.Profiles, old.Filters
	l.Sources, l.EPGData, l.Programmes = old.Sources, old.EPGData, old.Programmes
	l.ChannelStreams, l.Members, l.Settings, l.Storage = old.ChannelStreams, old.Members, old.Settings, old.Storage
	l.Refreshed, l.Tasks, l.Events = old.Refreshed, old.Tasks, old.Events
}
