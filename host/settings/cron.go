package settings

import (
	"fmt"
	"strings"
	"time"

	"github.com/adhocore/gronx"
)

// CheckCron says what is wrong with a cron expression: five fields, or a word
// such as "@daily". The error begins with the line, as in `"x" is no cron expression`.
func CheckCron(line string) error {
	if len(strings.Fields(line)) != 5 && !strings.HasPrefix(line, "@") || !gronx.IsValid(line) {
		return fmt.Errorf("%q is no cron expression: five fields, as in \"0 4 * * *\" for every day at four", line)
	}
	if _, err := gronx.NextTickAfter(line, time.Now(), false); err != nil {
		return fmt.Errorf("%q is never due: there is no such time", line)
	}
	return nil
}
