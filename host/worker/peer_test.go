package worker_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/worker"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// short is the grace in tests in which a peer uses all of it.
const short = 50 * time.Millisecond

// peer is a process played by a goroutine: it dies when it is killed, or when
// what it plays returns.
type peer struct {
	net.Conn
	in     *bufio.Reader
	dead   chan struct{}
	once   sync.Once
	killed bool // before dead was closed
}

func (p *peer) Kill() error {
	p.once.Do(func() {
		p.killed = true
		close(p.dead)
		p.Close()
	})
	return nil
}

func (p *peer) Wait() error {
	<-p.dead
	if p.killed {
		return errors.New("signal: killed")
	}
	return nil
}

// exit is the end of the process by itself.
func (p *peer) exit() {
	p.once.Do(func() { close(p.dead) })
	p.Close()
}

// call reads the host's next call.
func (p *peer) call() wire.Request {
	req, _, err := wire.ReadRequest(p.in)
	if err != nil {
		return wire.Request{ID: json.RawMessage("0")}
	}
	return req
}

// say writes a line.
func (p *peer) say(format string, args ...any) { fmt.Fprintf(p.Conn, format+"\n", args...) }

// answer answers the host's next call.
func (p *peer) answer(result string) {
	p.say(`{"jsonrpc":"2.0","id":%s,"result":%s}`, p.call().ID, result)
}

// greet answers hello as it should be.
func (p *peer) greet() { p.answer(`{"protocol":1,"runtime":"go","version":"go1.26"}`) }

// hang keeps the process until it is killed.
func (p *peer) hang() { <-p.dead }

// against returns a worker whose process is played.
func against(t *testing.T, play func(*peer)) *worker.Worker {
	t.Helper()
	ours, theirs := net.Pipe()
	stdout, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, errs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{Conn: theirs, in: bufio.NewReader(theirs), dead: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		play(p)
		p.exit()
		out.Close()
		errs.Close()
	}()
	w := worker.New(worker.Process{Stream: ours, Stdout: stdout, Stderr: stderr, Child: p})
	t.Cleanup(func() {
		if err := w.Stop(context.Background(), nil); err != nil {
			t.Errorf("stop: %v", err)
		}
		<-ended
	})
	return w
}

// greeting says hello with cfg and a short grace.
func greeting(t *testing.T, w *worker.Worker, cfg worker.Config) error {
	t.Helper()
	cfg.Grace = short
	return w.Hello(t.Context(), wire.HelloParams{Key: "peer", Dir: "/nowhere"}, cfg)
}

func TestPeerBreaksTheProtocol(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"garbage":            "Segmentation fault",
		"an array":           `[{"jsonrpc":"2.0","id":1,"result":null}]`,
		"nothing in it":      `{"jsonrpc":"2.0"}`,
		"an id for two":      `{"jsonrpc":"2.0","id":1,"method":"a"}` + "\n" + `{"jsonrpc":"2.0","id":1,"method":"a"}`,
		"a deep one":         strings.Repeat("[", 1_000_000),
		"bytes of no text":   "\x00\xff\xfe",
		"an endless line":    strings.Repeat("x", wire.MaxFrame+1),
		"a result of no use": `{"jsonrpc":"2.0","id":1,"result":}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := against(t, func(p *peer) {
				p.call()
				p.say("%s", line)
				p.hang()
			})
			blocked := make(chan struct{})
			defer close(blocked)
			err := greeting(t, w, worker.Config{Handle: func(ctx context.Context, _ string, _ json.RawMessage) (any, error) {
				<-ctx.Done() // keeps the first call's id in use
				return nil, ctx.Err()
			}})
			var death *worker.DeathError
			if !errors.As(err, &death) || !errors.Is(death.Cause, wire.ErrFrame) {
				t.Fatalf("hello returned %v, not a death by a bad frame", err)
			}
			if text := err.Error(); !strings.HasPrefix(text, "its process broke the protocol and was ended: ") || len(text) > 600 {
				t.Errorf("it reads %q", text)
			}
			if death.Exit == nil {
				t.Error("the process was not killed")
			}
		})
	}
}

func TestPeerCutsAFrame(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) {
		p.call()
		fmt.Fprint(p, `{"jsonrpc":"2.0","id":1,"res`)
	})
	var death *worker.DeathError
	if err := greeting(t, w, worker.Config{}); !errors.As(err, &death) || !strings.Contains(err.Error(), "cut off after") {
		t.Errorf("hello returned %v, not that the answer was cut off", err)
	}
}

func TestPeerDiesWithItsAnswer(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) { p.greet() })
	if err := greeting(t, w, worker.Config{}); err != nil {
		t.Errorf("hello returned %v although it was answered", err)
	}
	<-w.Done()
	_, err := w.Describe(t.Context())
	var death *worker.DeathError
	if !errors.As(err, &death) || err.Error() != "its process ended (exit status 0)" {
		t.Errorf("describe returned %v", err)
	}
}

