package workertest

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/pluggarr/pluggarr/host/worker"
)

// attacks is what a plugin does to what it shares with the host.
func attacks() []testCase {
	return []testCase{
		{name: "a flood of prints", needs: Suite, alone: true, run: flood},
		{name: "files that are not the plugin's", needs: Suite, run: vandalise},
	}
}

// flood has a plugin print 20 MB to each output while calls go on.
func flood(t *testing.T, r Runtime) {
	const size = 20_000_000
	s := &subject{Worker: fresh(t, r), heard: newRecord()}
	printed := map[string]*atomic.Int64{"stdout": {}, "stderr": {}, "log": {}}
	s.greet(t, r, worker.Config{Grace: patience, Log: func(l worker.Line) {
		printed[l.Source].Add(int64(len(l.Message)) + int64(len("\n")))
	}})
	s.works(t)
	before := held()
	ended := make(chan error, 1)
	go func() {
		_, err := s.try(limited(t), "flood", input{Count: size})
		ended <- err
	}()
	for running := true; running; {
		s.works(t)
		select {
		case err := <-ended:
			running = false
			if err != nil {
				t.Errorf("the run failed: %v", err)
			}
		default:
		}
	}
	const most = 4 << 20
	if after := held(); after > before+most {
		t.Errorf("the host holds %d bytes more than before", after-before)
	}
	if err := s.Stop(limited(t), nil); err != nil {
		t.Errorf("stop: %v", err)
	}
	for _, source := range []string{"stdout", "stderr"} {
		if n := printed[source].Load(); n < size {
			t.Errorf("of %s %d bytes came, not %d", source, n, size)
		}
	}
}

// held returns the bytes of memory in use by this process.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// vandalise has a plugin write to and close every file it can find. Whatever
// comes of that worker, it ends, and another one does not notice.
func vandalise(t *testing.T, r Runtime) {
	other := begin(t, r)
	s := beginWithin(t, r, short)
	ctx, cancel := context.WithTimeout(limited(t), short) // it may well never answer
	defer cancel()
	if _, err := s.try(ctx, "vandalise", input{}); err != nil {
		t.Logf("its call failed: %v", err)
	}
	stopping, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	if err := s.Stop(stopping, nil); err != nil {
		t.Errorf("stop: %v", err)
	}
	other.works(t)
}
