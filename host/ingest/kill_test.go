package ingest_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/ingest"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// envRefresh makes the test binary refresh: the database's file, the folder for
// copies and the account's ID, with | between them.
const envRefresh = "PLUGGARR_TEST_REFRESH"

// refreshAsOther is the main function of the process that is killed. It prints
// how far it is, and ends with its test.
func refreshAsOther(what string) int {
	part := strings.Split(what, "|")
	s, err := store.Open(context.Background(), store.Config{Path: part[0]})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	i, err := ingest.New(ingest.Config{Store: s, Dir: part[1]})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	account, err := strconv.ParseInt(part[2], 10, 64)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	_, err = i.RefreshM3U(context.Background(), account, func(p ingest.Progress) { fmt.Println(p.Action, p.Percent) })
	fmt.Println("end", err)
	_, _ = io.Copy(io.Discard, os.Stdin) // a quick one waits to be killed
	return 0
}

// A host that is killed in the middle of refreshes leaves a sound database, and
// the next refresh leaves what one whole refresh leaves.
func TestKilled(t *testing.T) {
	t.Parallel()
	cfg := storetest.SQLite(t)
	b := newBench(t, cfg)
	const before, after = 20_000, 18_000
	for round, n := range []int{before, before, before, after, after} {
		if round == 3 {
			b.refresh(t)
		}
		b.write(t, large(n))
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%s|%d", envRefresh, cfg.Path, t.TempDir(), b.account))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() && lines.Text() != "end <nil>" && (!strings.HasPrefix(lines.Text(), "parsing ") || lines.Text() == "parsing 0") {
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Errorf("round %d: the process was not killed", round)
		}
		same(t, "integrity", b.rows(t, "PRAGMA integrity_check"), []string{"ok"})
	}
	b.write(t, large(after))
	if r := b.refresh(t); r.Total != after || r.Deleted != 0 {
		t.Errorf("after the kills: %+v", r)
	}
	same(t, "streams", b.rows(t, "SELECT is_stale, count(*), count(DISTINCT url) FROM dispatcharr_channels_stream GROUP BY 1 ORDER BY 1"),
		[]string{"0|18000|18000", "1|2000|2000"})
	if r := b.refresh(t); r.Created+r.Updated+r.Stale+r.Deleted != 0 {
		t.Errorf("once more: %+v, want nothing done", r)
	}
}