func TestPeerSaysTooMuchOfItself(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) {
		p.greet()
		p.answer(`{"name":"` + strings.Repeat("x", 3<<20) + `"}`)
		p.hang()
	})
	if err := greeting(t, w, worker.Config{}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Describe(t.Context())
	var load *worker.LoadError
	if !errors.As(err, &load) || !strings.Contains(err.Error(), "3145739 bytes long") {
		t.Errorf("describe returned %v, not that it is too much", err)
	}
}

func TestPeerHangsUpAndLivesOn(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) {
		p.call()
		p.Close()
		p.hang()
	})
	err := greeting(t, w, worker.Config{})
	var death *worker.DeathError
	if !errors.As(err, &death) || err.Error() != "its process ended (signal: killed)" {
		t.Errorf("hello returned %v, not that the process was killed", err)
	}
}

func TestPeerNeverAnswersHello(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) {
		p.call()
		p.hang()
	})
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	err := w.Hello(ctx, wire.HelloParams{Key: "peer"}, worker.Config{Grace: short})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hello returned %v, not that its time was over", err)
	}
	if w.Death() != nil {
		t.Error("the process died of a call that was given up")
	}
	if err := w.Stop(t.Context(), nil); err != nil || w.Death().Exit == nil {
		t.Errorf("stop returned %v, the process %v; it should have been killed", err, w.Death())
	}
}

func TestPeerNeverReads(t *testing.T) {
	t.Parallel()
	w := against(t, (*peer).hang)
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	if err := w.Hello(ctx, wire.HelloParams{}, worker.Config{Grace: short}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hello returned %v, not that its time was over", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), short)
	defer cancel()
	var all sync.WaitGroup
	for range 200 { // more than the queue of frames holds
		all.Go(func() {
			if err := w.Start(ctx, wire.StartParams{}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("start returned %v, not that its time was over", err)
			}
		})
	}
	all.Wait()
}

func TestPeerIgnoresItsRuns(t *testing.T) {
	t.Parallel()
	running := make(chan struct{})
	w := against(t, func(p *peer) {
		p.greet()
		p.call()
		p.call()
		close(running)
		p.hang()
	})
	if err := greeting(t, w, worker.Config{}); err != nil {
		t.Fatal(err)
	}
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	other := make(chan error, 1)
	first := make(chan error, 1)
	go func() {
		_, err := w.Run(ctx, wire.RunParams{Action: "tidy"})
		first <- err
	}()
	go func() {
		_, err := w.Run(t.Context(), wire.RunParams{Action: "other"})
		other <- err
	}()
	<-running
	cancel(reason)
	if err := <-first; !errors.Is(err, reason) || !strings.Contains(err.Error(), "tidy") {
		t.Errorf("the cancelled run ended with %v, not with its reason", err)
	}
	var death *worker.DeathError
	if err := <-other; !errors.As(err, &death) {
		t.Errorf("the other run ended with %v, not with the death of the process", err)
	}
	if !w.Deaf() {
		t.Error("the worker does not say that it was killed for being deaf")
	}
}

func TestPeerAnswersHelloWrongly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		want   string
	}{
		"another protocol": {`"result":{"protocol":2}`, "it speaks protocol 2, the host speaks 1"},
		"nothing":          {`"result":null`, "it speaks protocol 0, the host speaks 1"},
		"a text":           {`"result":"hello!"`, "decode the answer to hello"},
		"a refusal":        {`"error":{"code":-32005,"message":"main.go:1: no"}`, "main.go:1: no"},
		"a faulty refusal": {`"error":{"code":-32005,"message":"no","data":"what?"}`, "no"},
		"an error of text": {`"error":"no"`, "its process broke the protocol"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := against(t, func(p *peer) {
				p.say(`{"jsonrpc":"2.0","id":%s,%s}`, p.call().ID, c.answer)
				p.hang()
			})
			if err := greeting(t, w, worker.Config{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("hello returned %v, without %q", err, c.want)
			}
		})
	}
}

