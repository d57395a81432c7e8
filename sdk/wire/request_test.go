package wire_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

func TestReadRequest(t *testing.T) {
	t.Parallel()
	call := `{"jsonrpc":"2.0","id":7,"method":"hello","params":{"dir":"/p"}}` + "\n"
	r := bufio.NewReader(strings.NewReader("\n" + `{"id":1,"result":null}` + "\n" + call + `{"method":"log"}` + "\nrest"))
	req, line, err := wire.ReadRequest(r)
	if err != nil || req.Method != "hello" || string(req.ID) != "7" || string(req.Params) != `{"dir":"/p"}` || string(line) != call {
		t.Errorf("ReadRequest = %+v, %q, %v, want the call and its line", req, line, err)
	}
	if req, _, err = wire.ReadRequest(r); err != nil || req.Method != "log" || req.ID != nil {
		t.Errorf("ReadRequest = %+v, %v, want a notification", req, err)
	}
	if rest, _ := io.ReadAll(r); string(rest) != "rest" {
		t.Errorf("ReadRequest took more than its line: %q is left", rest)
	}
	for text, want := range map[string]error{"": io.EOF, "{\n": wire.ErrFrame, `{"id":null}` + "\n": wire.ErrFrame} {
		if _, _, err := wire.ReadRequest(bufio.NewReader(strings.NewReader(text))); !errors.Is(err, want) {
			t.Errorf("ReadRequest(%q) = %v, want %v", text, err, want)
		}
	}
}

func TestWriteAnswer(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := wire.WriteAnswer(&out, []byte("7"), []int{1}, nil); err != nil {
		t.Error(err)
	}
	if err := wire.WriteAnswer(&out, []byte(`"a"`), nil, wire.Errorf(wire.CodeLoad, "no")); err != nil {
		t.Error(err)
	}
	want := `{"jsonrpc":"2.0","id":7,"result":[1]}` + "\n" + `{"jsonrpc":"2.0","id":"a","error":{"code":-32005,"message":"no"}}` + "\n"
	if out.String() != want {
		t.Errorf("answers are\n%swant\n%s", out.String(), want)
	}
}
