package logs_test

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/logs"
	"github.com/pluggarr/pluggarr/host/worker"
)

func benchLine(i int) worker.Line {
	return worker.Line{
		Time: time.Now(), Source: "log", Run: fmt.Sprintf("6ba7b810-9dad-11d1-80b4-00c04fd4%04d", i%100), Level: "info",
		Message: "refreshed the guide of one channel from its source", Attrs: json.RawMessage(`{"channel":"News","programmes":412}`),
	}
}

// BenchmarkAppend is what a plugin's read loop pays for a line.
func BenchmarkAppend(b *testing.B) {
	line := benchLine(0)
	b.Run("flood", func(b *testing.B) {
		l := open(b, b.TempDir(), logs.Config{})
		b.ReportAllocs()
		for b.Loop() {
			l.Append("p", line)
		}
	})
	b.Run("stored", func(b *testing.B) { // with the time to store it
		l := open(b, b.TempDir(), logs.Config{})
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if l.Append("p", line); i%1000 == 999 {
				read(b, l, "p", logs.Filter{Tail: 1})
			}
		}
	})
}

// BenchmarkRead reads a log of 4 MiB.
func BenchmarkRead(b *testing.B) {
	l := open(b, b.TempDir(), logs.Config{PerPlugin: 8 << 20})
	stored := int64(0)
	for i := 0; stored < 4<<20; i++ {
		line := benchLine(i)
		raw, err := json.Marshal(line)
		if err != nil {
			b.Fatal(err)
		}
		stored += int64(len(raw)) + 1
		if l.Append("p", line); i%1000 == 0 {
			read(b, l, "p", logs.Filter{Tail: 1})
		}
	}
	for _, bc := range []struct {
		name   string
		filter logs.Filter
	}{
		{"all", logs.Filter{}},
		{"run", logs.Filter{Run: benchLine(7).Run}},
		{"text", logs.Filter{Contains: "no such text"}},
		{"tail", logs.Filter{Tail: 200}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.SetBytes(stored)
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range l.Read(b.Context(), "p", bc.filter) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	b.Run("download", func(b *testing.B) {
		b.SetBytes(stored)
		for b.Loop() {
			if err := l.Download(b.Context(), "p", logs.Filter{}, io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	})
}
