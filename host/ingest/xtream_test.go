package ingest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/store"
)

// panel is a server that speaks as Xtream Codes do.
type panel struct {
	*httptest.Server
	password   string
	login      string // what it says of the login
	categories string
	streams    string
}

func newPanel(t *testing.T) *panel {
	t.Helper()
	p := &panel{password: "hush", login: `{"user_info": {"auth": 1, "status": "Active", "exp_date": "1893456000", "max_connections": "2"},
		"server_info": {"timezone": "UTC"}}`}
	p.categories = `[{"category_id": "1", "category_name": "News"}, {"category_id": 2, "category_name": "Films"}]`
	p.Server = serve(t, func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		switch {
		case r.URL.Path != "/panel/player_api.php":
			http.NotFound(w, r)
		case query.Get("username") == "ann" && query.Get("password") == "hers":
			_, _ = io.WriteString(w, `{"user_info": {"auth": "1", "status": "Trial", "exp_date": null}}`)
		case query.Get("username") != "joe" || query.Get("password") != p.password:
			_, _ = io.WriteString(w, `{"user_info": {"auth": 0}}`)
		case query.Get("action") == "get_live_categories":
			_, _ = io.WriteString(w, p.categories)
		case query.Get("action") == "get_live_streams":
			_, _ = io.WriteString(w, p.streams)
		default:
			_, _ = io.WriteString(w, p.login)
		}
	})
	return p
}

