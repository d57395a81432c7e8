package settings

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	santhosh "github.com/santhosh-tekuri/jsonschema/v6"
)

// formats are those that widgets and kinds ask for. The schema library has its
// own for what plugins name in a jsonschema tag.
func formats() []*santhosh.Format {
	text := func(name string, check func(string) error) *santhosh.Format {
		return &santhosh.Format{Name: name, Validate: func(v any) error {
			if s, ok := v.(string); ok {
				return check(s)
			}
			return nil
		}}
	}
	return []*santhosh.Format{
		text("go-duration", checkDuration),
		text("cron", checkCron),
		text("color", checkColor),
		text("uri", checkURL),
	}
}

func checkDuration(s string) error {
	if _, err := time.ParseDuration(s); err != nil {
		return errors.New("has to be a duration such as 1m30s")
	}
	return nil
}

func checkURL(s string) error {
	if u, err := url.Parse(s); err != nil || u.Scheme == "" || u.Host == "" {
		return errors.New("has to be a URL such as http://example.org/list")
	}
	return nil
}

func checkColor(s string) error {
	digits, hash := strings.CutPrefix(s, "#")
	_, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || !hash || len(digits) != 3 && len(digits) != 6 && len(digits) != 8 {
		return errors.New("has to be a colour such as #1c7ed6")
	}
	return nil
}

func checkRegex(s string) error {
	if _, err := regexp.Compile(s); err != nil {
		return errors.New("is not a regular expression: " + strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return nil
}

// checkCron takes five fields (minute, hour, day, month, weekday) and the names
// such as @daily.
func checkCron(s string) error {
	switch s {
	case "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@hourly":
		return nil
	}
	bounds := []struct {
		name      string
		low, high int
		words     string
	}{
		{"minute", 0, 59, ""},
		{"hour", 0, 23, ""},
		{"day of the month", 1, 31, ""},
		{"month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"},
		{"day of the week", 0, 7, "SUN MON TUE WED THU FRI SAT"},
	}
	parts := strings.Fields(s)
	if len(parts) != len(bounds) {
		return errors.New("has to be five fields such as 0 4 * * *")
	}
	for i, b := range bounds {
		number := func(text string) (int, bool) {
			if at := strings.Index(b.words, strings.ToUpper(text)); len(text) == 3 && at >= 0 && at%4 == 0 {
				return b.low + at/4, true
			}
			n, err := strconv.Atoi(text)
			return n, err == nil && n >= b.low && n <= b.high
		}
		for part := range strings.SplitSeq(parts[i], ",") {
			if !cronPart(part, number) {
				return errors.New("has a " + b.name + " that is not one: " + part)
			}
		}
	}
	return nil
}

// cronPart checks *, a, a-b and each with /step.
func cronPart(part string, number func(string) (int, bool)) bool {
	span, step, stepped := strings.Cut(part, "/")
	if stepped {
		if n, err := strconv.Atoi(step); err != nil || n < 1 {
			return false
		}
	}
	if span == "*" {
		return true
	}
	from, to, ranged := strings.Cut(span, "-")
	low, ok := number(from)
	if !ok || !ranged {
		return ok
	}
	high, ok := number(to)
	return ok && low <= high
}
