package compat

import (
	"regexp"
	"testing"
)

// Every package has one version, and every block that may be missing says what
// that means.
func TestRequirements(t *testing.T) {
	t.Parallel()
	pin := regexp.MustCompile(`^[A-Za-z0-9._-]+==[0-9][0-9a-z.]*( ; python_version < "3\.\d+")?$`)
	seen := map[string]bool{}
	blocks := requirements(requirementsText)
	for i, b := range blocks {
		if (i == 0) != (b.without == "") {
			t.Errorf("the block of %s says %q", b.name(), b.without)
		}
		for _, line := range b.pins {
			if !pin.MatchString(line) || seen[line] {
				t.Errorf("%q is no pin, or a second one", line)
			}
			seen[line] = true
		}
	}
	if len(blocks) < 5 || !seen["Django==5.2.19"] {
		t.Errorf("%d blocks: %v", len(blocks), blocks)
	}
}
