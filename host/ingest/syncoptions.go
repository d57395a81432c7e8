package ingest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pluggarr/pluggarr/host/store"
)

// How the channels of a group are numbered.
const (
	numberFixed    = "fixed"          // from a first to a last number
	numberProvider = "provider"       // as the provider says, where it says so
	numberNext     = "next_available" // the lowest numbers that are free
)

// syncOptions are the options of a group's channel sync, in its custom
// properties, with Dispatcharr's names.
type syncOptions struct {
	NameRegex     string     `json:"name_regex_pattern"`         // what to replace in names
	NameReplace   string     `json:"name_replace_pattern"`       // by what
	Match         string     `json:"name_match_regex"`           // only streams with such names
	Exclude       string     `json:"name_match_exclude_regex"`   // no streams with such names
	Sort          string     `json:"channel_sort_order"`         // name, tvg_id, updated_at, or provider
	SortReverse   loose      `json:"channel_sort_reverse"`       // the other way round
	GroupOverride looseID    `json:"group_override"`             // another group for the channels
	StreamProfile looseID    `json:"stream_profile_id"`          // how they are played
	Logo          looseID    `json:"custom_logo_id"`             // one logo for all
	Guide         looseID    `json:"custom_epg_id"`              // the EPG source that has their programmes
	NoGuide       loose      `json:"force_dummy_epg"`            // no programmes at all
	Profiles      looseIDs   `json:"channel_profile_ids"`        // the profiles that have them; none means all
	Mode          string     `json:"channel_numbering_mode"`     // one of the numberings above
	Fallback      looseFloat `json:"channel_numbering_fallback"` // where numbers begin that the provider does not give
	Compact       loose      `json:"compact_numbering"`          // no gaps

	group                  store.AccountGroup
	rename, match, exclude *pattern
}

