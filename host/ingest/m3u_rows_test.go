package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// each runs a test on every kind of database.
func each(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) store.Config{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newBench(t, fresh(t)))
		})
	}
}

// rows is what a query gives, the columns of a row with bars between them.
func (b *bench) rows(t *testing.T, query string, args ...any) []string {
	t.Helper()
	rows, err := b.raw.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, value := range values {
			text := *value.(*any)
			if bytes, ok := text.([]byte); ok {
				text = string(bytes)
			}
			texts = append(texts, fmt.Sprint(text))
		}
		all = append(all, strings.Join(texts, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestMessyPlaylist(t *testing.T) {
	list := "\ufeff#EXTM3U url-tvg=\"http://guide\"\r\n" +
		"#EXTINF:-1 tvg-id=\"news.uk\" tvg-name=\"N\" tvg-logo=\"http://l/n.png\" group-title=\"UK, News\" tvg-chno=\"101.5\",News, at ten\r\nhttp://h/1\r\n" +
		"#EXTINF:-1 tvg-name=\"Only tvg-name\"\nhttp://h/2\n" +
		"#EXTINF:-1,Caf\xe9 \"quoted\"\n#EXTGRP:Films\n#EXTVLCOPT:http-user-agent=a\n#EXTVLCOPT:http-referrer=b\n#KODIPROP:x=y\nrtsp://h/3\n" +
		"#EXTINF:-1 group-title=\"\",Empty group\nhttp://h/4\n" +
		"#EXTINF:-1,No URL\n#EXTINF:-1,rtmp\nrtmp://h/5\n" +
		"#EXTINF:-1,Long\nhttp://h/" + strings.Repeat("x", 4100) + "\n" +
		"#EXTINF:-1,\u4e2d\U0001f600\x00" + strings.Repeat("n", 600) + "\nudp://@239.0.0.1:1\n" +
		"#EXTINF:-1 channel-number=\"7\" tv_archive=\"1\" tv_archive_duration=\"3\" is_adult=\"1\" group-title=\"Films\",Adult\nhttp://h/7\n" +
		"#EXTINF:-1 tvg-chno=\"x\" tv_archive=\"True\" tv_archive_duration=\"-4\" is_adult=\"yes\" catchup=\"default\",Odd\nhttp://h/8\n" +
		"#EXTINF:-1,Same URL\nhttp://h/1\n"
	each(t, func(t *testing.T, b *bench) {
		b.write(t, []byte(list))
		result := b.refresh(t)
		if result.Created != 6 || result.Total != 9 || result.Updated+result.Stale+result.Deleted != 0 {
			t.Errorf("result %+v", result)
		}
		got := b.rows(t, `SELECT substr(s.name, 1, 20), length(s.name), s.url, g.name, s.tvg_id, s.logo_url, s.stream_chno,
			CASE WHEN s.is_adult THEN 1 ELSE 0 END, CASE WHEN s.is_catchup THEN 1 ELSE 0 END, s.catchup_days, s.custom_properties
			FROM dispatcharr_channels_stream s JOIN dispatcharr_channels_channelgroup g ON g.id = s.channel_group_id ORDER BY s.url`)
		same(t, "streams", order(got), order([]string{
			`News, at ten|12|http://h/1|UK, News|news.uk|http://l/n.png|101.5|0|0|0|` +
				`{"group-title": "UK, News", "tvg-chno": "101.5", "tvg-id": "news.uk", "tvg-logo": "http://l/n.png", "tvg-name": "N"}`,
			`Only tvg-name|13|http://h/2|Default Group|||<nil>|0|0|0|{"tvg-name": "Only tvg-name"}`,
			`Café "quoted"|13|rtsp://h/3|Films|||<nil>|0|0|0|{"group-title": "Films", "vlc_opts": ["http-user-agent=a", "http-referrer=b"]}`,
			"\u4e2d\U0001f600\ufffd" + strings.Repeat("n", 17) + `|512|udp://239.0.0.1:1|Default Group|||<nil>|0|0|0|{}`,
			`Adult|5|http://h/7|Films|||7|1|1|3|` +
				`{"channel-number": "7", "group-title": "Films", "is_adult": "1", "tv_archive": "1", "tv_archive_duration": "3"}`,
			`Odd|3|http://h/8|Default Group|||<nil>|0|1|0|` +
				`{"catchup": "default", "is_adult": "yes", "tv_archive": "True", "tv_archive_duration": "-4", "tvg-chno": "x"}`,
		}))
		same(t, "hash", b.rows(t, `SELECT stream_hash FROM dispatcharr_channels_stream WHERE url = 'http://h/2'`),
			[]string{"740b2c5d1358dd9930020fd59deb8387be91507c8e62b80b5c970d482c87c000"})
		same(t, "groups", b.rows(t, `SELECT g.name FROM dispatcharr_channels_channelgroupm3uaccount r
			JOIN dispatcharr_channels_channelgroup g ON g.id = r.channel_group_id WHERE r.m3u_account_id = $1 AND enabled AND NOT is_stale
			ORDER BY g.name`, b.account), []string{"Default Group", "Films", "UK, News"})

		before := b.rows(t, "SELECT * FROM dispatcharr_channels_stream ORDER BY id")
		if again := b.refresh(t); again.Created+again.Updated+again.Stale+again.Deleted != 0 {
			t.Errorf("the same again: %+v, want nothing done", again)
		}
		after := b.rows(t, "SELECT * FROM dispatcharr_channels_stream ORDER BY id")
		if len(after) != len(before) || slices.Equal(after, before) {
			t.Errorf("the same again: %d rows, before %d, or last_seen is as it was", len(after), len(before))
		}
		got = b.rows(t, "SELECT status, last_message FROM m3u_m3uaccount WHERE id = $1", b.account)
		if len(got) != 1 || !strings.HasPrefix(got[0], "success|9 streams in ") {
			t.Errorf("account: %q", got)
		}
	})
}

// order makes JSON of PostgreSQL, whose keys are in another order, comparable.
func order(rows []string) []string {
	for i, row := range rows {
		at := strings.LastIndex(row, "|{") + 1
		parts := strings.Split(strings.Trim(row[at:], "{}"), `, "`)
		for j := range parts {
			parts[j] = strings.Trim(parts[j], `"`)
		}
		slices.Sort(parts)
		rows[i] = row[:at] + strings.Join(parts, "; ")
	}
	slices.Sort(rows)
	return rows
}

func list(entries ...string) []byte {
	text := "#EXTM3U\n"
	for _, e := range entries {
		name, group, _ := strings.Cut(e, "@")
		if group != "" {
			group = fmt.Sprintf(" group-title=%q", group)
		}
		text += fmt.Sprintf("#EXTINF:-1%s,%s\nhttp://h/%s\n", group, name, strings.ToLower(strings.ReplaceAll(name, " ", "-")))
	}
	return []byte(text)
}

const (
	names   = "SELECT name FROM dispatcharr_channels_stream ORDER BY name"
	stales  = "SELECT name FROM dispatcharr_channels_stream WHERE is_stale ORDER BY name"
	byGroup = "SELECT g.name FROM dispatcharr_channels_channelgroup g ORDER BY g.name"
)

func TestStreamsComeAndGo(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.write(t, list("A@G1", "B@G1", "C@G2"))
		b.refresh(t)
		b.write(t, []byte(strings.ReplaceAll(string(list("A@G1", "B@G1")), ",B\n", ",B renamed\n")))
		if r := b.refresh(t); r.Updated != 1 || r.Stale != 1 || r.Deleted+r.Created != 0 {
			t.Errorf("one changed, one gone: %+v", r)
		}
		same(t, "stale", b.rows(t, stales), []string{"C"})
		same(t, "all", b.rows(t, names), []string{"A", "B renamed", "C"})
		if r := b.refresh(t); r.Stale != 0 {
			t.Errorf("gone is counted again: %+v", r)
		}

		b.write(t, list("A@G1", "B@G1", "C@G2"))
		if r := b.refresh(t); r.Created+r.Stale != 0 || r.Updated != 1 {
			t.Errorf("back again: %+v", r)
		}
		same(t, "stale", b.rows(t, stales), nil)

		b.exec(t, "UPDATE dispatcharr_channels_channelgroupm3uaccount SET enabled = false WHERE channel_group_id = "+
			"(SELECT id FROM dispatcharr_channels_channelgroup WHERE name = 'G1')")
		if r := b.refresh(t); r.Deleted != 2 {
			t.Errorf("group switched off: %+v", r)
		}
		same(t, "left", b.rows(t, names), []string{"C"})

		b.write(t, list("D@G3"))
		b.refresh(t)
		b.exec(t, "UPDATE dispatcharr_channels_stream SET last_seen = '2026-01-01 00:00:00' WHERE is_stale")
		b.exec(t, "UPDATE dispatcharr_channels_channelgroupm3uaccount SET last_seen = '2026-01-01 00:00:00' WHERE is_stale")
		if r := b.refresh(t); r.Deleted != 1 {
			t.Errorf("stale for long: %+v", r)
		}
		same(t, "left", b.rows(t, names), []string{"D"})
		same(t, "groups", b.rows(t, byGroup), []string{"Default Group", "G3"})
	})
}

func TestFilters(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		filter := func(kind, pattern string, exclude bool, order int, options string) {
			b.exec(t, `INSERT INTO m3u_m3ufilter (m3u_account_id, filter_type, regex_pattern, exclude, "order", custom_properties)
				VALUES ($1, $2, $3, $4, $5, $6)`, b.account, kind, pattern, exclude, order, options)
		}
		filter("name", "^Keep", false, 1, "{}")
		filter("group", "(?<!no )adult", true, 2, `{"case_sensitive": false}`)
		filter("url", "/x$", true, 3, "{}")
		filter("name", "drop", true, 4, "{}")
		b.write(t, list("Keep me@Adult", "B@ADULT", "C@no adult", "X@G", "Drop@G", "drop@G"))
		b.refresh(t)
		same(t, "streams", b.rows(t, names), []string{"C", "Drop", "Keep me"})

		filter("name", "(", true, 0, "{}")
		_, err := b.RefreshM3U(t.Context(), b.account, nil)
		if failure, ok := errors.AsType[*ingest.Failure](err); !ok || failure.Fault != ingest.FaultUser {
			t.Errorf("error %v, want the user's fault", err)
		}
		same(t, "status", b.rows(t, "SELECT status FROM m3u_m3uaccount WHERE id = $1", b.account), []string{"error"})
		same(t, "streams", b.rows(t, names), []string{"C", "Drop", "Keep me"})
	})
}

