package wire_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// pair returns two connected ends; both are closed when the test ends, and all
// their goroutines are waited for.
func pair(t testing.TB, a, b wire.Config) (*wire.Conn, *wire.Conn) {
	t.Helper()
	x, y := net.Pipe()
	left, right := wire.NewConn(x, a), wire.NewConn(y, b)
	t.Cleanup(func() {
		_ = left.Close()
		_ = right.Close()
		left.Wait()
		right.Wait()
	})
	return left, right
}

// echo answers with its parameters.
func echo(_ context.Context, _ string, params json.RawMessage) (any, error) { return params, nil }

func TestCall(t *testing.T) {
	t.Parallel()
	handle := func(ctx context.Context, method string, params json.RawMessage) (any, error) {
		switch method {
		case "echo":
			return echo(ctx, method, params)
		case "fail":
			return nil, wire.Errorf(wire.CodePlugin, "no %s today", "milk").WithData(wire.PluginFailure{Type: "X"})
		case "wrapped":
			return nil, fmt.Errorf("buy breakfast: %w", wire.Errorf(wire.CodePermission, "no money"))
		case "nothing":
			return nil, (*wire.Error)(nil)
		case "plain":
			return nil, errors.New("plain")
		case "cyclic":
			return map[string]any{"f": func() {}}, nil
		case "panic":
			panic("ouch")
		case "exit":
			runtime.Goexit()
		case "huge":
			return strings.Repeat("x", wire.MaxFrame), nil
		}
		return nil, wire.Errorf(wire.CodeUnknownMethod, "unknown method %q", method)
	}
	tests := []struct {
		method string
		params any
		want   string
		code   int
		text   string
	}{
		{method: "echo", params: map[string]any{"b": "<&>\n", "a": 1.5}, want: `{"a":1.5,"b":"<&>\n"}`},
		{method: "echo", params: json.RawMessage("{\n \"z\": 1,\n \"a\": 2 }"), want: `{"z":1,"a":2}`},
		{method: "echo", params: nil, want: `null`},
		{method: "fail", code: wire.CodePlugin, text: "no milk today"},
		{method: "wrapped", code: wire.CodePermission, text: "buy breakfast: no money"},
		{method: "nothing", code: wire.CodeInternal, text: "nil"},
		{method: "plain", code: wire.CodeInternal, text: "plain"},
		{method: "cyclic", code: wire.CodeInternal, text: "unsupported type"},
		{method: "panic", code: wire.CodeInternal, text: "panic panicked: ouch"},
		{method: "exit", code: wire.CodeInternal, text: "exit ended without an answer"},
		{method: "huge", code: wire.CodeInternal, text: "bytes long"},
		{method: "nope", code: wire.CodeUnknownMethod, text: `"nope"`},
	}
	host, _ := pair(t, wire.Config{}, wire.Config{Handle: handle})
	for _, tt := range tests {
		t.Run(tt.method, func(t *testing.T) {
			t.Parallel()
			var got json.RawMessage
			err := host.Call(t.Context(), tt.method, tt.params, &got)
			if tt.code == 0 {
				if err != nil || string(got) != tt.want {
					t.Fatalf("Call = %s, %v, want %s", got, err, tt.want)
				}
				return
			}
			var failure *wire.Error
			if !errors.As(err, &failure) || failure.Code != tt.code || !strings.Contains(failure.Message, tt.text) {
				t.Errorf("Call = %v, want code %d and %q", err, tt.code, tt.text)
			}
		})
	}
}

