package xmltv_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"

	"github.com/pluggarr/pluggarr/sdk/xmltv"
)

// peer is a programme as encoding/xml reads it.
type peer struct {
	Start    string     `xml:"start,attr"`
	Stop     string     `xml:"stop,attr"`
	Channel  string     `xml:"channel,attr"`
	Titles   []peerText `xml:"title"`
	Subs     []peerText `xml:"sub-title"`
	Descs    []peerText `xml:"desc"`
	Category []peerText `xml:"category"`
	Episodes []struct {
		System string `xml:"system,attr"`
		Value  string `xml:",chardata"`
	} `xml:"episode-num"`
}

type peerText struct {
	Lang  string `xml:"lang,attr"`
	Value string `xml:",chardata"`
}

// decodeAll reads the programmes of a guide with encoding/xml.
func decodeAll(document []byte) ([]peer, error) {
	var all []peer
	tokens := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "programme" {
			var p peer
			if err := tokens.DecodeElement(&p, &start); err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
}

func TestReadsWhatEncodingXMLReads(t *testing.T) {
	t.Parallel()
	document := guide(3, 2)
	want, err := decodeAll(document)
	if err != nil {
		t.Fatal(err)
	}
	r := xmltv.NewReader(bytes.NewReader(document), xmltv.Options{SkipChannels: true})
	for i, w := range want {
		entry, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		p := entry.Programme
		start, _ := xmltv.ParseTime(w.Start)
		stop, _ := xmltv.ParseTime(w.Stop)
		if !p.Start.Equal(start) || !p.Stop.Equal(stop) || p.Channel != w.Channel ||
			!sameTexts(p.Titles, w.Titles) || !sameTexts(p.SubTitles, w.Subs) ||
			!sameTexts(p.Descriptions, w.Descs) || !sameTexts(p.Categories, w.Category) {
			t.Fatalf("programme %d = %+v, encoding/xml reads %+v", i, p, w)
		}
		for j, number := range p.EpisodeNumbers {
			if number.System != w.Episodes[j].System || number.Value != w.Episodes[j].Value {
				t.Fatalf("programme %d has episode number %+v, encoding/xml reads %+v", i, number, w.Episodes[j])
			}
		}
	}
	if _, err := r.Read(); !errors.Is(err, io.EOF) {
		t.Fatalf("after the last programme: %v, want EOF", err)
	}
	if r.Warnings() != nil {
		t.Errorf("warnings %q for a guide without a fault", r.Warnings())
	}
}

func sameTexts(got []xmltv.Text, want []peerText) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if got[i].Value != want[i].Value || got[i].Lang != want[i].Lang {
			return false
		}
	}
	return true
}