func TestOneStreamOfTwoAccounts(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.write(t, list("A@G", "B@G"))
		b.refresh(t)
		first := b.account
		b.file += "2"
		b.account = b.addAccount(t, "B", b.file)
		b.write(t, []byte(strings.ReplaceAll(string(list("B@G", "C@G")), ",B\n", ",B of two\n")))
		if r := b.refresh(t); r.Created != 1 || r.Updated != 1 {
			t.Errorf("second account: %+v", r)
		}
		same(t, "streams", b.rows(t, "SELECT name, m3u_account_id FROM dispatcharr_channels_stream ORDER BY name"),
			[]string{fmt.Sprintf("A|%d", first), fmt.Sprintf("B of two|%d", first), fmt.Sprintf("C|%d", b.account)})

		b.exec(t, `UPDATE core_coresettings SET value = '{"m3u_hash_key": "name, m3u_id"}' WHERE "key" = 'stream_settings'`)
		if r := b.refresh(t); r.Created != 2 {
			t.Errorf("hash of other parts: %+v", r)
		}
	})
}

func TestBadPlaylists(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.write(t, list("A@G"))
		b.refresh(t)
		for name, text := range map[string]string{
			"a page": "<html>log in</html>", "only a header": "#EXTM3U\n", "half a gzip": string(gzipped(t, string(large(50)))[:300]),
		} {
			b.write(t, []byte(text))
			_, err := b.RefreshM3U(t.Context(), b.account, nil)
			if failure, ok := errors.AsType[*ingest.Failure](err); !ok || failure.Next == "" {
				t.Errorf("%s: error %v, want a failure with a next step", name, err)
			}
			same(t, name, b.rows(t, "SELECT name, is_stale = false FROM dispatcharr_channels_stream WHERE name = 'A'"),
				b.rows(t, "SELECT 'A', 1 = 1"))
		}
		b.exec(t, "UPDATE m3u_m3uaccount SET is_active = false, status = 'disabled' WHERE id = $1", b.account)
		for account, status := range map[int64]string{1: "idle", b.account: "disabled"} {
			_, err := b.RefreshM3U(t.Context(), account, nil)
			if failure, ok := errors.AsType[*ingest.Failure](err); !ok || failure.Fault != ingest.FaultUser {
				t.Errorf("account %d: error %v, want the user's fault", account, err)
			}
			same(t, "status", b.rows(t, "SELECT status FROM m3u_m3uaccount WHERE id = $1", account), []string{status})
		}
		if _, err := b.RefreshM3U(t.Context(), 999, nil); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no account: %v, want %v", err, store.ErrNotFound)
		}
	})
}

