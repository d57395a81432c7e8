package registry_test

import (
	"slices"
	"testing"

	"github.com/pluggarr/pluggarr/host/registry"
)

func TestStates(t *testing.T) {
	t.Parallel()
	all := registry.States()
	reached := []registry.State{registry.Missing}
	for i := 0; i < len(reached); i++ {
		for _, next := range reached[i].Next() {
			if !slices.Contains(all, next) {
				t.Errorf("%s leads to %q, which is no state", reached[i], next)
			}
			if next == reached[i] {
				t.Errorf("%s leads to itself", next)
			}
			if !slices.Contains(reached, next) {
				reached = append(reached, next)
			}
		}
	}
	for _, s := range all {
		if !slices.Contains(reached, s) {
			t.Errorf("nothing leads to %s", s)
		}
		if len(s.Next()) == 0 {
			t.Errorf("%s leads nowhere", s)
		}
	}
}
