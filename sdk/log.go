package sdk

import (
	"context"
	"encoding/json"
	"log/slog"
	"math"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

// newLog returns a logger whose records go to the host as those of run, which
// is "" outside of runs. The standard JSON handler writes each record in the
// shape of [wire.LogParams]: its own keys by the protocol's names, all
// attributes in one object.
func newLog(conn *wire.Conn, run string) *slog.Logger {
	var h slog.Handler = slog.NewJSONHandler(logWriter{conn}, &slog.HandlerOptions{
		Level:       slog.Level(math.MinInt), // the host decides what it shows
		ReplaceAttr: protocolKey,
	})
	if run != "" {
		h = h.WithAttrs([]slog.Attr{slog.String("run", run)})
	}
	return slog.New(h.WithGroup("attrs"))
}

// protocolKey renames what the handler adds to a record. The time is left out:
// it is the host's to take. The plugin's attributes are all in a group.
func protocolKey(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		if a.Value.Kind() == slog.KindDuration { // JSON has nanoseconds, which nobody reads
			a.Value = slog.StringValue(a.Value.Duration().String())
		}
		return a
	}
	switch a.Key {
	case slog.TimeKey:
		return slog.Attr{}
	case slog.LevelKey:
		level, _ := a.Value.Any().(slog.Level)
		return slog.String("level", levelName(level))
	case slog.MessageKey:
		a.Key = "message"
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

// logWriter sends what the handler writes, one record at a time.
type logWriter struct{ conn *wire.Conn }

// Write sends one record. After the end of the connection it is lost, as there
// is nobody to read it.
func (w logWriter) Write(record []byte) (int, error) {
	if err := w.conn.Notify(context.Background(), wire.MethodLog, json.RawMessage(record)); err != nil {
		return 0, err
	}
	return len(record), nil
}