// A refresh that is cut off after any of its writes, and run again, leaves what
// one whole run leaves.
func TestCutOff(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.write(t, large(5000))
		const columns = `SELECT name, url, tvg_id, is_stale, stream_hash FROM dispatcharr_channels_stream ORDER BY url`
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := b.RefreshM3U(ctx, b.account, func(p ingest.Progress) {
				if p.Action == "parsing" && p.Percent > 0 {
					cancel()
				}
			})
			cancel()
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want %v", err, context.Canceled)
			}
		}
		if got := len(b.rows(t, columns)); got == 0 || got == 5000 {
			t.Errorf("%d streams after cut-off refreshes", got)
		}
		same(t, "status", b.rows(t, "SELECT status, last_message FROM m3u_m3uaccount WHERE id = $1", b.account),
			[]string{"error|the refresh was cancelled"})
		b.refresh(t)
		got := b.rows(t, columns)
		b.exec(t, "DELETE FROM dispatcharr_channels_stream")
		b.refresh(t)
		same(t, "streams", got, b.rows(t, columns))
	})
}

func TestOneRefreshAtATime(t *testing.T) {
	t.Parallel()
	b := newBench(t, storetest.SQLite(t))
	b.write(t, list("A@G"))
	tried := 0
	_, err := b.RefreshM3U(t.Context(), b.account, func(ingest.Progress) {
		tried++
		if _, err := b.RefreshM3U(t.Context(), b.account, nil); !errors.Is(err, ingest.ErrBusy) {
			t.Errorf("a second refresh: %v, want %v", err, ingest.ErrBusy)
		}
	})
	if err != nil || tried == 0 {
		t.Errorf("first refresh: %v, tried %d times", err, tried)
	}
	b.refresh(t)
}

