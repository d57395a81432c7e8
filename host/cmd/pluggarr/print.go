package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/lmittmann/tint"

	"github.com/pluggarr/pluggarr/host/registry"
)

// Escape sequences of terminals.
const (
	red    = "\x1b[91m"
	green  = "\x1b[92m"
	yellow = "\x1b[93m"
	faint  = "\x1b[2m"
	reset  = "\x1b[0m"
)

const clock = "15:04:05"

// printer tells what a host does: in colour, as plain lines, or as JSON.
type printer struct {
	to     io.Writer
	log    *slog.Logger
	level  slog.Level
	asJSON bool
	colour bool
	now    func() time.Time
}

// newPrinter writes to to; colour is for terminals.
func newPrinter(to io.Writer, cfg *config, colour bool) *printer {
	p := &printer{
		to: to, asJSON: cfg.format.value == "json", now: time.Now,
		colour: colour && os.Getenv("NO_COLOR") == "",
		level: map[string]slog.Level{
			"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
		}[cfg.level.value],
	}
	if p.asJSON {
		p.log = slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: p.level}))
		return p
	}
	p.log = slog.New(tint.NewTextHandler(to, &tint.Options{
		Level: p.level, TimeFormat: clock, NoColor: !p.colour,
		ReplaceAttr: readable,
	}))
	return p
}

// readable makes what plugins log fit for people: harmless on a terminal, and
// the values beside the message one by one.
func readable(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case json.RawMessage:
		var values object
		if json.Unmarshal(v, &values) != nil {
			return slog.String(a.Key, string(v))
		}
		inner := make([]slog.Attr, len(values.keys))
		for i, key := range values.keys {
			inner[i] = slog.String(key, unquoted(values.get(key)))
		}
		return slog.Attr{Value: slog.GroupValue(inner...)} // without a key: they stand beside the others
	case string:
		return slog.String(a.Key, plain(v))
	}
	return a
}

// unquoted is the text that a JSON value is, else the JSON.
func unquoted(raw json.RawMessage) string {
	var text string
	if string(raw) != "null" && json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// say prints a line about the host itself.
// With a key, value is what it is about.
func (p *printer) say(text, key, value string) {
	switch {
	case p.asJSON && key == "":
		p.log.Info(text)
	case p.asJSON:
		p.log.Info(text, key, value)
	default:
		p.line(strings.TrimSpace(text + " " + value))
	}
}

func (p *printer) line(text string) {
	fmt.Fprintf(p.to, "%s %s\n", p.paint(faint, p.now().Format(clock)), text)
}

func (p *printer) paint(colour, text string) string {
	if !p.colour {
		return text
	}
	return colour + text + reset
}

// report prints what became of a plugin.
func (p *printer) report(r registry.Report) {
	level, what, colour := slog.LevelInfo, r.What, ""
	switch r.What {
	case registry.Found:
		what = fmt.Sprintf("%s (%s)", r.What, r.State)
	case registry.Loaded:
		what, colour = fmt.Sprintf("%s in %d ms", r.What, r.Took.Milliseconds()), green
	case registry.Reloaded:
		what, colour = fmt.Sprintf("live in %d ms", r.Took.Milliseconds()), green
	case registry.Compiled:
		what, colour = fmt.Sprintf("%s, and live in %d ms", r.What, r.Took.Milliseconds()), green
	case registry.Broken:
		what = "cannot run"
	case registry.Trouble:
		what = ""
	}
	if r.Failure != nil {
		level, colour = slog.LevelError, red
	}
	switch {
	case level < p.level:
	case p.asJSON:
		p.reportJSON(level, r)
	default:
		p.line(p.paint(colour, firstLine(r.Plugin)) + "  " + p.failure(what, r.Failure))
	}
}

// failure writes what is wrong with a plugin, the source lines below it.
func (p *printer) failure(what string, f *registry.Failure) string {
	if f == nil {
		return what
	}
	if what != "" {
		what += ": "
	}
	message := strings.TrimPrefix(plain(strings.TrimSpace(f.Message)), "plugin ")
	var b bytes.Buffer
	b.WriteString(what + strings.ReplaceAll(message, "\n", " "))
	b.WriteByte('\n')
	trouble{
		Message: f.Message, Hint: f.Hint, Problems: f.Problems, Traceback: f.Traceback, Output: f.Output,
	}.details(&b)
	return strings.TrimRight(b.String(), "\n")
}

func (p *printer) reportJSON(level slog.Level, r registry.Report) {
	attrs := []any{slog.String("plugin", r.Plugin)}
	if r.State != "" {
		attrs = append(attrs, slog.String("state", string(r.State)))
	}
	if r.Took > 0 {
		attrs = append(attrs, slog.Float64("took_ms", float64(r.Took.Microseconds())/1000))
	}
	if r.Failure != nil {
		type members registry.Failure // without Error, which would be all that is written
		attrs = append(attrs, slog.Any("error", (*members)(r.Failure)))
	}
	if level == slog.LevelError {
		p.log.Error(r.What, attrs...)
		return
	}
	p.log.Info(r.What, attrs...)
}

// ready names the plugins a host begins with.
func (p *printer) ready(entries []registry.Entry) {
	const most = 12
	names := make([]string, 0, most+1)
	for i, e := range entries {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(entries)-most))
			break
		}
		names = append(names, fmt.Sprintf("%s (%s)", firstLine(e.Key), e.State))
	}
	if len(names) == 0 {
		p.say("no plugins yet: put a folder with a main.go or a plugin.py there", "", "")
		return
	}
	p.say("plugins:", "plugins", strings.Join(names, ", "))
}
