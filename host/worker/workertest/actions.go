package workertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// actions is what a plugin that means well does.
func actions() []testCase {
	return []testCase{
		{name: "parameters and settings arrive, keys keep their order", needs: Suite, run: echo},
		{name: "an event arrives as it was", needs: Suite, run: event},
		{name: "many runs at once", needs: Suite, run: manyRuns},
		{name: "8 MiB there and back", needs: Suite, run: large},
		{name: "log records come before the answer", needs: Suite, run: logged},
		{name: "progress comes before the answer", needs: Suite | Progress, run: progress},
		{name: "prints become log lines", needs: Suite, run: prints},
		{name: "a run that listens ends when cancelled", needs: Suite, run: cancelled},
		{name: "background work", needs: Suite | Background, run: background},
	}
}

func echo(t *testing.T, r Runtime) {
	s := begin(t, r)
	for _, text := range []string{"", "tv", "a\nb\x00\u2028<&>", "ünïcödé 📺"} {
		want := fmt.Sprintf(`{"status":"ok","zeta":%s,"alpha":3,"mode":"fast"}`, quoted(text))
		same(t, "echo", unescaped(t, s.must(t, "echo", input{Text: text})), want)
	}
}

func event(t *testing.T, r Runtime) {
	s := begin(t, r)
	const payload = `{"zeta":{"b":[1,null,true],"a":"x"},"alpha":12345678901}`
	result, err := s.Run(limited(t), wire.RunParams{
		Run: "1", Action: "event", Params: []byte("{}"), Settings: settings(1),
		Event: &wire.EventParams{Name: "m3u_refresh", Payload: []byte(payload)},
	})
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	same(t, "event", string(result), `{"status":"ok","event":"m3u_refresh","payload":`+payload+`}`)
	same(t, "without an event", s.must(t, "event", input{}), `{"status":"error","message":"no event"}`)
}

func manyRuns(t *testing.T, r Runtime) {
	s := begin(t, r)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			text := fmt.Sprint("caller ", i)
			result, err := s.try(limited(t), "echo", input{Text: text})
			if err != nil || !strings.Contains(result, quoted(text)) {
				t.Errorf("%s got %s, %v", text, result, err)
			}
		})
	}
	all.Wait()
}

func large(t *testing.T, r Runtime) {
	s := begin(t, r)
	text := strings.Repeat("12345678", 1<<20)
	same(t, "echo", s.must(t, "echo", input{Text: text}),
		fmt.Sprintf(`{"status":"ok","zeta":%q,"alpha":3,"mode":"fast"}`, text))
}

func logged(t *testing.T, r Runtime) {
	s := begin(t, r)
	s.must(t, "report", input{Text: "channels"})
	lines, _ := s.heard.all()
	for _, l := range lines {
		if l.Message != "looking at channels" {
			continue
		}
		if l.Run != "run of report" || l.Level != "warning" || l.Source != "log" || l.Time.IsZero() {
			t.Errorf("the record came as %+v", l)
		}
		return
	}
	t.Errorf("the record did not come before the answer, only %+v", lines)
}

func progress(t *testing.T, r Runtime) {
	s := begin(t, r)
	s.must(t, "report", input{Text: "channels"})
	_, reports := s.heard.all()
	want := []wire.ProgressParams{
		{Run: "run of report", Done: 1, Total: 2, Message: "half of channels"},
		{Run: "run of report", Done: 2, Total: 2, Message: "all of channels"},
	}
	if fmt.Sprint(reports) != fmt.Sprint(want) {
		t.Errorf("progress was %+v, not %+v", reports, want)
	}
}

func prints(t *testing.T, r Runtime) {
	s := begin(t, r)
	s.must(t, "print", input{Text: "first\n  second 📺"})
	s.heard.await(t, 2, "first")
	s.heard.await(t, 2, "  second 📺")
	lines, _ := s.heard.all()
	levels := map[string]string{}
	for _, l := range lines {
		levels[l.Source+" "+l.Message] = l.Level
	}
	for line, level := range map[string]string{
		"stdout out: first": "info", "stdout   second 📺": "info", "stderr err: first": "warning",
	} {
		if levels[line] != level {
			t.Errorf("%q came as %q, not %q", line, levels[line], level)
		}
	}
}

func cancelled(t *testing.T, r Runtime) {
	s := begin(t, r)
	reason := errors.New("the user changed their mind")
	ctx, cancel := context.WithCancelCause(limited(t))
	ended := make(chan error, 1)
	go func() {
		_, err := s.try(ctx, "wait", input{})
		ended <- err
	}()
	s.heard.await(t, 1, "waiting")
	cancel(reason)
	if err := <-ended; !errors.Is(err, reason) {
		t.Errorf("the run ended with %v, not with %v", err, reason)
	}
	if s.Deaf() || s.Death() != nil {
		t.Fatal("the worker was killed although its run ended")
	}
	s.works(t)
}

func background(t *testing.T, r Runtime) {
	s := begin(t, r)
	ctx := limited(t)
	if err := s.Start(ctx, wire.StartParams{Settings: settings(1)}); err != nil {
		t.Fatalf("start: %v", err)
	}
	s.heard.await(t, 1, "working")
	if err := s.Start(ctx, wire.StartParams{Settings: settings(2)}); err != nil {
		t.Fatalf("start with new settings: %v", err)
	}
	s.heard.await(t, 2, "working")
	s.works(t)
	if err := s.Stop(ctx, &wire.StopParams{Reason: "disable", Settings: settings(2)}); err != nil {
		t.Fatalf("stop: %v", err)
	}
	lines, _ := s.heard.all()
	var told strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&told, "%s %s; ", l.Message, l.Attrs)
	}
	const want = `working {"limit":1}; worked {"limit":1}; working {"limit":2}; worked {"limit":2}; stopping: disable ; `
	if told.String() != want {
		t.Errorf("the plugin told\n%s\nnot\n%s", told.String(), want)
	}
}