// TestBothWays lets every call be answered only after the other side has been
// called back, 30 deep and from many goroutines.
func TestBothWays(t *testing.T) {
	t.Parallel()
	var left, right *wire.Conn
	ready := make(chan struct{})
	down := func(back **wire.Conn) wire.Handler {
		return func(ctx context.Context, method string, params json.RawMessage) (any, error) {
			<-ready
			var n int
			if err := json.Unmarshal(params, &n); err != nil || n == 0 {
				return 0, err
			}
			var sum int
			err := (*back).Call(ctx, method, n-1, &sum)
			return sum + n, err
		}
	}
	left, right = pair(t, wire.Config{Handle: down(&left)}, wire.Config{Handle: down(&right)})
	close(ready)
	results := make(chan error)
	for range 20 {
		go func() {
			var sum int
			err := right.Call(t.Context(), "sum", 30, &sum)
			if err == nil && sum != 465 {
				err = fmt.Errorf("sum = %d, want 465", sum)
			}
			results <- err
		}()
	}
	for range 20 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	started, ended := make(chan struct{}), make(chan error, 1)
	host, _ := pair(t, wire.Config{}, wire.Config{Handle: func(ctx context.Context, _ string, _ json.RawMessage) (any, error) {
		close(started)
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-started
		cancel()
	}()
	if err := host.Call(ctx, "wait", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Call = %v, want context.Canceled", err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the handler's context ended with %v, want context.Canceled", err)
	}
}

func TestPendingCancelStillAnswers(t *testing.T) {
	t.Parallel()
	host, _ := pair(t, wire.Config{}, wire.Config{Handle: func(ctx context.Context, _ string, _ json.RawMessage) (any, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	p, err := host.Begin(t.Context(), "wait", nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Cancel()
	<-p.Done()
	var failure *wire.Error
	if _, err := p.Result(); !errors.As(err, &failure) || failure.Code != wire.CodeCancelled {
		t.Errorf("Result = %v, want code %d", err, wire.CodeCancelled)
	}
}

func TestNotificationsComeBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	var worker *wire.Conn
	var heard []string // written and read in the order the reader guarantees
	ready := make(chan struct{})
	host, w := pair(t, wire.Config{Notify: func(_ string, params json.RawMessage) {
		heard = append(heard, string(params))
	}}, wire.Config{Handle: func(ctx context.Context, _ string, _ json.RawMessage) (any, error) {
		<-ready
		for i := range 500 {
			if err := worker.Notify(ctx, "log", i); err != nil {
				return nil, err
			}
		}
		return "done", nil
	}})
	worker = w
	close(ready)
	if err := host.Call(t.Context(), "talk", nil, nil); err != nil {
		t.Fatal(err)
	}
	if len(heard) != 500 || heard[0] != "0" || heard[499] != "499" {
		t.Errorf("heard %d notifications before the answer, want 500 in order", len(heard))
	}
}

func TestTooManyInFlight(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var open atomic.Int32
	host, _ := pair(t, wire.Config{}, wire.Config{MaxInFlight: 2, Handle: func(context.Context, string, json.RawMessage) (any, error) {
		open.Add(1)
		<-release
		return nil, nil
	}})
	var pending []*wire.Pending
	for range 3 {
		p, err := host.Begin(t.Context(), "hold", nil)
		if err != nil {
			t.Fatal(err)
		}
		pending = append(pending, p)
	}
	<-pending[2].Done()
	var failure *wire.Error
	if _, err := pending[2].Result(); !errors.As(err, &failure) || failure.Code != wire.CodeBusy {
		t.Errorf("the third call: %v, want code %d", err, wire.CodeBusy)
	}
	close(release)
	for _, p := range pending[:2] {
		<-p.Done()
		if _, err := p.Result(); err != nil {
			t.Error(err)
		}
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		say  string
		want error
	}{
		{"hangs up", "", wire.ErrClosed},
		{"not JSON", "hello there\n", wire.ErrFrame},
		{"wrong type", `{"method":7}` + "\n", wire.ErrFrame},
		{"a batch", `[{"method":"x"}]` + "\n", wire.ErrFrame},
		{"neither method nor id", "{}\n", wire.ErrFrame},
		{"cut off", `{"id":1`, wire.ErrFrame},
		{"one id twice", `{"id":"a","method":"x"}` + "\n" + `{"id":"a","method":"x"}` + "\n", wire.ErrFrame},
		{"too long", strings.Repeat("x", wire.MaxFrame+1), wire.ErrFrame},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ours, theirs := net.Pipe()
			conn := wire.NewConn(ours, wire.Config{Handle: func(ctx context.Context, _ string, _ json.RawMessage) (any, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}})
			p, err := conn.Begin(t.Context(), "x", nil)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				_, _ = bufio.NewReader(theirs).ReadString('\n')
				_, _ = io.WriteString(theirs, tt.say)
				_ = theirs.Close()
			}()
			<-p.Done()
			if _, err := p.Result(); !errors.Is(err, tt.want) {
				t.Errorf("the open call: %v, want %v", err, tt.want)
			}
			if err := conn.Call(t.Context(), "y", nil, nil); !errors.Is(err, tt.want) {
				t.Errorf("a later call: %v, want %v", err, tt.want)
			}
			conn.Wait()
		})
	}
}

func TestCloseAfterTheEnd(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	x, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	y, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn := wire.NewConn(x, wire.Config{})
	_ = y.Close()
	<-conn.Done()
	if err := conn.Close(); err != nil {
		t.Errorf("Close after the peer hung up = %v, want nil", err)
	}
}

// TestDeafPeer has a peer that never reads: callers wait as long as they want
// to and no longer.
func TestDeafPeer(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	conn := wire.NewConn(ours, wire.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var failed int
	for range 200 {
		if err := conn.Call(ctx, "x", nil, nil); errors.Is(err, context.Canceled) {
			failed++
		}
	}
	if failed != 200 {
		t.Errorf("%d of 200 calls ended with their context", failed)
	}
	_ = theirs.Close()
	conn.Wait()
}

func TestTolerance(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	conn := wire.NewConn(ours, wire.Config{Handle: echo})
	t.Cleanup(func() { _ = theirs.Close(); conn.Wait() })
	lines := bufio.NewReader(theirs)
	go func() {
		_, _ = io.WriteString(theirs, "\n"+
			`{"id":99,"result":1}`+"\n"+ // an answer to nothing
			`{"id":"x","result":1}`+"\n"+
			`{"method":"$/cancel","params":7}`+"\n"+
			`{"method":"$/cancel","params":{"id":5}}`+"\n"+
			`{"method":"unheard"}`+"\n"+
			`{"jsonrpc":"2.0","id":"s1","method":"echo","params":[1]}`+"\n")
	}()
	got, err := lines.ReadString('\n')
	if want := `{"jsonrpc":"2.0","id":"s1","result":[1]}` + "\n"; err != nil || got != want {
		t.Errorf("answer = %s, %v, want %s", got, err, want)
	}
}

// Answers mean the same however they are written.
func TestAnswersOfOthers(t *testing.T) {
	t.Parallel()
	tests := []struct{ say, want string }{
		{`{"jsonrpc":"2.0","id":1,"result":{"a":[1,"}"]}}`, `{"a":[1,"}"]}`},
		{`{"jsonrpc":"2.0","id":1,"result": [1] }`, `[1]`},
		{`{"jsonrpc":"2.0","id":1,"result":null}`, `null`},
		{`{"jsonrpc":"2.0","id":1,"result":1,"more":{}}`, `1`},
		{`{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":-32000,"message":"no"}}`, `no`},
		{`{"id":1,"result":"x","jsonrpc":"2.0"}`, `"x"`},
		{`{"jsonrpc":"2.0","id":1,"result":{"id":1,"result":2}}`, `{"id":1,"result":2}`},
		{`{"jsonrpc":"2.0","id":1,"result":}`, `not a protocol frame`},
		{`{"jsonrpc":"2.0","id":1,"result":1}}`, `not a protocol frame`},
		{`{"jsonrpc":"2.0","id":+1,"result":1}`, `not a protocol frame`},
	}
	for _, tt := range tests {
		t.Run(tt.say, func(t *testing.T) {
			t.Parallel()
			ours, theirs := net.Pipe()
			conn := wire.NewConn(ours, wire.Config{})
			go func() {
				_, _ = bufio.NewReader(theirs).ReadString('\n')
				_, _ = io.WriteString(theirs, tt.say+"\n")
			}()
			p, err := conn.Begin(t.Context(), "x", nil)
			if err != nil {
				t.Fatal(err)
			}
			<-p.Done()
			got, err := p.Result()
			if text := strings.TrimSpace(string(got)); text != tt.want && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("the answer is %s, %v, want %s", got, err, tt.want)
			}
			_ = theirs.Close()
			conn.Wait()
		})
	}
}
