package ingest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // known by image.DecodeConfig
	_ "image/jpeg" // known by image.DecodeConfig
	_ "image/png"  // known by image.DecodeConfig
	"net/http"
)

const (
	maxPicture     = 1 << 20 // bytes
	maxPictureSide = 4096    // pixels
)

// Picture is an image that any browser may show.
type Picture struct {
	// Bytes are the file.
	Bytes []byte
	// Kind is its media type: image/png, image/jpeg, image/gif or image/webp.
	Kind string
	// Tag is another one when the bytes are.
	Tag string
}

// pictureOf finds out what bytes are by themselves, whatever their server says
// of them. SVG is none of the kinds: it can hold scripts.
func pictureOf(b []byte) (Picture, error) {
	if len(b) > maxPicture {
		return Picture{}, errTooBig
	}
	kind := http.DetectContentType(b)
	var width, height int
	switch kind {
	case "image/png", "image/jpeg", "image/gif":
		size, _, err := image.DecodeConfig(bytes.NewReader(b))
		if err != nil {
			return Picture{}, fmt.Errorf("read the picture: %w", err)
		}
		width, height = size.Width, size.Height
	case "image/webp":
		width, height = webpSize(b)
	default:
		return Picture{}, errors.New("it is no PNG, JPEG, GIF or WebP")
	}
	if width < 1 || height < 1 || width > maxPictureSide || height > maxPictureSide {
		return Picture{}, fmt.Errorf("it has %d by %d pixels, not 1 to %d", width, height, maxPictureSide)
	}
	return Picture{Bytes: b, Kind: kind, Tag: fingerprint(string(b))[:32]}, nil
}

// webpSize reads how many pixels a WebP has; 0 by 0 when its first chunk does
// not say. RFC 9649, section 2.
func webpSize(b []byte) (width, height int) {
	if len(b) < 30 {
		return 0, 0
	}
	const side = 1<<14 - 1
	switch string(b[12:16]) {
	case "VP8X":
		low := func(at int) int { return int(b[at]) | int(b[at+1])<<8 | int(b[at+2])<<16 }
		return low(24) + 1, low(27) + 1
	case "VP8L":
		bits := int(binary.LittleEndian.Uint32(b[21:]))
		return bits&side + 1, bits>>14&side + 1
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(b[26:])) & side, int(binary.LittleEndian.Uint16(b[28:])) & side
	}
	return 0, 0
}