func TestLoadErrorTellsTheProblems(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) {
		p.say(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32005,"message":"main.go:3:1: undefined: x","data":`+
			`{"problems":[{"file":"main.go","line":3,"column":1,"message":"undefined: x"}],"traceback":"main.go:3"}}}`, p.call().ID)
		p.hang()
	})
	var load *worker.LoadError
	if err := greeting(t, w, worker.Config{}); !errors.As(err, &load) {
		t.Fatalf("hello returned %v, not a LoadError", err)
	}
	if len(load.Problems) != 1 || load.Problems[0].Line != 3 || load.Traceback != "main.go:3" {
		t.Errorf("it holds %+v", load)
	}
}

func TestPeerAnswersWhatNobodyAsked(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) {
		for _, id := range []string{"7", "-1", `"one"`, "1.5", "[]", "99999999999999999999"} {
			p.say(`{"jsonrpc":"2.0","id":%s,"result":1}`, id)
			p.say(`{"jsonrpc":"2.0","method":"$/cancel","params":{"id":%s}}`, id)
		}
		p.say(`{"jsonrpc":"2.0","method":"log","params":"no object"}`)
		p.say(`{"jsonrpc":"2.0","method":"nonsense"}`)
		p.greet()
		p.hang()
	})
	if err := greeting(t, w, worker.Config{}); err != nil {
		t.Errorf("hello returned %v", err)
	}
}

func TestPeerFloodsNotifications(t *testing.T) {
	t.Parallel()
	const records = 20_000
	w := against(t, func(p *peer) {
		p.greet()
		call := p.call()
		for i := range records {
			p.say(`{"jsonrpc":"2.0","method":"log","params":{"level":"shout","message":"%d"}}`, i)
		}
		p.say(`{"jsonrpc":"2.0","id":%s,"result":"done"}`, call.ID)
		p.hang()
	})
	var mu sync.Mutex
	heard := 0
	log := func(l worker.Line) {
		mu.Lock()
		defer mu.Unlock()
		if l.Message != fmt.Sprint(heard) || l.Level != "info" {
			t.Errorf("record %d came as %+v", heard, l)
		}
		heard++
	}
	if err := greeting(t, w, worker.Config{Log: log}); err != nil {
		t.Fatal(err)
	}
	if result, err := w.Run(t.Context(), wire.RunParams{Action: "flood"}); err != nil || string(result) != `"done"` {
		t.Fatalf("the run returned %s, %v", result, err)
	}
	if heard != records {
		t.Errorf("%d records came before the answer, not %d", heard, records)
	}
}

func TestPeerFloodsCalls(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var once sync.Once
	answers := make(chan string, 1)
	w := against(t, func(p *peer) {
		p.greet()
		go func() { // reads on while it floods
			busy, done := 0, 0
			for busy+done < 100 {
				line, err := p.in.ReadString('\n')
				if err != nil {
					break
				}
				switch {
				case strings.Contains(line, fmt.Sprint(wire.CodeBusy)):
					busy++
				case strings.Contains(line, `"result":"served"`):
					done++
				}
				if busy == 36 {
					once.Do(func() { close(release) })
				}
			}
			answers <- fmt.Sprint(busy, " refused, ", done, " served")
		}()
		for i := range 100 {
			p.say(`{"jsonrpc":"2.0","id":%d,"method":"storage.get"}`, i)
		}
		p.hang()
	})
	handle := func(context.Context, string, json.RawMessage) (any, error) {
		<-release
		return "served", nil
	}
	if err := greeting(t, w, worker.Config{Handle: handle}); err != nil {
		t.Fatal(err)
	}
	if got := <-answers; got != "36 refused, 64 served" {
		t.Errorf("of 100 calls at once: %s", got)
	}
}

func TestDeathShowsTheLastOutput(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) {
		p.greet()
		for i := range 30 {
			p.say(`{"jsonrpc":"2.0","method":"log","params":{"message":"line %d"}}`, i)
		}
	})
	if err := greeting(t, w, worker.Config{}); err != nil {
		t.Fatal(err)
	}
	<-w.Done()
	out := w.Death().Output
	if len(out) != 20 || out[0] != "line 10" || out[19] != "line 29" {
		t.Errorf("its last output is %q", out)
	}
}

func TestDeathShowsItsCause(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) {
		p.greet()
		p.say(`{"jsonrpc":"2.0","method":"log","params":{"message":"fatal error: runtime: out of memory"}}`)
		for i := range 30 {
			p.say(`{"jsonrpc":"2.0","method":"log","params":{"message":"frame %d"}}`, i)
		}
		p.say(`{"jsonrpc":"2.0","method":"log","params":{"message":%q}}`, strings.Repeat("long", 4000))
	})
	if err := greeting(t, w, worker.Config{}); err != nil {
		t.Fatal(err)
	}
	<-w.Done()
	if said := w.Death().Error(); !strings.Contains(said, "more memory than it may have") {
		t.Errorf("it says %q, and not that memory was short", said)
	}
	out := w.Death().Output
	if len(out) != 20 || out[0] != "fatal error: runtime: out of memory" || out[1] != "…" || out[2] != "frame 13" {
		t.Errorf("its last output is %q", out)
	}
	if last := out[len(out)-1]; len(last) > 510 || !strings.HasSuffix(last, "…") {
		t.Errorf("the last line, of 16,000 bytes, has %d", len(last))
	}
}

func TestPeerFloodsCallsAndReadsNothing(t *testing.T) {
	t.Parallel()
	w := against(t, func(p *peer) {
		p.greet()
		for i := range 10_000 {
			p.say(`{"jsonrpc":"2.0","id":%d,"method":"storage.get"}`, i)
		}
		p.hang()
	})
	if err := greeting(t, w, worker.Config{}); err != nil {
		t.Fatal(err)
	}
	<-w.Done()
	if death := w.Death(); !errors.Is(death.Cause, wire.ErrFrame) || death.Exit == nil {
		t.Errorf("it ended by %v, not for breaking the protocol", death)
	}
}
