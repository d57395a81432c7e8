package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

const lineup = `SELECT c.channel_number, c.name, g.name, c.tvg_id, l.url, e.name FROM dispatcharr_channels_channel c
	LEFT JOIN dispatcharr_channels_channelgroup g ON g.id = c.channel_group_id
	LEFT JOIN dispatcharr_channels_logo l ON l.id = c.logo_id LEFT JOIN epg_epgdata e ON e.id = c.epg_data_id
	ORDER BY c.channel_number, c.name`

const numbered = "SELECT channel_number, name FROM dispatcharr_channels_channel ORDER BY COALESCE(channel_number, 999), name"

// sync makes the groups of the account known and gives one of them options.
func (b *bench) sync(t *testing.T, group, options string, from, to any) {
	t.Helper()
	b.exec(t, `UPDATE dispatcharr_channels_channelgroupm3uaccount SET auto_channel_sync = true, custom_properties = $1,
		auto_sync_channel_start = $2, auto_sync_channel_end = $3
		WHERE channel_group_id = (SELECT id FROM dispatcharr_channels_channelgroup WHERE name = $4)`, options, from, to, group)
}

func channels(t *testing.T, r *ingest.M3UResult, want string) {
	t.Helper()
	c := r.Channels
	if got := fmt.Sprintf("%d %d %d %d", c.Created, c.Updated, c.Deleted, c.Failed); got != want {
		t.Errorf("channels made, changed, deleted, failed: %s, want %s (%+v)", got, want, c.Failures)
	}
}

func TestChannelSync(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.exec(t, `INSERT INTO epg_epgsource (name, source_type, is_active, refresh_interval, priority, status, created_at)
			VALUES ('low', 'xmltv', true, 0, 1, 'idle', '2026-01-01 00:00:00'), ('high', 'xmltv', true, 0, 5, 'idle', '2026-01-01 00:00:00')`)
		b.exec(t, `INSERT INTO epg_epgdata (tvg_id, name, epg_source_id) SELECT 'a.uk', 'A of ' || name, id FROM epg_epgsource`)
		b.exec(t, `INSERT INTO dispatcharr_channels_channelprofile (name) VALUES ('P1'), ('P2')`)
		entry := func(name, attributes string) string {
			return fmt.Sprintf("#EXTINF:-1 group-title=\"G\" %s,%s\nhttp://h/%s\n", attributes, name, name)
		}
		list := entry("A", `tvg-id="a.uk" tvg-logo="http://l/a" tvc-guide-stationid="77"`) + entry("B", `tvg-logo="http://l/a"`) + entry("C", "")
		b.write(t, []byte(list+"#EXTINF:-1,Other\nhttp://h/other\n"))
		channels(t, b.refresh(t), "0 0 0 0")
		b.sync(t, "G", "{}", 5, nil)
		channels(t, b.refresh(t), "3 0 0 0")
		same(t, "lineup", b.rows(t, lineup), []string{
			"5|A|G|a.uk|http://l/a|A of high", "6|B|G|<nil>|http://l/a|<nil>", "7|C|G|<nil>|<nil>|<nil>",
		})
		same(t, "links", b.rows(t, `SELECT c.name, s.name, cs."order", c.tvc_guide_stationid FROM dispatcharr_channels_channelstream cs
			JOIN dispatcharr_channels_channel c ON c.id = cs.channel_id JOIN dispatcharr_channels_stream s ON s.id = cs.stream_id
			WHERE c.auto_created AND c.auto_created_by_id = $1 ORDER BY c.name`, b.account), []string{"A|A|0|77", "B|B|0|<nil>", "C|C|0|<nil>"})
		same(t, "memberships", b.rows(t, "SELECT count(*) FROM dispatcharr_channels_channelprofilemembership WHERE enabled"), []string{"6"})
		channels(t, b.refresh(t), "0 0 0 0")

		// A changes, B goes, C is hidden and goes.
		b.exec(t, "UPDATE dispatcharr_channels_channel SET hidden_from_output = true WHERE name = 'C'")
		b.write(t, []byte(strings.ReplaceAll(entry("A", `tvg-id="z" tv_archive="1" tv_archive_duration="4"`), ",A\n", ",A+\n")))
		channels(t, b.refresh(t), "0 1 1 0")
		same(t, "lineup", b.rows(t, lineup), []string{"5|A+|G|z|<nil>|<nil>", "7|C|G|<nil>|<nil>|<nil>"})
		same(t, "catch-up", b.rows(t, "SELECT catchup_days FROM dispatcharr_channels_channel WHERE is_catchup"), []string{"4"})

		// B is back and gets the number that is free; then all go, and what somebody customized stays.
		b.write(t, []byte(list))
		channels(t, b.refresh(t), "1 1 0 0")
		same(t, "numbers", b.rows(t, numbered), []string{"5|A", "6|B", "7|C"})
		b.exec(t, `UPDATE m3u_m3uaccount SET custom_properties = '{"orphan_channel_cleanup": "preserve_customized"}'`)
		b.exec(t, `INSERT INTO dispatcharr_channels_channeloverride (channel_id, name, created_at, updated_at)
			SELECT id, 'Mine', '2026-01-01 00:00:00', '2026-01-01 00:00:00' FROM dispatcharr_channels_channel WHERE name = 'A'`)
		b.write(t, []byte("#EXTINF:-1,Other\nhttp://h/other\n"))
		channels(t, b.refresh(t), "0 0 1 0")
		same(t, "left", b.rows(t, numbered), []string{"5|A", "7|C"})
	})
}

