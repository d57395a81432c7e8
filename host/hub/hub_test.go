package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/hub"
	"github.com/pluggarr/pluggarr/host/worker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is for what has to happen.
const patience = time.Minute

// stage is a hub behind a server: ?admin=1 makes an admin of whoever connects.
type stage struct {
	*hub.Hub
	t   testing.TB
	url string
}

func newStage(t testing.TB, cfg hub.Config, still func(context.Context) bool) *stage {
	t.Helper()
	h := hub.New(cfg)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = h.Serve(w, r, hub.Viewer{Admin: r.URL.Query().Get("admin") == "1", Still: still}) //nolint:contextcheck // a connection does not end with its request's context
	}))
	t.Cleanup(func() {
		h.Close()
		server.Close()
	})
	return &stage{h, t, "ws" + strings.TrimPrefix(server.URL, "http")}
}

// reader is somebody who listens.
type reader struct {
	*websocket.Conn
	t testing.TB
}

func (s *stage) connect(query string) *reader {
	s.t.Helper()
	conn, answer, err := websocket.Dial(s.t.Context(), s.url+"/?"+query, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if answer.Body != nil {
		answer.Body.Close()
	}
	s.t.Cleanup(func() { _ = conn.CloseNow() })
	r := &reader{conn, s.t}
	if got := r.next(); !strings.HasPrefix(got, `{"type":"connection_established","data":{"success":true,`) {
		s.t.Errorf("the first message is %s", got)
	}
	return r
}

func (r *reader) next() string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	_, text, err := r.Read(ctx)
	if err != nil {
		r.t.Fatalf("read: %v", err)
	}
	return string(text)
}

// frame is a message as readers get it.
type frame struct {
	Type string
	Data struct {
		Type  string
		N     int
		Error string
		Line  worker.Line
	}
}

func (r *reader) frame() frame {
	r.t.Helper()
	var f frame
	text := r.next()
	if err := json.Unmarshal([]byte(text), &f); err != nil || f.Type != "update" {
		r.t.Fatalf("a message is %s (%v)", text, err)
	}
	return f
}

type note struct {
	Type  string `json:"type"`
	N     int    `json:"n"`
	Error string `json:"error,omitempty"`
}

func TestEverybodyIsTold(t *testing.T) {
	t.Parallel()
	s := newStage(t, hub.Config{}, nil)
	admin, user := s.connect("admin=1"), s.connect("")
	s.Send(hub.Message{Data: note{"x", 1, ""}, Admins: note{"x", 1, "because"}})
	s.Send(hub.Message{Admins: note{"secret", 2, ""}})
	s.Send(hub.Message{Data: make(chan int)}) // nobody can encode it
	s.Send(hub.Message{Data: note{"x", 3, ""}})
	var got []string
	for range 3 {
		f := admin.frame()
		got = append(got, fmt.Sprint(f.Data.Type, f.Data.N, f.Data.Error))
	}
	for range 2 {
		f := user.frame()
		got = append(got, fmt.Sprint(f.Data.Type, f.Data.N, f.Data.Error))
	}
	if want := "x1because secret2 x3 x1 x3"; strings.Join(got, " ") != want {
		t.Errorf("heard %v, want %s", got, want)
	}
}

func TestWhatComesOftenIsHeldBack(t *testing.T) {
	t.Parallel()
	s := newStage(t, hub.Config{}, nil)
	r := s.connect("")
	for i := range 1000 {
		s.Send(hub.Message{Data: note{"progress", i, ""}, Key: "run a", Often: true})
	}
	s.Send(hub.Message{Data: note{"progress", 1, ""}, Key: "run b", Often: true})
	heard := 0
	for {
		f := r.frame()
		if f.Data.N == 1 && heard > 0 {
			break
		}
		heard++
	}
	if heard > 3 {
		t.Errorf("%d of 1000 messages were sent", heard)
	}
	s.Send(hub.Message{Data: note{"progress", 5, ""}, Key: "run a", Often: true})
	s.Send(hub.Message{Data: note{"finished", 6, ""}, Key: "run a"})
	s.Send(hub.Message{Data: note{"progress", 7, ""}, Key: "run c", Often: true})
	if a, b := r.frame(), r.frame(); a.Data.N != 6 || b.Data.N != 7 {
		t.Errorf("after its end a run says %d, %d", a.Data.N, b.Data.N)
	}
}