func TestRefreshWaitsForTheGroups(t *testing.T) {
	t.Parallel()
	b := newBench(t, storetest.SQLite(t))
	b.write(t, list("A@G"))
	done := make(chan error)
	var once sync.Once
	err := b.LoadM3UGroups(t.Context(), b.account, func(ingest.Progress) {
		once.Do(func() {
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := b.RefreshM3U(ended, b.account, nil); !errors.Is(err, context.Canceled) {
				t.Errorf("a refresh that nobody waits for any more: %v, want %v", err, context.Canceled)
			}
			go func() {
				_, err := b.RefreshM3U(t.Context(), b.account, nil)
				done <- err
			}()
		})
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Errorf("the groups, and a refresh meanwhile: %v", err)
	}
	same(t, "status", b.rows(t, "SELECT status FROM m3u_m3uaccount WHERE id = $1", b.account), []string{"success"})
	same(t, "streams", b.rows(t, "SELECT name FROM dispatcharr_channels_stream"), []string{"A"})
}

func TestLoadGroups(t *testing.T) {
	t.Parallel()
	b := newBench(t, storetest.SQLite(t))
	b.exec(t, `UPDATE m3u_m3uaccount SET custom_properties = '{"auto_enable_new_groups_live": false}'`)
	b.write(t, list("A@G1", "B@G2"))
	var last ingest.Progress
	if err := b.LoadM3UGroups(t.Context(), b.account, func(p ingest.Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	if data := last.Data(); data["action"] != "processing_groups" || data["status"] != "pending_setup" || data["account"] != b.account {
		t.Errorf("last progress %v", data)
	}
	same(t, "groups", b.rows(t, "SELECT enabled FROM dispatcharr_channels_channelgroupm3uaccount"), []string{"0", "0", "0"})
	same(t, "streams", b.rows(t, names), nil)
	if r := b.refresh(t); r.Created != 0 || r.Total != 2 {
		t.Errorf("no group is enabled: %+v", r)
	}
}
