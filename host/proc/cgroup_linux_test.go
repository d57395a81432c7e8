package proc_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/pluggarr/pluggarr/host/proc"
)

// grouped returns a Starter whose processes have cgroups, or ends the test.
func grouped(t *testing.T) *proc.Starter {
	t.Helper()
	s := proc.NewStarter(fmt.Sprintf("grouped-%s-%d", filepath.Base(t.Name()), os.Getpid()))
	t.Cleanup(s.Close)
	if err := s.UseCgroups(); err != nil {
		if os.Getenv("PLUGGARR_TEST_CGROUPS") != "" {
			t.Fatal(err)
		}
		t.Skipf("no cgroups here, .ci/vm runs this where they are: %v", err)
	}
	return s
}

// TestCgroupMemory has processes that together use more than one of them may,
// while none of them does.
func TestCgroupMemory(t *testing.T) {
	for name, contain := range map[string]bool{"plain": false, "contained": true} {
		t.Run(name, func(t *testing.T) {
			s := grouped(t)
			if used, err := proc.LookCgroups(os.Getpid()); !used || err != nil {
				t.Errorf("LookCgroups = %t, %v", used, err)
			}
			spec := sh("read go <&3; for i in 1 2 3; do dd if=/dev/zero of=/dev/null bs=40M & done; wait")
			if contain {
				spec.Container = container(t)
			}
			spec.Limits.Memory = 100 << 20
			quiet, p := start(t, s, sh("read go <&3")), start(t, s, spec)
			if _, err := io.WriteString(p.Stream, "go\n"); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(p.Wait()); got != "it used more than 100 MiB of memory, with all it started" {
				t.Errorf("Wait = %s", got)
			}
			if !quiet.Running() {
				t.Error("another process has ended too")
			}
		})
	}
}

// TestCgroupEndsAll has a process let go of one that bears no mark, without a
// container.
func TestCgroupEndsAll(t *testing.T) {
	p := start(t, grouped(t), sh(detach+"; read go <&3"))
	out := bufio.NewReader(p.Stdout)
	if line, err := out.ReadString('\n'); err != nil || line != "free\n" {
		t.Fatalf("it printed %q, %v", line, err)
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(out); err != nil { // ends when the last that holds the pipe has
		t.Error(err)
	}
	_ = p.Wait() // that the pipe ended is what counts
}

// TestCgroupsOfAnEarlierHost kills a host and starts the next one.
func TestCgroupsOfAnEarlierHost(t *testing.T) {
	grouped(t) // or there are none here
	owner := fmt.Sprint("grouped", os.Getpid())
	lines := killHost(t, starter(t), owner)
	next := proc.NewStarter(owner)
	defer next.Close()
	if err := next.UseCgroups(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(lines); err != nil {
		t.Error(err)
	}
	p := start(t, next, sh("exit 3"))
	if got := fmt.Sprint(p.Wait()); got != "exit status 3" {
		t.Errorf("Wait = %s", got)
	}
}
