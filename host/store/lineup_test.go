package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// What becomes of rows whose counterpart is deleted is Dispatcharr's.
func TestReferences(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	for name, table := range dispatcharr(t) {
		for key, c := range table.Columns {
			if c.FK != "" {
				want[name+"."+key] = strings.TrimSuffix(c.FK, ".id") + " " + c.OnDelete
			}
		}
	}
	same(t, "references", store.References(), want)
}

// Rows keep what is put into them: every column has a field that takes it.
func TestRowTypesHaveTheColumns(t *testing.T) {
	t.Parallel()
	facts := dispatcharr(t)
	for _, row := range []any{
		store.Channel{},
		store.ChannelOverride{},
		store.ChannelStream{},
		store.ChannelProfile{},
		store.ChannelProfileMembership{},
		store.ChannelGroup{},
		store.ChannelGroupM3UAccount{},
		store.Stream{},
		store.Logo{},
		store.M3UAccount{},
		store.M3UAccountProfile{},
		store.M3UFilter{},
		store.ServerGroup{},
		store.EPGSource{},
		store.EPGData{},
		store.Programme{},
		store.CoreSetting{},
		store.UserAgent{},
		store.StreamProfile{},
		store.OutputProfile{},
		store.SystemEvent{},
		store.PeriodicTask{},
		store.IntervalSchedule{},
		store.CrontabSchedule{},
		store.ClockedSchedule{},
	} {
		table, columns := "", map[string]string{}
		for field := range reflect.TypeOf(row).Fields() {
			options := strings.Split(field.Tag.Get("bun"), ",")
			if name, ok := strings.CutPrefix(options[0], "table:"); ok {
				table = name
				continue
			}
			columns[options[0]] = strings.Join(options[1:], ",")
		}
		for name, fact := range facts[table].Columns {
			options, ok := columns[name]
			if !ok {
				t.Errorf("%T has no field for %s.%s", row, table, name)
			}
			delete(columns, name)
			if width := strings.Contains(options, "type:"+fact.Type); width != (strings.HasPrefix(fact.Type, "varchar(") && !fact.PrimaryKey) {
				t.Errorf("%T.%s says %q, the column is %s", row, name, options, fact.Type)
			}
			if strings.Contains(options, "nullzero") && !fact.Null {
				t.Errorf("%T.%s writes NULL into a column that takes none", row, name)
			}
		}
		for name := range columns {
			t.Errorf("%T has a field for %s.%s, which is no column", row, table, name)
		}
	}
}

// A table of the lineup does not lose what one page holds from the next.
func TestListFilters(t *testing.T) {
	t.Parallel()
	for name, fresh := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, fresh(t))
			var rows []*store.ChannelGroup
			for i := range 1200 {
				rows = append(rows, &store.ChannelGroup{Name: fmt.Sprintf("Group %04d", i)})
			}
			rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			rows = append(rows, &store.ChannelGroup{Name: `50% _off\ 'here'`})
			if err := store.Create(t.Context(), s, rows...); err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				name  string
				query store.Query
				first string
				count int
			}{
				{"all by name", store.Query{Order: []string{"name"}, Limit: 1}, `50% _off\ 'here'`, 1201},
				{"the last first", store.Query{Order: []string{"-name"}, Limit: 1}, "Group 1199", 1201},
				{"a later page", store.Query{Order: []string{"name"}, Limit: 100, Offset: 101}, "Group 0100", 1201},
				{"one of two", store.Query{Is: map[string][]any{"name": {"Group 0007", "Group 0009"}}, Order: []string{"-name"}}, "Group 0009", 2},
				{"no value", store.Query{Is: map[string][]any{"name": {nil}}}, "", 0},
				{"none of none", store.Query{Is: map[string][]any{"name": {}}}, "", 0},
				{"a part", store.Query{Search: "GROUP 119", In: []string{"name"}, Order: []string{"name"}}, "Group 1190", 10},
				{"a wildcard is none", store.Query{Search: `% _OFF\ '`, In: []string{"name"}}, `50% _off\ 'here'`, 1},
				{"a condition", store.Query{Where: "name < ?", Args: []any{"Group 0003"}, Order: []string{"-name"}}, "Group 0002", 4},
			} {
				got, err := store.List[store.ChannelGroup](t.Context(), s, c.query)
				if err != nil {
					t.Errorf("%s: %v", c.name, err)
					continue
				}
				first := ""
				if len(got) > 0 {
					first = got[0].Name
				}
				n, err := store.Count[store.ChannelGroup](t.Context(), s, c.query)
				if first != c.first || n != c.count || err != nil {
					t.Errorf("%s: %q is the first of %d, %v, want %q of %d", c.name, first, n, err, c.first, c.count)
				}
			}
			if _, err := store.List[store.ChannelGroup](t.Context(), s, store.Query{Order: []string{"name; DROP TABLE x"}}); err == nil {
				t.Error("a column that does not exist orders the rows")
			}
		})
	}
}

