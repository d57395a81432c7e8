package store_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// writer is the worker's half of the queue: it says that it has its turn, and
// ends it with the next line it reads.
const writer = `
import sys
from pluggarr.turns import Turns
one = Turns(sys.argv[1])
one.begin()
print("mine", flush=True)
sys.stdin.readline()
one.end()
`

func TestTurnsComeInOrder(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cfg := storetest.SQLite(t)
	first, last := storetest.Open(t, cfg), storetest.Open(t, cfg)
	end, err := first.Turn(ctx)
	if err != nil {
		t.Fatal(err)
	}

	python := exec.CommandContext(ctx, "python3", "-c", writer, cfg.Path+"-turns")
	python.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH="+filepath.Join("..", "..", "compat", "python"))
	python.Stderr = os.Stderr
	in, err := python.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := python.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := python.Start(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("no Python: %v", err)
	}
	lengthen(ctx, t, cfg.Path, 1)
	came := make(chan error, 1)
	go func() {
		end, err := last.Turn(ctx)
		end()
		came <- err
	}()
	lengthen(ctx, t, cfg.Path, 2)

	end()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "mine\n" {
		t.Fatalf("the second one in the queue says %q, %v", line, err)
	}
	select {
	case err := <-came:
		t.Errorf("the last one has a turn while the second one has it too: %v", err)
	default:
	}
	if _, err := in.Write([]byte("\n")); err != nil {
		t.Error(err)
	}
	if err := <-came; err != nil {
		t.Errorf("Turn of the last one: %v", err)
	}
	if err := python.Wait(); err != nil {
		t.Error(err)
	}
}

func TestTurnEndsWithItsContext(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	one, other := storetest.Open(t, cfg), storetest.Open(t, cfg)
	end, err := one.Turn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		end, err := other.Turn(ctx)
		end()
		failed <- err
	}()
	lengthen(t.Context(), t, cfg.Path, 1)
	cancel()
	if err := <-failed; err == nil {
		t.Error("Turn returned before it was due")
	}
	if size := queued(t, cfg.Path); size != 0 {
		t.Errorf("%d wait who do not", size)
	}
}

// lengthen waits until so many wait for their turn.
func lengthen(ctx context.Context, t *testing.T, path string, n int) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for queued(t, path) < n {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("%d wait, want %d", queued(t, path), n)
		}
	}
}

// queued is how many wait for their turn.
func queued(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Stat(path + "-turns-queue")
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Size()) / 16
}
