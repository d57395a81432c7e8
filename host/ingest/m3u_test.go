package ingest_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// bench is a database, what refreshes it, and a playlist file of account 2.
type bench struct {
	*ingest.Ingest
	store   *store.Store
	raw     *sql.DB
	account int64
	file    string
	copies  string
}

func newBench(tb testing.TB, cfg store.Config) *bench {
	tb.Helper()
	b := &bench{store: storetest.Open(tb, cfg), raw: storetest.Raw(tb, cfg), file: filepath.Join(tb.TempDir(), "list.m3u"), copies: filepath.Join(tb.TempDir(), "copies")}
	var err error
	b.Ingest, err = ingest.New(ingest.Config{Store: b.store, Dir: b.copies})
	if err != nil {
		tb.Fatal(err)
	}
	b.account = b.addAccount(tb, "A", b.file)
	return b
}

// addAccount makes an account that reads file.
func (b *bench) addAccount(tb testing.TB, name, file string) int64 {
	tb.Helper()
	var id int64
	err := b.raw.QueryRowContext(tb.Context(), `INSERT INTO m3u_m3uaccount (name, file_path, max_streams, is_active, created_at, status, locked,
		account_type, custom_properties, refresh_interval, stale_stream_days, priority)
		VALUES ($1, $2, 0, true, '2026-01-01 00:00:00', 'idle', false, 'STD', '{}', 0, 7, 0) RETURNING id`, name, file).Scan(&id)
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

func (b *bench) exec(tb testing.TB, query string, args ...any) {
	tb.Helper()
	if _, err := b.raw.ExecContext(tb.Context(), query, args...); err != nil {
		tb.Fatal(err)
	}
}

func (b *bench) write(tb testing.TB, playlist []byte) {
	tb.Helper()
	if err := os.WriteFile(b.file, playlist, 0o600); err != nil {
		tb.Fatal(err)
	}
}

func (b *bench) refresh(tb testing.TB) *ingest.M3UResult {
	tb.Helper()
	result, err := b.RefreshM3U(tb.Context(), b.account, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return result
}

// large is a playlist of n entries as large providers send them.
func large(n int) []byte {
	var list bytes.Buffer
	list.WriteString("#EXTM3U\n")
	for i := range n {
		fmt.Fprintf(&list, "#EXTINF:-1 tvg-id=\"channel%d.example\" tvg-name=\"UK: Channel %d HD\" "+
			"tvg-logo=\"http://logos.example.org/images/channel_%d.png\" group-title=\"Group %d\",UK: Channel %d HD\n"+
			"http://provider.example.org:8080/live/someuser/somepassword/%d.ts\n", i, i, i, i%200, i, i)
	}
	return list.Bytes()
}

// BenchmarkRefreshM3U imports 100,000 entries; to reach are 5 s for the first
// time, 2 s for the same again, on SQLite.
func BenchmarkRefreshM3U(b *testing.B) {
	list := large(100_000)
	for name, fresh := range map[string]func(testing.TB) store.Config{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				bench := newBench(b, fresh(b))
				bench.write(b, list)
				for _, what := range []string{"first", "again", "again"} {
					begun := time.Now()
					if result := bench.refresh(b); result.Total != 100_000 {
						b.Fatalf("%+v", result)
					}
					b.ReportMetric(time.Since(begun).Seconds(), what+"-s")
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