func TestXtream(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := newPanel(t)
		b.exec(t, "UPDATE m3u_m3uaccount SET account_type = 'XC', server_url = $1, username = 'joe', password = 'hush' WHERE id = $2",
			p.URL+"/panel/get.php?x=y", b.account)
		b.exec(t, `INSERT INTO m3u_m3uaccountprofile (m3u_account_id, name, is_default, max_streams, is_active, search_pattern, replace_pattern,
			current_viewers, custom_properties) VALUES ($1, 'Default', true, 0, true, '', '', 0, '{"mine": 1}'),
			($1, 'Ann', false, 0, true, 'joe/hush', 'ann/hers', 0, '{}'), ($1, 'Odd', false, 0, true, '/live/.*', '', 0, '{}'),
			($1, 'Bob', false, 0, true, 'joe', 'bob', 0, '{}')`, b.account)
		p.streams = `[{"num": 5, "name": "One", "stream_id": 11, "stream_icon": "http://l/1", "epg_channel_id": "one.uk", "category_id": "1",
				"is_adult": "0", "tv_archive": 1, "tv_archive_duration": "3", "added": "1700000000", "custom_sid": null},
			{"num": "6", "name": "", "stream_id": "12", "category_id": 2, "is_adult": 1}, {"name": "Lost", "stream_id": 13, "category_id": "9"}]`
		if r := b.refresh(t); r.Created != 2 || r.Total != 3 {
			t.Errorf("result %+v", r)
		}
		base := strings.TrimSuffix(p.URL, "/") + "/panel/live/joe/hush/"
		same(t, "streams", b.rows(t, `SELECT s.name, s.url, g.name, s.tvg_id, s.stream_id, s.stream_chno, s.catchup_days
			FROM dispatcharr_channels_stream s JOIN dispatcharr_channels_channelgroup g ON g.id = s.channel_group_id ORDER BY s.stream_id`),
			[]string{"One|" + base + "11.ts|News|one.uk|11|5|3", "A - 12|" + base + "12.ts|Films||12|6|0"})
		same(t, "properties", order(b.rows(t, "SELECT 'x', custom_properties FROM dispatcharr_channels_stream WHERE stream_id = 11")),
			order([]string{`x|{"added": "1700000000", "category_id": "1", "custom_sid": "", "is_adult": "0", "name": "One", "num": 5, "stream_id": 11, ` +
				`"tv_archive": "1", "tv_archive_duration": "3", "tvg-id": "one.uk", "tvg-logo": "http://l/1"}`}))
		same(t, "hash", b.rows(t, "SELECT count(*) FROM dispatcharr_channels_stream WHERE stream_hash = $1",
			// sha256 of {"m3u_id": 2, "url": 11}
			"b3db8836cefca7c39c81075caeefe36f8ccefc9e760310a8708751f59c972ad5"), []string{"1"})
		same(t, "profile", b.rows(t, `SELECT CAST(exp_date AS text) LIKE '2030-01-01 00:00:00%', CAST(custom_properties AS text) LIKE '%"mine"%Active%'
			OR CAST(custom_properties AS text) LIKE '%Active%"mine"%' FROM m3u_m3uaccountprofile WHERE m3u_account_id = $1 AND is_default`, b.account),
			b.rows(t, "SELECT 1 = 1, 1 = 1"))
		same(t, "other profiles", b.rows(t, `SELECT name FROM m3u_m3uaccountprofile WHERE m3u_account_id = $1 AND NOT is_default
			AND CAST(custom_properties AS text) LIKE '%Trial%'`, b.account), []string{"Ann"})

		// The password changes, and with it all addresses: the streams are the same ones.
		p.password = "new"
		_, err := b.RefreshM3U(t.Context(), b.account, nil)
		if failure, ok := errors.AsType[*ingest.Failure](err); !ok || failure.Fault != ingest.FaultUser {
			t.Errorf("wrong password: %v, want the user's fault", err)
		}
		b.exec(t, "UPDATE m3u_m3uaccount SET password = 'new' WHERE id = $1", b.account)
		b.exec(t, `UPDATE m3u_m3uaccount SET custom_properties = '{"enable_vod": true}' WHERE id = $1`, b.account)
		if r := b.refresh(t); r.Updated != 2 || r.Created+r.Stale != 0 {
			t.Errorf("new password: %+v", r)
		}
		if said := fmt.Sprint(b.rows(t, "SELECT last_message FROM m3u_m3uaccount WHERE id = $1", b.account)); !strings.Contains(said, "films and series were left out") {
			t.Errorf("of films and series it is said: %s", said)
		}

		good := p.streams
		p.login = `{"user_info": {"auth": 1, "message": "a\u0000b", "y": 1e999999, "z": 1e-999999}, "server_info": []}`
		p.streams = strings.Replace(good, `"num": 5`, `"num": 1e999999`, 1)
		if r := b.refresh(t); r.Total != 3 || r.Stale != 0 {
			t.Errorf("odd values: %+v", r)
		}
		p.streams = good
		for _, login := range []string{`{"user_info": []}`, `{"user_info": "no"}`, "null", "[]"} {
			p.login = login
			_, err := b.RefreshM3U(t.Context(), b.account, nil)
			if _, ok := errors.AsType[*ingest.Failure](err); !ok || strings.Contains(err.Error(), "Go ") {
				t.Errorf("login %s: error %v, want a failure in plain words", login, err)
			}
		}
		p.login = `{"user_info": {"auth": 1}}`

		for name, streams := range map[string]string{"none": "[]", "no list": `{"error": 1}`, "half a list": p.streams[:150], "no objects": `[1, 2]`} {
			p.streams = streams
			_, err := b.RefreshM3U(t.Context(), b.account, nil)
			if failure, ok := errors.AsType[*ingest.Failure](err); !ok || failure.Next == "" || strings.Contains(fmt.Sprint(err), "new") {
				t.Errorf("%s: error %v, want a failure with a next step and no password", name, err)
			}
		}
		copies := func() int {
			files, err := os.ReadDir(b.copies)
			if err != nil {
				t.Fatal(err)
			}
			return len(files)
		}
		if err := b.Tidy(t.Context()); err != nil || copies() != 6 {
			t.Errorf("%d copies and notes of an account that is there (%v), want 6", copies(), err)
		}
		same(t, "left", b.rows(t, "SELECT count(*) FROM dispatcharr_channels_stream WHERE NOT is_stale"), []string{"2"})
		if _, err := store.Delete[store.M3UAccount](t.Context(), b.store, b.account); err != nil {
			t.Fatal(err)
		}
		if err := b.Tidy(t.Context()); err != nil || copies() != 0 {
			t.Errorf("%d copies of an account that is gone (%v)", copies(), err)
		}
	})
}
