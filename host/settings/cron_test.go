package settings_test

import (
	"testing"

	"github.com/pluggarr/pluggarr/host/settings"
)

func TestCheckCron(t *testing.T) {
	t.Parallel()
	for line, fits := range map[string]bool{
		"0 4 * * *": true, "*/15 * * * *": true, "@daily": true, "0 0 29 2 *": true,
		"": false, "at four": false, "* * * * * *": false, "61 * * * *": false, "0 0 30 2 *": false, "@sometimes": false,
	} {
		if err := settings.CheckCron(line); (err == nil) != fits {
			t.Errorf("CheckCron(%q) = %v, it fits: %t", line, err, fits)
		}
	}
}
