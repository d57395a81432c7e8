package sdktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// table is one kind of rows of a lineup.
type table interface {
	do(verb string, p callParams) (any, error)
	number()
}

func (l *Lineup) tables() map[string]table {
	return map[string]table{
		"channels":     rows[sdk.Channel]{l, &l.Channels, "name"},
		"groups":       rows[sdk.ChannelGroup]{l, &l.ChannelGroups, "name"},
		"profiles":     rows[sdk.ChannelProfile]{l, &l.ChannelProfiles, "name"},
		"streams":      rows[sdk.Stream]{l, &l.Streams, "url"},
		"logos":        rows[sdk.Logo]{l, &l.Logos, "url"},
		"m3u":          rows[sdk.M3UAccount]{l, &l.Accounts, "name"},
		"m3u.profiles": rows[sdk.M3UAccountProfile]{l, &l.Profiles, "name"},
		"m3u.filters":  rows[sdk.M3UFilter]{l, &l.Filters, "regex_pattern"},
		"epg.sources":  rows[sdk.EPGSource]{l, &l.Sources, "name"},
		"epg.data":     rows[sdk.EPGData]{l, &l.EPGData, "tvg_id"},
		"programmes":   rows[sdk.Programme]{l, &l.Programmes, "title"},
	}
}

// rows is a table of rows of one type.
type rows[T any] struct {
	lineup *Lineup
	all    *[]T
	key    string // by what upserts find rows
}

// object is a row by its columns.
type object = map[string]json.RawMessage

func (t rows[T]) objects() []object {
	list := make([]object, len(*t.all))
	for i, row := range *t.all {
		raw, err := json.Marshal(row)
		if err == nil {
			err = json.Unmarshal(raw, &list[i])
		}
		if err != nil {
			list[i] = object{} // rows always encode
		}
	}
	return list
}

func (t rows[T]) keep(list []object) error {
	kept := make([]T, len(list))
	for i, o := range list {
		raw, err := json.Marshal(o)
		if err == nil {
			err = json.Unmarshal(raw, &kept[i])
		}
		if err != nil {
			return invalid("a row does not fit: %v", err)
		}
	}
	*t.all = kept
	return nil
}

func idOf(o object) int64 {
	var id int64
	if json.Unmarshal(o["id"], &id) != nil {
		return 0
	}
	return id
}

// number gives rows without an id one.
func (t rows[T]) number() {
	list := t.objects()
	next := int64(1)
	for _, o := range list {
		next = max(next, idOf(o)+1)
	}
	for _, o := range list {
		if idOf(o) == 0 {
			o["id"] = fmt.Appendf(nil, "%d", next)
			next++
		}
	}
	_ = t.keep(list) // they were rows before
}

func (t rows[T]) do(verb string, p callParams) (any, error) {
	list := t.objects()
	switch verb {
	case "list":
		return t.list(list, p)
	case "get":
		for _, o := range list {
			if idOf(o) == p.ID {
				return o, nil
			}
		}
		return nil, wire.Errorf(wire.CodeNotFound, "row %d: not found", p.ID)
	case "create", "upsert":
		return t.add(list, p.Rows, verb == "upsert")
	case "update":
		return []object{}, t.update(list, p)
	case "delete":
		left := slices.DeleteFunc(slices.Clone(list), func(o object) bool { return slices.Contains(p.IDs, idOf(o)) })
		return map[string]int{"count": len(list) - len(left)}, t.keep(left)
	}
	return nil, wire.Errorf(wire.CodeUnknownMethod, "sdktest's lineup does not know %q", verb)
}

// add makes rows, or finds them by their key, and answers with them.
func (t rows[T]) add(list []object, fresh []object, upsert bool) (any, error) {
	at := make([]int, len(fresh))
	for i, o := range fresh {
		delete(o, "id")
		at[i] = -1
		if upsert {
			at[i] = slices.IndexFunc(list, func(old object) bool { return bytes.Equal(old[t.key], o[t.key]) })
		}
		if at[i] < 0 {
			at[i] = len(list)
			list = append(list, o)
			continue
		}
		maps.Copy(list[at[i]], o)
	}
	if err := t.keep(list); err != nil {
		return nil, err
	}
	t.number()
	answer := make([]T, len(at))
	for i, n := range at {
		answer[i] = (*t.all)[n]
	}
	return answer, nil
}

