package wire_test

import (
	"testing"

	"github.com/pluggarr/pluggarr/sdk/wire"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]wire.Problem{
		"main.go:3:5": {File: "main.go", Line: 3, Column: 5},
		"main.go:3":   {File: "main.go", Line: 3},
		"go.mod":      {File: "go.mod"},
		"":            {Line: 3, Column: 5},
	} {
		if got := p.Place(); got != want {
			t.Errorf("Place of %+v = %q, want %q", p, got, want)
		}
	}
}
