package sdktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// other answers the methods that are about no table alone; known is false for
// every other method.
func (l *Lineup) other(method string, p callParams) (answer any, known bool, err error) {
	service, _, _ := strings.Cut(method, ".")
	switch service {
	case "tx":
		answer, err = l.transaction(method)
		return answer, true, err
	case "storage":
		answer, err = l.storage(method, p)
		return answer, true, err
	case "settings", "http", "tasks", "events":
		answer, err = l.hostly(method, p)
		return answer, true, err
	}
	return l.related(method, p)
}

func (l *Lineup) storage(method string, p callParams) (any, error) {
	item := func(key string) sdk.StoredItem { return sdk.StoredItem{Key: key, Value: l.Storage[key]} }
	switch method {
	case "storage.get":
		if _, there := l.Storage[p.Key]; !there {
			return nil, wire.Errorf(wire.CodeNotFound, "%q: not found", p.Key)
		}
		return item(p.Key), nil
	case "storage.set":
		if l.Storage == nil {
			l.Storage = map[string]json.RawMessage{}
		}
		maps.Copy(l.Storage, p.Values)
	case "storage.delete":
		for _, key := range p.Keys {
			delete(l.Storage, key)
		}
	case "storage.list":
		items := []sdk.StoredItem{}
		for _, key := range slices.Sorted(maps.Keys(l.Storage)) {
			if strings.HasPrefix(key, p.Prefix) {
				items = append(items, item(key))
			}
		}
		return items, nil
	case "storage.usage":
		used := 0
		for key, value := range l.Storage {
			used += len(key) + len(value)
		}
		return map[string]int{"used": used, "quota": 16 << 20}, nil
	}
	return nil, nil //nolint:nilnil // null is the answer
}

// hostly answers for what is the host's own.
func (l *Lineup) hostly(method string, p callParams) (any, error) {
	switch method {
	case "settings.get":
		group, there := l.Settings[p.Key]
		if !there {
			return nil, wire.Errorf(wire.CodeNotFound, "settings %q: not found", p.Key)
		}
		return group, nil
	case "settings.update":
		if l.Settings == nil {
			l.Settings = map[string]map[string]any{}
		}
		if l.Settings[p.Key] == nil {
			l.Settings[p.Key] = map[string]any{}
		}
		for name, value := range p.Values {
			l.Settings[p.Key][name] = value
		}
		return nil, nil //nolint:nilnil // null is the answer
	case "http.fetch":
		var request sdk.HTTPRequest
		if err := json.Unmarshal(p.raw, &request); err != nil {
			return nil, invalid("the request does not fit: %v", err)
		}
		if l.Fetch == nil {
			return nil, wire.Errorf(wire.CodeFetch, "no server is up in this test: set Fetch")
		}
		return l.Fetch(request)
	case "tasks.enqueue":
		var task sdk.Task
		if err := json.Unmarshal(p.raw, &task); err != nil {
			return nil, invalid("the task does not fit: %v", err)
		}
		l.Tasks = append(l.Tasks, task)
		return map[string]int{"id": len(l.Tasks)}, nil
	case "events.emit":
		l.Events = append(l.Events, sdk.Event{Name: p.Name, Payload: p.Payload})
		return nil, nil //nolint:nilnil // null is the answer
	}
	return nil, wire.Errorf(wire.CodeUnknownMethod, "sdktest's lineup has no %q", method)
}

// related answers what is about how rows belong together.
func (l *Lineup) related(method string, p callParams) (answer any, known bool, err error) {
	switch method {
	case "channels.streams":
		found := map[int64][]int64{}
		for _, id := range p.IDs {
			if streams, there := l.ChannelStreams[id]; there {
				found[id] = streams
			}
		}
		return found, true, nil
	case "channels.set_streams":
		if l.ChannelStreams == nil {
			l.ChannelStreams = map[int64][]int64{}
		}
		maps.Copy(l.ChannelStreams, p.Streams)
		return nil, true, nil
	case "channels.set_overrides", "channels.clear_overrides":
		answer, err := l.overrides(method, p)
		return answer, true, err
	case "channels.next_number":
		next := p.Start
		for slices.ContainsFunc(l.Channels, func(c sdk.Channel) bool {
			return c.ChannelNumber == float64(next) || c.Override != nil && c.Override.ChannelNumber == float64(next)
		}) {
			next++
		}
		return map[string]int{"number": next}, true, nil
	case "profiles.channels":
		ids := []int64{}
		for _, id := range slices.Sorted(maps.Keys(l.Members[p.ID])) {
			if l.Members[p.ID][id] {
				ids = append(ids, id)
			}
		}
		return ids, true, nil
	case "profiles.set_channels":
		if l.Members == nil {
			l.Members = map[int64]map[int64]bool{}
		}
		if l.Members[p.ID] == nil {
			l.Members[p.ID] = map[int64]bool{}
		}
		maps.Copy(l.Members[p.ID], p.Channels)
		return nil, true, nil
	case "m3u.refresh", "epg.refresh", "m3u.refresh_all", "epg.refresh_all":
		return l.refresh(method, p), true, nil
	}
	return nil, false, nil
}

// overrides sets the overrides of channels, or takes them away.
func (l *Lineup) overrides(method string, p callParams) (any, error) {
	wanted := map[int64]*sdk.ChannelOverride{}
	for _, id := range p.IDs {
		wanted[id] = nil
	}
	for _, row := range p.Rows {
		raw, err := json.Marshal(row)
		o := &sdk.ChannelOverride{}
		if err == nil {
			err = json.Unmarshal(raw, o)
		}
		if err != nil {
			return nil, invalid("an override does not fit: %v", err)
		}
		wanted[o.ChannelID] = o
		if *o == (sdk.ChannelOverride{ChannelID: o.ChannelID}) {
			wanted[o.ChannelID] = nil
		}
	}
	n := 0
	for i, channel := range l.Channels {
		o, named := wanted[channel.ID]
		if !named {
			continue
		}
		if channel.Override != nil {
			n++
		}
		l.Channels[i].Override = o
		delete(wanted, channel.ID)
	}
	if len(wanted) > 0 && method == "channels.set_overrides" {
		return nil, invalid("an override names a channel that does not exist")
	}
	return map[string]int{"count": n}, nil
}

// refresh notes what is to be refreshed.
func (l *Lineup) refresh(method string, p callParams) any {
	kind, verb, _ := strings.Cut(method, ".")
	ids := p.IDs
	if verb == "refresh_all" {
		for _, account := range l.Accounts {
			if kind == "m3u" && account.IsActive && !account.Locked {
				ids = append(ids, account.ID)
			}
		}
		for _, source := range l.Sources {
			if kind == "epg" && source.IsActive && source.SourceType != "dummy" {
				ids = append(ids, source.ID)
			}
		}
	}
	jobs := []int{}
	for _, id := range ids {
		l.Refreshed = append(l.Refreshed, fmt.Sprint(kind, " ", id))
		jobs = append(jobs, len(l.Refreshed))
	}
	return map[string][]int{"jobs": jobs}
}