// Times and UUIDs are found by what Django compares with.
func TestLineupValuesAsDjangoWritesThem(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	s, raw := storetest.Open(t, cfg), storetest.Raw(t, cfg)
	channel := &store.Channel{Name: "a", UUID: store.NewUUID()}
	if err := store.Create(t.Context(), s, channel); err != nil {
		t.Fatal(err)
	}
	execute(t, raw, "UPDATE dispatcharr_channels_channel SET updated_at = '2026-03-01 12:00:00.000001'")
	hex := strings.ReplaceAll(channel.UUID.String(), "-", "")
	if got := stringsOf(t, raw, "SELECT uuid FROM dispatcharr_channels_channel WHERE uuid = ?", hex); !slices.Equal(got, []string{hex}) {
		t.Errorf("the UUID is on disk as %v, want %s", got, hex)
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 1000, time.UTC)
	for condition, want := range map[string]int{"updated_at = ?": 1, "updated_at < ?": 0, "updated_at <= ?": 1, "updated_at IN (?)": 1} {
		n, err := store.Count[store.Channel](t.Context(), s, store.Query{Where: condition, Args: []any{at}})
		if n != want || err != nil {
			t.Errorf("%s finds %d, %v, want %d", condition, n, err, want)
		}
	}
	got, err := store.List[store.Channel](t.Context(), s, store.Query{Is: map[string][]any{"uuid": {channel.UUID}}})
	if err != nil || len(got) != 1 || got[0].UUID != channel.UUID || !got[0].UpdatedAt.Equal(at) {
		t.Errorf("the channel is read as %+v, %v", got, err)
	}
}

func TestInvalidIsNotStored(t *testing.T) {
	t.Parallel()
	for name, fresh := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, fresh(t))
			account := store.New[store.M3UAccount]()
			account.Name = "custom"
			channel := &store.Channel{Name: strings.Repeat("ä", 513), LogoID: 77, UserLevel: -1}
			profile := store.New[store.M3UFilter]()
			profile.CustomProperties = json.RawMessage("{")
			for what, c := range map[string]struct {
				err    error
				fields []string
			}{
				"a name that is taken": {store.Create(t.Context(), s, account), []string{"name"}},
				"a channel":            {store.Create(t.Context(), s, channel), []string{"name", "user_level", "logo_id"}},
				"a filter":             {store.Create(t.Context(), s, profile), []string{"custom_properties", "regex_pattern", "m3u_account_id"}},
			} {
				var invalid store.Invalid
				var fields []string
				errors.As(c.err, &invalid)
				for _, problem := range invalid {
					fields = append(fields, problem.Field)
				}
				if !slices.Equal(fields, c.fields) {
					t.Errorf("%s: %v, want something about %q", what, c.err, c.fields)
				}
			}
			if n, err := store.Count[store.Channel](t.Context(), s, store.Query{}); n != 0 || err != nil {
				t.Errorf("%d channels, %v, want none", n, err)
			}
		})
	}
}

// Overrides are read of the channels that are asked for, however many, and of
// none between them.
func TestChannelOverrides(t *testing.T) {
	t.Parallel()
	for name, fresh := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, fresh(t))
			channels := make([]*store.Channel, 1200)
			for i := range channels {
				channels[i] = store.New[store.Channel]()
				channels[i].Name = "one of many"
			}
			if err := store.Create(t.Context(), s, channels...); err != nil {
				t.Fatal(err)
			}
			rows := make([]*store.ChannelOverride, len(channels))
			all := make([]int64, len(channels))
			for i, c := range channels {
				rows[i], all[i] = &store.ChannelOverride{ChannelID: c.ID, Name: "x"}, c.ID
			}
			if err := s.SetOverrides(t.Context(), rows); err != nil {
				t.Fatal(err)
			}
			for _, want := range [][]int64{nil, {all[0], all[len(all)-1]}, all} {
				found, err := s.ChannelOverrides(t.Context(), want)
				var got []int64
				for _, row := range found {
					got = append(got, row.ChannelID)
				}
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("of %d channels it reads %d overrides, %v", len(want), len(got), err)
				}
			}
		})
	}
}