func (t rows[T]) update(list []object, p callParams) error {
	for _, o := range p.Rows {
		at := slices.IndexFunc(list, func(old object) bool { return idOf(old) == idOf(o) })
		if at < 0 {
			return wire.Errorf(wire.CodeNotFound, "row %d: not found", idOf(o))
		}
		for _, field := range p.Fields {
			list[at][field] = o[field]
			if o[field] == nil {
				delete(list[at], field)
			}
		}
	}
	return t.keep(list)
}

func (t rows[T]) list(list []object, p callParams) (any, error) {
	slices.SortStableFunc(list, func(a, b object) int { return int(idOf(a) - idOf(b)) })
	found := []object{}
	next := int64(0)
	for _, o := range list {
		fits, err := t.lineup.fits(o, p.Filter)
		if err != nil {
			return nil, err
		}
		if !fits || idOf(o) <= p.After {
			continue
		}
		if p.Limit > 0 && len(found) == p.Limit {
			next = idOf(found[len(found)-1])
			break
		}
		found = append(found, o)
	}
	return struct {
		Next int64    `json:"next"`
		Rows []object `json:"rows"`
	}{next, found}, nil
}

// columns are those that the keys of filters are about.
func columns(key string) string {
	return map[string]string{
		"ids": "id", "names": "name", "tvg_ids": "tvg_id", "urls": "url", "epg_data_ids": "epg_id",
		"group_id": "channel_group_id", "account_id": "m3u_account_id", "source_id": "epg_source_id",
		"hidden": "hidden_from_output", "auto_created": "auto_created", "stale": "is_stale", "custom": "is_custom", "active": "is_active",
	}[key]
}

// fits says whether a row is what a filter asks for.
func (l *Lineup) fits(o object, filter map[string]json.RawMessage) (bool, error) {
	for key, want := range filter {
		fits, err := l.fitsOne(o, key, want)
		if err != nil || !fits {
			return false, err
		}
	}
	return true, nil
}

func (l *Lineup) fitsOne(o object, key string, want json.RawMessage) (bool, error) {
	have := o[columns(key)]
	switch key {
	case "details":
		return true, nil
	case "search":
		var name, part string
		_ = json.Unmarshal(firstOf(o["name"], o["title"]), &name) // a row without one has no text to find
		_ = json.Unmarshal(want, &part)                           // the SDK's own
		return strings.Contains(strings.ToLower(name), strings.ToLower(part)), nil
	case "group":
		at := slices.IndexFunc(l.ChannelGroups, func(g sdk.ChannelGroup) bool { return string(want) == fmt.Sprintf("%q", g.Name) })
		return at >= 0 && string(o["channel_group_id"]) == fmt.Sprint(l.ChannelGroups[at].ID), nil
	case "hidden", "auto_created", "stale", "custom", "active":
		return (string(have) == "true") == (string(want) == fmt.Sprint(int(sdk.Yes))), nil
	case "group_id", "account_id", "source_id":
		return bytes.Equal(have, want), nil
	case "ids", "names", "tvg_ids", "urls", "epg_data_ids":
		var some []json.RawMessage
		err := json.Unmarshal(want, &some)
		return slices.ContainsFunc(some, func(v json.RawMessage) bool { return bytes.Equal(v, have) }), err
	case "from", "to":
		var edge, start, end time.Time
		for to, raw := range map[*time.Time]json.RawMessage{&edge: want, &start: o["start_time"], &end: o["end_time"]} {
			if err := json.Unmarshal(raw, to); err != nil {
				return false, invalid("a time does not fit: %v", err)
			}
		}
		return key == "from" && end.After(edge) || key == "to" && start.Before(edge), nil
	}
	return false, wire.Errorf(wire.CodeUnknownMethod, "sdktest's lineup cannot filter by %q", key)
}

func firstOf(values ...json.RawMessage) json.RawMessage {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return json.RawMessage(`""`)
}