func newSyncOptions(group store.AccountGroup) (*syncOptions, error) {
	o := &syncOptions{group: group}
	decode(group.CustomProperties, o)
	for _, p := range []struct {
		what, source string
		ignoreCase   bool
		to           **pattern
	}{
		{"the pattern that renames channels", o.NameRegex, false, &o.rename},
		{"the pattern that chooses streams", o.Match, true, &o.match},
		{"the pattern that leaves streams out", o.Exclude, true, &o.exclude},
	} {
		if p.source == "" {
			continue
		}
		var err error
		if *p.to, err = newPattern(p.what, p.source, p.ignoreCase); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (o *syncOptions) mode() string {
	switch o.Mode {
	case numberProvider, numberNext:
		return o.Mode
	}
	return numberFixed
}

// first is where the search for a free number begins.
func (o *syncOptions) first() float64 {
	switch o.mode() {
	case numberProvider:
		return max(1, float64(o.Fallback))
	case numberNext:
		return 1
	}
	if o.group.AutoSyncChannelStart == nil {
		return 1
	}
	return *o.group.AutoSyncChannelStart
}

// last is where it ends; nil for nowhere.
func (o *syncOptions) last() *float64 {
	if o.mode() == numberFixed {
		return o.group.AutoSyncChannelEnd
	}
	return nil
}

// keepsNumber says whether a channel stays where it is: viewers know it by its
// number.
func (o *syncOptions) keepsNumber(channel *store.Channel, stream *store.Stream) bool {
	if channel.ChannelNumber == nil || bool(o.Compact) {
		return false
	}
	number := *channel.ChannelNumber
	switch o.mode() {
	case numberProvider:
		return stream.StreamChno == nil || *stream.StreamChno == number
	case numberNext:
		return true
	}
	return number >= o.first() && (o.last() == nil || number <= *o.last())
}

// choose leaves out the streams that the options do not want, and puts the
// others in order. With an error it returns all of them.
func (o *syncOptions) choose(streams []store.Stream) ([]store.Stream, error) {
	var chosen []store.Stream
	for _, stream := range streams {
		for _, p := range []struct {
			*pattern
			wants bool
		}{{o.match, true}, {o.exclude, false}} {
			if p.pattern == nil {
				continue
			}
			found, err := p.find(stream.Name)
			if err != nil {
				return streams, err
			}
			if found != p.wants {
				stream.ID = 0
			}
		}
		if stream.ID != 0 {
			chosen = append(chosen, stream)
		}
	}
	var order func(a, b store.Stream) int
	switch o.Sort {
	case "name":
		order = func(a, b store.Stream) int { return compareNatural(a.Name, b.Name) }
	case "tvg_id":
		order = func(a, b store.Stream) int { return cmp.Compare(a.TvgID, b.TvgID) }
	case "updated_at":
		order = func(a, b store.Stream) int { return a.UpdatedAt.Compare(b.UpdatedAt) }
	}
	if order != nil {
		slices.SortStableFunc(chosen, order) // they come by ID, the provider's order
	}
	if o.SortReverse {
		slices.Reverse(chosen)
	}
	return chosen, nil
}

// lookedUp is what the channels of a group refer to.
type lookedUp struct {
	logos map[string]int64 // by URL
	guide map[string]int64 // by tvg-id
	fixed int64            // the EPGData that all of them get, or 0
}

// lookUp finds, or makes, what the channels of streams refer to.
func (s *syncer) lookUp(ctx context.Context, o *syncOptions, streams []store.Stream) (found *lookedUp, err error) {
	found = &lookedUp{}
	names := map[string]string{}
	var tvgIDs []string
	for _, stream := range streams {
		if stream.LogoURL != "" {
			names[stream.LogoURL] = cmp.Or(names[stream.LogoURL], stream.Name)
		}
		if stream.TvgID != "" {
			tvgIDs = append(tvgIDs, stream.TvgID)
		}
	}
	if o.Logo == 0 {
		if found.logos, err = s.db.EnsureLogos(ctx, names); err != nil {
			return nil, err
		}
	}
	if bool(o.NoGuide) {
		return found, nil
	}
	if o.Guide != 0 {
		channels, err := store.List[store.EPGData](ctx, s.store, store.Query{
			Is: map[string][]any{"epg_source_id": {int64(o.Guide)}}, Limit: 1,
			Where: "epg_source_id IN (SELECT id FROM epg_epgsource WHERE source_type = ?)", Args: []any{"dummy"},
		})
		if err != nil {
			return nil, err
		}
		if len(channels) > 0 {
			found.fixed = channels[0].ID
			return found, nil
		}
	}
	slices.Sort(tvgIDs)
	found.guide, err = s.db.GuideChannels(ctx, slices.Compact(tvgIDs), int64(o.Guide))
	return found, err
}

// fill gives a channel what its stream and the options say.
func (o *syncOptions) fill(channel *store.Channel, found *lookedUp, stream *store.Stream) error {
	name := stream.Name
	if o.rename != nil {
		renamed, err := o.rename.replace(name, o.NameReplace)
		if err != nil {
			return err
		}
		if renamed = strings.TrimSpace(renamed); renamed != "" {
			name = renamed
		}
	}
	properties := struct {
		Station string `json:"tvc-guide-stationid"`
	}{}
	decode(stream.CustomProperties, &properties)
	channel.Name, channel.TvgID, channel.IsAdult = cut(name, nameWidth), stream.TvgID, stream.IsAdult
	channel.TvcGuideStationID = cut(properties.Station, tvgIDWidth)
	channel.ChannelGroupID = cmp.Or(int64(o.GroupOverride), o.group.ChannelGroupID)
	channel.LogoID = cmp.Or(int64(o.Logo), found.logos[stream.LogoURL])
	channel.EPGDataID = cmp.Or(found.fixed, found.guide[stream.TvgID])
	if o.StreamProfile != 0 {
		channel.StreamProfileID = int64(o.StreamProfile)
	}
	return nil
}

// compareNatural compares texts as people do: numbers in them by their value,
// letters whatever their case.
func compareNatural(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if order := cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n)); order != 0 {
				return order
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is how many digits text begins with.
func digits(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// The types below take what people and older versions stored: a number may be a
// text, and what fits nowhere counts as not set.
type (
	loose      bool
	looseID    int64
	looseIDs   []looseID
	looseFloat float64
)

// UnmarshalJSON takes true and "true".
func (l *loose) UnmarshalJSON(text []byte) error {
	*l = loose(string(bytes.Trim(text, `"`)) == "true")
	return nil
}

// UnmarshalJSON takes 7 and "7".
func (l *looseID) UnmarshalJSON(text []byte) error {
	var f looseFloat
	err := f.UnmarshalJSON(text)
	*l = looseID(max(0, f))
	return err
}

// UnmarshalJSON takes 7.5 and "7.5".
func (l *looseFloat) UnmarshalJSON(text []byte) error {
	if f, err := strconv.ParseFloat(string(bytes.Trim(text, `"`)), 64); err == nil && f > -1e15 && f < 1e15 {
		*l = looseFloat(f)
	}
	return nil
}

// UnmarshalJSON takes a list, and one ID for a list of one.
func (l *looseIDs) UnmarshalJSON(text []byte) error {
	var ids []looseID
	if json.Unmarshal(text, &ids) != nil {
		var id looseID
		if err := json.Unmarshal(text, &id); err != nil {
			return fmt.Errorf("read a list of ids: %w", err)
		}
		if ids = nil; id != 0 {
			ids = []looseID{id}
		}
	}
	*l = ids
	return nil
}

// ids are the IDs, nil when there are none.
func (l looseIDs) ids() []int64 {
	var ids []int64
	for _, id := range l {
		if id != 0 {
			ids = append(ids, int64(id))
		}
	}
	return ids
}
