package sdk_test

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

func TestMain(m *testing.M) {
	if os.Getenv("AS_PLUGIN") != "" {
		sdk.Serve(sdk.Plugin{Name: "By hand"})
		return
	}
	goleak.VerifyTestMain(m)
}

// Settings and Params are what most tests declare.
type Settings struct {
	Limit  int        `json:"limit" label:"Limit"`
	APIKey sdk.Secret `json:"api_key"`
}

type Params struct {
	Group string `json:"group"`
}

// with returns a plugin of one action, "act".
func with(run sdk.Handler) sdk.Plugin {
	return sdk.Plugin{Name: "Test", Settings: Settings{Limit: 5}, Actions: []sdk.Action{{ID: "act", Label: "Act", Run: run}}}
}

// act runs the one action of a plugin made by with.
func act(t *testing.T, run sdk.Handler, call sdktest.Call) sdktest.Outcome {
	t.Helper()
	call.Action = "act"
	return sdktest.Run(t, with(run), call)
}

// dial serves p and returns the host's end, with nothing said yet.
func dial(t *testing.T, p sdk.Plugin) *wire.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- sdk.ServeStream(theirs, p) }()
	conn := wire.NewConn(ours, wire.Config{})
	t.Cleanup(func() {
		_ = conn.Close()
		if err := <-served; err != nil {
			t.Errorf("ServeStream = %v", err)
		}
	})
	return conn
}

// failure checks that err is an answer with this code and returns it.
func failure(t *testing.T, err error, code int) *wire.Error {
	t.Helper()
	var got *wire.Error
	if !errors.As(err, &got) || got.Code != code {
		t.Fatalf("error = %v, want one with code %d", err, code)
	}
	return got
}

// starter makes a plugin whose Start is f.
func starter(f func(ctx *sdk.Context, s Settings) error) sdk.Plugin {
	p := with(sdk.Handle(func(*sdk.Context, Settings) (sdk.Result, error) { return sdk.Result{}, nil }))
	p.Start = sdk.Background(f)
	return p
}

func TestServeByHand(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "AS_PLUGIN=1")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "is started by its host") {
		t.Errorf("a plugin started by hand: %v, %q, want status 2 and what it is", err, out)
	}
}

// TestServe has a process of its own serve its host, which then hangs up.
func TestServe(t *testing.T) {
	t.Parallel()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fds[0])
	syscall.CloseOnExec(fds[1])
	ours, theirs := os.NewFile(uintptr(fds[0]), "ours"), os.NewFile(uintptr(fds[1]), "theirs")
	stream, err := net.FileConn(ours)
	_ = ours.Close()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "AS_PLUGIN=1")
	cmd.ExtraFiles = []*os.File{theirs}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	conn := wire.NewConn(stream, wire.Config{})
	var said sdk.Description
	for _, call := range []struct {
		method         string
		params, result any
	}{{wire.MethodHello, wire.HelloParams{Protocol: wire.Version}, nil}, {wire.MethodDescribe, nil, &said}} {
		if err := conn.Call(t.Context(), call.method, call.params, call.result); err != nil {
			t.Error(err)
		}
	}
	_ = conn.Close()
	if err := cmd.Wait(); err != nil || said.Name != "By hand" || errs.String() != "" {
		t.Errorf("the process: %v, %q, called itself %q, want an end without a word", err, errs.String(), said.Name)
	}
}
