package store_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// envWriter makes the test binary a second process which writes to the SQLite file it names.
const envWriter = "PLUGGARR_TEST_WRITER"

// runsEach is how many runs one writer inserts and finishes.
const runsEach = 50

func TestManyWriters(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	// All open at once, too: nobody has made the file yet.
	writers, ctx := errgroup.WithContext(t.Context())
	for range 2 {
		writers.Go(func() error { return writeAll(ctx, cfg, "here") })
		writers.Go(func() error {
			other := exec.CommandContext(ctx, os.Args[0])
			other.Env = append(os.Environ(), envWriter+"="+cfg.Path)
			if out, err := other.CombinedOutput(); err != nil {
				return fmt.Errorf("other process: %w: %s", err, out)
			}
			return nil
		})
	}
	if err := writers.Wait(); err != nil {
		t.Fatal(err)
	}
	s := storetest.Open(t, cfg)
	for _, plugin := range []string{"here", "there"} {
		runs, err := s.Runs(t.Context(), plugin, 1000, "")
		if err != nil {
			t.Fatal(err)
		}
		if want := 2 * 4 * runsEach; len(runs) != want {
			t.Errorf("%d runs of %q, want %d", len(runs), plugin, want)
		}
	}
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	for name, fresh := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := fresh(t)
			var openers errgroup.Group
			for range 4 {
				openers.Go(func() error {
					s, err := store.Open(t.Context(), cfg)
					if err != nil {
						return err
					}
					_, err = s.EnsureAdmin(t.Context(), "admin")
					if closeErr := s.Close(); err == nil {
						err = closeErr
					}
					return err
				})
			}
			if err := openers.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

// writeAsOther is the main function of the second process; it returns its exit status.
func writeAsOther(path string) int {
	if err := writeAll(context.Background(), store.Config{Path: path}, "there"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// writeAll opens a store and writes to it from four goroutines.
func writeAll(ctx context.Context, cfg store.Config, plugin string) error {
	s, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	var writers errgroup.Group
	for range 4 {
		writers.Go(func() error {
			for range runsEach {
				run := &store.Run{Plugin: plugin}
				if err := s.InsertRun(ctx, run); err != nil {
					return err
				}
				if _, err := s.Run(ctx, run.ID); err != nil {
					return err
				}
				run.Status = store.RunOK
				if err := s.FinishRun(ctx, run); err != nil {
					return err
				}
			}
			// A transaction of several statements.
			_, err := s.TrimRuns(ctx, plugin, 1000, time.Hour)
			return err
		})
	}
	if err := writers.Wait(); err != nil {
		return err
	}
	return s.Close()
}
