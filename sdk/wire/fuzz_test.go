package wire_test

import (
	"io"
	"net"
	"testing"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// FuzzConn feeds one end whatever a hostile worker may send. Nothing may
// panic, and the connection must end when the stream does.
func FuzzConn(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"run","params":{}}` + "\n",
		`{"id":1,"result":{"a":[1,2,3]}}` + "\n" + `{"id":1,"error":{"code":"x"}}` + "\n",
		`{"method":"$/cancel","params":{"id":1}}` + "\n",
		`{"id":null,"method":null}` + "\n", "\n\n[]\n", "\x00\xff\n", `{"@message":1}` + "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ours, theirs := net.Pipe()
		conn := wire.NewConn(ours, wire.Config{Handle: echo, MaxInFlight: 4})
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		p, err := conn.Begin(t.Context(), "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = theirs.Write(data)
		_ = theirs.Close()
		<-p.Done()
		conn.Wait()
	})
}
