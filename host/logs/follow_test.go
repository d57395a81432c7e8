package logs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/pluggarr/pluggarr/host/logs"
	"github.com/pluggarr/pluggarr/host/worker"
)

// followed is what a follower got.
type followed struct {
	lines []worker.Line
	err   error
	ended bool
}

// follow starts a follower that keeps what it gets, inside a synctest bubble.
func follow(ctx context.Context, l *logs.Logs, f logs.Filter) *followed {
	got := &followed{}
	go func() {
		for line, err := range l.Follow(ctx, "p", f) {
			if got.err = err; err == nil {
				got.lines = append(got.lines, line)
			}
		}
		got.ended = true
	}()
	synctest.Wait()
	return got
}

func TestFollow(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		filter logs.Filter
		want   string // of a, b, which are there, and c, d, which come
	}{
		{"everything", logs.Filter{}, "a,b,c,d"},
		{"a tail first", logs.Filter{Tail: 1}, "b,c,d"},
		{"what comes", logs.Filter{Tail: -1}, "c,d"},
		{"a run", logs.Filter{Run: "r1"}, "a,c"},
		{"a level", logs.Filter{MinLevel: "warning"}, "b,d"},
		{"a text", logs.Filter{Contains: "D"}, "d"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				l := open(t, dir, logs.Config{})
				l.Append("p", worker.Line{Message: "a", Run: "r1"})
				l.Append("p", worker.Line{Message: "b", Level: "error", Run: "r2"})
				ctx, cancel := context.WithCancel(t.Context())
				got := follow(ctx, l, tc.filter)
				l.Append("p", worker.Line{Message: "c", Run: "r1"})
				synctest.Wait()
				l.Append("q", worker.Line{Message: "another plugin's", Run: "r1", Level: "error"})
				l.Append("p", worker.Line{Message: "d", Level: "warning"})
				synctest.Wait()
				if messages(got.lines) != tc.want || got.ended {
					t.Errorf("Follow = %q (ended: %t), want %q", messages(got.lines), got.ended, tc.want)
				}
				cancel()
				synctest.Wait()
				if !got.ended || got.err != nil {
					t.Errorf("with its context Follow ended: %t, %v; want true and no error", got.ended, got.err)
				}
			})
		})
	}
}

func TestFollowToTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l := open(t, dir, logs.Config{})
		l.Append("p", number(0))
		got := follow(t.Context(), l, logs.Filter{})
		if err := l.Remove(t.Context(), "p"); err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			l.Append("p", number(i+1))
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		checkComplete(t, got.lines, 101)
		if !got.ended || got.err != nil {
			t.Errorf("with the logs Follow ended: %t, %v; want true and no error", got.ended, got.err)
		}
		if late := follow(t.Context(), l, logs.Filter{}); !late.ended || late.err == nil {
			t.Errorf("after Close Follow ended: %t, %v; want true and an error", late.ended, late.err)
		}
		if wrong := follow(t.Context(), l, logs.Filter{MinLevel: "loud"}); !errors.Is(wrong.err, logs.ErrLevel) {
			t.Errorf("Follow of no level = %v, want ErrLevel", wrong.err)
		}
	})
}

// TestFollowFromAnyMoment has followers begin while lines come and files rotate.
func TestFollowFromAnyMoment(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), logs.Config{PerPlugin: 1 << 20})
	const n = 4000 // two files, and less than may wait for a follower
	pad := strings.Repeat(".", 60)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	begin := make(chan struct{})
	var following sync.WaitGroup
	for range 8 {
		following.Go(func() {
			<-begin
			var lines []worker.Line
			for line, err := range l.Follow(ctx, "p", logs.Filter{}) {
				if err != nil {
					t.Errorf("Follow: %v", err)
					return
				}
				if line.Message == "end" {
					break
				}
				lines = append(lines, line)
			}
			if dropped := checkComplete(t, lines, n); dropped != 0 {
				t.Errorf("%d lines were dropped", dropped)
			}
		})
	}
	for i := range n {
		line := number(i)
		line.Message += pad
		l.Append("p", line)
		if i%(n/8) == n/16 {
			begin <- struct{}{}
		}
		if i%500 == 0 {
			read(t, l, "p", logs.Filter{Tail: 1}) // waits, so that nothing is dropped
		}
	}
	l.Append("p", worker.Line{Message: "end"})
	following.Wait()
}

func TestFollowAcrossRotations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		l := open(t, dir, logs.Config{PerPlugin: 1})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		got := follow(ctx, l, logs.Filter{})
		const n = 10000 // some 1 MiB, the cap is 128 KiB
		for i := range n {
			l.Append("p", number(i))
			if i%1000 == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		if dropped := checkComplete(t, got.lines, n); dropped != 0 {
			t.Errorf("%d lines were dropped", dropped)
		}
	})
}

func TestSlowFollowerMissesLines(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), logs.Config{})
	const n = 4000
	text := strings.Repeat(".", 1<<10)
	var lines []worker.Line
	l.Append("p", number(0))
	for line, err := range l.Follow(t.Context(), "p", logs.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) == 0 { // the follower does not come back before everything is stored
			for i := range n {
				l.Append("p", worker.Line{Message: fmt.Sprint("line ", i+1, text)})
				if i%500 == 0 {
					read(t, l, "p", logs.Filter{Tail: 1})
				}
			}
			read(t, l, "p", logs.Filter{Tail: 1})
		}
		if lines = append(lines, line); line.Source == logs.SourceHost {
			break
		}
	}
	if dropped := checkComplete(t, lines, n+1); dropped < n/2 {
		t.Errorf("4 MiB waited in a queue of 1 MiB, only %d lines were dropped", dropped)
	}
	if text := lines[len(lines)-1].Message; !strings.Contains(text, "this reader was too slow") {
		t.Errorf("the last line is %q, want why lines were dropped", text)
	}
}