func TestChannelSyncOptions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, options string
		from, to      any
		list          []string
		want, counts  string
	}{
		{"first number is 1 by custom", `{}`, nil, nil, []string{"A@G", "B@G"}, "1|A 2|B", "2 0 0 0"},
		{"numbers end", `{}`, 8, 9, []string{"A@G", "B@G", "C@G"}, "8|A 9|B", "2 0 0 1"},
		{
			"renamed", `{"name_regex_pattern": "^(\\w+) HD$", "name_replace_pattern": "$1x"}`,
			1, nil,
			[]string{"A HD@G", "B@G"},
			"1|Ax 2|B", "2 0 0 0",
		},
		{
			"chosen", `{"name_match_regex": "^uk", "name_match_exclude_regex": "(?!x)sport"}`,
			1, nil,
			[]string{"UK A@G", "UK Sport@G", "FR B@G"},
			"1|UK A", "1 0 0 0",
		},
		{
			"by name as people sort", `{"channel_sort_order": "name"}`,
			1, nil,
			[]string{"B 10@G", "b 9@G", "A@G"},
			"1|A 2|b 9 3|B 10", "3 0 0 0",
		},
		{"the other way round", `{"channel_sort_reverse": true}`, 1, nil, []string{"A@G", "B@G"}, "1|B 2|A", "2 0 0 0"},
		{"next available", `{"channel_numbering_mode": "next_available"}`, 50, nil, []string{"A@G", "B@G"}, "1|A 2|B", "2 0 0 0"},
		{
			"as the provider says", `{"channel_numbering_mode": "provider", "channel_numbering_fallback": "20"}`,
			1, nil,
			[]string{`A@G" tvg-chno="7.5`, "B@G", `C@G" tvg-chno="7.5`},
			"7.5|A 20|B 21|C", "3 0 0 0",
		},
		{"a pattern that is none", `{"name_match_regex": "("}`, 1, nil, []string{"A@G", "B@G"}, "", "0 0 0 2"},
		{"options that are none", `[]`, 1, nil, []string{"A@G"}, "1|A", "1 0 0 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, storetest.SQLite(t))
			b.write(t, []byte(strings.ReplaceAll(string(list(test.list...)), `\"`, `"`)))
			b.refresh(t)
			b.sync(t, "G", test.options, test.from, test.to)
			channels(t, b.refresh(t), test.counts)
			same(t, "numbers", b.rows(t, numbered), strings.FieldsFunc(splitNumbers(test.want), func(r rune) bool { return r == '\n' }))
		})
	}
}

// splitNumbers puts each "number|name" of a text on its own line.
func splitNumbers(text string) string {
	words := strings.Fields(text)
	var b strings.Builder
	for i, word := range words {
		switch {
		case i > 0 && strings.Contains(word, "|"):
			b.WriteByte('\n')
		case i > 0:
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

func TestChannelSyncPacksNumbers(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.write(t, list("A@G", "B@G", "C@G", "D@G"))
		b.refresh(t)
		b.sync(t, "G", `{"compact_numbering": true, "channel_profile_ids": ["1"], "group_override": 0}`, 10, nil)
		b.exec(t, `INSERT INTO dispatcharr_channels_channelprofile (id, name) VALUES (1, 'P1'), (2, 'P2')`)
		b.refresh(t)
		same(t, "memberships", b.rows(t, "SELECT channel_profile_id, count(*) FROM dispatcharr_channels_channelprofilemembership GROUP BY 1"),
			[]string{"1|4"})
		b.exec(t, "UPDATE dispatcharr_channels_channel SET hidden_from_output = true WHERE name = 'A'")
		b.write(t, list("A@G", "C@G", "D@G"))
		channels(t, b.refresh(t), "0 3 1 0")
		same(t, "numbers", b.rows(t, numbered), []string{"10|C", "11|D", "<nil>|A"})
		channels(t, b.refresh(t), "0 0 0 0")
	})
}
