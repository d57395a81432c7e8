package sdk

import (
	"bytes"
	"context"
	"log/slog"
	"sync"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// newLog returns a logger whose records go to the host as those of run, which
// is "" outside of runs.
func newLog(conn *wire.Conn, run string) *slog.Logger {
	out := &logOutput{conn: conn, run: run}
	out.attrs = slog.NewJSONHandler(&out.buf, &slog.HandlerOptions{
		Level:       slog.LevelDebug,
		ReplaceAttr: dropRecord,
	})
	return slog.New(&logHandler{out: out, attrs: out.attrs})
}

// logOutput is shared by all handlers of one logger.
type logOutput struct {
	conn  *wire.Conn
	run   string
	attrs slog.Handler // writes a record's attributes to buf as one JSON object

	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

// logHandler sends records over the wire; the standard JSON handler encodes
// their attributes.
type logHandler struct {
	out   *logOutput
	attrs slog.Handler
}

// Enabled takes everything: the host decides what it shows.
func (h *logHandler) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs is slog's.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{out: h.out, attrs: h.attrs.WithAttrs(attrs)}
}

// WithGroup is slog's.
func (h *logHandler) WithGroup(name string) slog.Handler {
	return &logHandler{out: h.out, attrs: h.attrs.WithGroup(name)}
}

// Handle sends one record. A record after the end of the connection is lost,
// as there is nobody to read it.
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	p := wire.LogParams{Run: h.out.run, Level: levelName(r.Level), Message: r.Message}
	bare := r.Clone()
	bare.Message = ""
	h.out.mu.Lock()
	h.out.buf.Reset()
	err := h.attrs.Handle(ctx, bare)
	if attrs := bytes.TrimSpace(h.out.buf.Bytes()); len(attrs) > len("{}") {
		p.Attrs = bytes.Clone(attrs)
	}
	h.out.mu.Unlock()
	if err != nil {
		return err
	}
	_ = h.out.conn.Notify(context.WithoutCancel(ctx), wire.MethodLog, p)
	return nil
}

// dropRecord removes what travels beside the attributes: the time is the
// host's to take, level and message have fields of their own.
func dropRecord(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	level, _ := a.Value.Any().(slog.Level)
	switch {
	case a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime,
		a.Key == slog.LevelKey && a.Value.Equal(slog.AnyValue(level)),
		a.Key == slog.MessageKey && a.Value.Equal(slog.StringValue("")):
		return slog.Attr{}
	}
	return a
}

// levelName names a level as the protocol does.
func levelName(l slog.Level) string {
	switch {
	case l < slog.LevelInfo:
		return "debug"
	case l < slog.LevelWarn:
		return "info"
	case l < slog.LevelError:
		return "warning"
	}
	return "error"
}
