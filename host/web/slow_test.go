package web_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pluggarr/pluggarr/host/web"
)

// Whoever does not finish a request gives the connection back, whether or not
// anybody wants the body.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.send(message{method: http.MethodGet, path: "/api/"}) // the key's use is noted out here, not in a bubble
	h.cfg.Auth.Close()
	for _, tt := range []struct {
		name, head string
		status     int // 0: cut off without an answer
	}{
		{"a head that does not end", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", 0},
		{"a body without a key", "POST /api/plugins/plugins/p/run/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{", http.StatusUnauthorized},
		{"a body that is read", "POST /api/plugins/plugins/p/run/ HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + h.keys["admin"] +
			"\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n", http.StatusBadRequest},
		{"an upload", "POST /api/plugins/plugins/import/ HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + h.keys["admin"] +
			"\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.zip\"\r\n\r\nPK", http.StatusBadRequest},
		{"a body that is ignored", "POST /api/plugins/plugins/reload/ HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + h.keys["admin"] +
			"\r\nContent-Length: 9\r\n\r\n{", http.StatusBadRequest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := net.Pipe()
				listener := &once{conn: server, closed: make(chan struct{})}
				served := web.Server(web.Handler(h.cfg))
				ended := make(chan error)
				go func() { ended <- served.Serve(listener) }()
				begun := time.Now()
				if _, err := fmt.Fprint(client, tt.head); err != nil {
					t.Fatal(err)
				}
				status := 0
				if answer, err := http.ReadResponse(bufio.NewReader(client), nil); err == nil {
					status = answer.StatusCode
					answer.Body.Close()
				}
				if took := time.Since(begun); status != tt.status || took > 11*time.Minute {
					t.Errorf("status %d after %v, want %d within a minute or so, an upload within ten", status, took, tt.status)
				}
				client.Close()
				served.Close()
				<-ended
			})
		})
	}
}

// once is a listener with one connection.
type once struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *once) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *once) Close() error {
	close(l.closed)
	return nil
}

func (*once) Addr() net.Addr { return &net.TCPAddr{} }
