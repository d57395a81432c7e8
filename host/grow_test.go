package host_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// How much TestNothingGrows does.
var (
	growReloads = flag.Int("reloads", 60, "how often TestNothingGrows reloads one plugin")
	growSaves   = flag.Int("saves", 200, "how often TestNothingGrows saves one of its other plugins")
	growPlugins = flag.Int("plugins", 8, "how many those are")
)

// usage is what the process with the host holds.
type usage struct{ descriptors, processes, goroutines, heapMB, residentMB int }

// used counts.
func used(t *testing.T) usage {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("what a process holds is not told here:", err)
	}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	u := usage{descriptors: len(files), goroutines: runtime.NumGoroutine()}
	for _, thread := range threads {
		children, err := os.ReadFile("/proc/self/task/" + thread.Name() + "/children")
		if err == nil { // else the thread has ended
			u.processes += len(strings.Fields(string(children)))
		}
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	u.heapMB = int(m.HeapAlloc >> 20)
	var pages, resident int
	if sizes, err := os.ReadFile("/proc/self/statm"); err == nil {
		_, _ = fmt.Sscan(string(sizes), &pages, &resident) // what it does not say is shown as 0
	}
	u.residentMB = resident * os.Getpagesize() >> 20
	return u
}

// within says that u holds no more than before, but for what comes and goes.
func (u usage) within(before usage) bool {
	const some = 4
	if u.heapMB > before.heapMB+8*some {
		return false
	}
	return u.descriptors <= before.descriptors+some && u.processes <= before.processes && u.goroutines <= before.goroutines+2*some
}

// TestNothingGrows reloads one plugin and saves many over and over. The host then
// holds what it held before: files, processes, goroutines. It runs alone, as it
// counts what the whole process has.
func TestNothingGrows(t *testing.T) { //nolint:paralleltest // see above
	s := newSite(t)
	one := edited{name: "one", file: "main.go", code: liveGo}
	many := make([]edited, *growPlugins)
	s.write(one, "0")
	for i := range many {
		many[i] = edited{name: fmt.Sprintf("many_%d", i), file: "main.go", code: liveGo}
		s.write(many[i], "0")
	}
	s.begin()
	for _, e := range slices.Concat(many, []edited{one}) {
		s.want("POST", e.name+"/enabled/", `{"enabled":true}`)
		s.want("POST", e.name+"/engine/", `{"engine":"interpreted"}`)
		s.until(e, 0)
	}
	reload := func(from, to int) {
		for i := from; i <= to; i++ {
			s.write(one, fmt.Sprint(i))
			s.until(one, i)
		}
	}
	reload(1, 10) // what is kept once is there now
	before := used(t)
	reload(11, 10+*growReloads)
	for i := range *growSaves {
		s.write(many[i%len(many)], fmt.Sprint(1+i/len(many)))
	}
	for i, e := range many {
		if saves := (*growSaves - i + len(many) - 1) / len(many); saves > 0 {
			s.until(e, saves)
		}
	}
	late := time.Now().Add(patience)
	after := used(t)
	for ; !after.within(before) && time.Now().Before(late); after = used(t) { // the last versions end
		s.says(one.name)
	}
	if !after.within(before) {
		t.Errorf("before %+v, after %+v", before, after)
	}
	t.Logf("%d reloads and %d saves of %d plugins: before %+v, after %+v", *growReloads, *growSaves, len(many), before, after)
}

// until waits until a version of a plugin answers.
func (s *site) until(e edited, version int) {
	s.t.Helper()
	late := time.Now().Add(patience)
	for got := s.says(e.name); got != version; got = s.says(e.name) {
		if time.Now().After(late) {
			s.t.Fatalf("%s answers as version %d, not %d", e.name, got, version)
		}
	}
}
