package store_test

import (
	"os"
	"testing"

	"github.com/pluggarr/pluggarr/host/store/storetest"
)

func TestCheckpoint(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	s, raw := storetest.Open(t, cfg), storetest.Raw(t, cfg)
	size := func() int64 {
		info, err := os.Stat(cfg.Path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if err := s.Checkpoint(t.Context()); err != nil || size() == 0 {
		t.Errorf("Checkpoint of a short log: %v; %d bytes are left of it", err, size())
	}
	for _, statement := range []string{"CREATE TABLE big (x)", "INSERT INTO big VALUES (zeroblob(70000000))"} {
		if _, err := raw.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if size() < 70_000_000 {
		t.Fatalf("the log has %d bytes: this test is to be mended", size())
	}
	if err := s.Checkpoint(t.Context()); err != nil || size() != 0 {
		t.Errorf("Checkpoint returns %v and leaves a log of %d bytes", err, size())
	}
}