func TestWhoIsTooSlowIsDropped(t *testing.T) {
	t.Parallel()
	s := newStage(t, hub.Config{}, nil)
	slow := s.connect("")
	for range 2000 { // far more than queue and socket hold
		s.Send(hub.Message{Data: note{"x", 0, strings.Repeat("x", 64<<10)}})
	}
	slow.SetReadLimit(1 << 20)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, _, err := slow.Read(ctx)
		cancel()
		if ctx.Err() == context.DeadlineExceeded {
			t.Fatal("a reader that is far behind is not dropped")
		}
		if err != nil {
			return
		}
	}
}

func TestWhoMayNoLongerLookIsDropped(t *testing.T) {
	t.Parallel()
	var locked atomic.Bool
	s := newStage(t, hub.Config{Ping: 10 * time.Millisecond}, func(context.Context) bool { return !locked.Load() })
	r := s.connect("")
	s.Send(hub.Message{Data: note{"x", 1, ""}})
	r.frame()
	locked.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, _, err := r.Read(ctx)
	if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("the connection ended with %v", err)
	}
}

func TestLogsAreFollowed(t *testing.T) {
	t.Parallel()
	follow := func(ctx context.Context, plugin string, tail int) iter.Seq2[worker.Line, error] {
		return func(yield func(worker.Line, error) bool) {
			for i := range tail {
				if !yield(worker.Line{Message: fmt.Sprint(plugin, i)}, nil) {
					return
				}
			}
			<-ctx.Done()
		}
	}
	s := newStage(t, hub.Config{Follow: follow}, nil)
	admin, user := s.connect("admin=1"), s.connect("")
	for _, r := range []*reader{user, admin} {
		for _, text := range []string{
			`{"type":"log_follow","plugin":"a","tail":2}`, `{"type":"log_unfollow","plugin":"b"}`, `not json`, `{"type":"m3u_profile_test"}`,
		} {
			if err := r.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range 2 {
		if f := admin.frame(); f.Data.Type != hub.TypeLog || f.Data.Line.Message != fmt.Sprint("a", i) {
			t.Errorf("line %d is %+v", i, f)
		}
	}
	s.Send(hub.Message{Data: note{"x", 1, ""}})
	if f := user.frame(); f.Data.Type != "x" {
		t.Errorf("a user who is no admin gets %+v", f)
	}
}

func TestOtherPagesMayNotListen(t *testing.T) {
	t.Parallel()
	s := newStage(t, hub.Config{Origins: []string{"tv.example"}}, nil)
	for origin, ok := range map[string]bool{"": true, "http://evil.example": false, "null": false, "https://tv.example": true} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		conn, answer, err := websocket.Dial(t.Context(), s.url, &websocket.DialOptions{HTTPHeader: header})
		if (err == nil) != ok || !ok && answer.StatusCode != http.StatusForbidden {
			t.Errorf("from %q: %v", origin, err)
		}
		if answer != nil && answer.Body != nil {
			answer.Body.Close()
		}
		if err == nil {
			_ = conn.CloseNow()
		}
	}
}

func TestClosedHub(t *testing.T) {
	t.Parallel()
	s := newStage(t, hub.Config{}, nil)
	r := s.connect("")
	s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, _, err := r.Read(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("a connection outlives its hub: %v", err)
	}
	s.Send(hub.Message{Data: note{"x", 1, ""}})
	if _, answer, err := websocket.Dial(t.Context(), s.url, nil); err == nil || answer.Body != nil && answer.Body.Close() != nil || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a closed hub takes connections: %v", err)
	}
}

// BenchmarkSend tells ten readers.
func BenchmarkSend(b *testing.B) {
	s := newStage(b, hub.Config{}, nil)
	readers := make([]*reader, 10)
	for i := range readers {
		readers[i] = s.connect("")
	}
	for b.Loop() {
		s.Send(hub.Message{Data: note{"x", 1, ""}})
		for _, r := range readers {
			r.next()
		}
	}
}
