package xmltv_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"

	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// BenchmarkRead reads a guide into structs: all of it, the channels only, the
// programmes of one channel in twenty; and, for comparison, the tokens of
// encoding/xml, and its way into structs with a quarter of the fields.
func BenchmarkRead(b *testing.B) {
	document := guide(200, 7)
	b.Run("all", func(b *testing.B) { benchmarkRead(b, document, xmltv.Options{}) })
	b.Run("channels", func(b *testing.B) {
		benchmarkRead(b, document, xmltv.Options{SkipProgrammes: true})
	})
	b.Run("few", func(b *testing.B) {
		benchmarkRead(b, document, xmltv.Options{Wanted: func(channel string) bool { return len(channel) < len("channel10.example") }})
	})
	b.Run("encoding-xml-tokens", func(b *testing.B) {
		b.SetBytes(int64(len(document)))
		b.ReportAllocs()
		for b.Loop() {
			tokens := xml.NewDecoder(bytes.NewReader(document))
			for {
				if _, err := tokens.RawToken(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("encoding-xml-structs", func(b *testing.B) {
		b.SetBytes(int64(len(document)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decodeAll(document); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchmarkRead(b *testing.B, document []byte, options xmltv.Options) {
	b.Helper()
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		r := xmltv.NewReader(bytes.NewReader(document), options)
		for {
			if _, err := r.Read(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}
