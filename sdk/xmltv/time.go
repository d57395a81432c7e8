package xmltv

import (
	"fmt"
	"time"
)

// ParseTime reads a time as guides write it, YYYYMMDDhhmmss and an offset such
// as +0100, and returns it in UTC. Parts may be left out from the right down
// to the year. Without an offset, and with one that is not a number, the time is
// taken as UTC. It returns an error when there is no such date.
func ParseTime(text string) (time.Time, error) {
	t, ok := parseTime([]byte(text))
	if !ok {
		return time.Time{}, fmt.Errorf("%q is not a time like 20240131183000 +0100", text)
	}
	return t, nil
}

func parseTime(text []byte) (time.Time, bool) {
	for len(text) > 0 && isSpace(text[0]) {
		text = text[1:]
	}
	digits := 0
	for digits < len(text) && isDigit(text[digits]) {
		digits++
	}
	if digits < 4 || digits > 14 || digits%2 != 0 {
		return time.Time{}, false
	}
	part := [6]int{0, 1, 1, 0, 0, 0}
	part[0] = number(text[:4])
	for i := 4; i < digits; i += 2 {
		part[i/2-1] = number(text[i : i+2])
	}
	year, month, day, hour, minute, second := part[0], part[1], part[2], part[3], part[4], part[5]
	// Midnight is sometimes written as the 24th hour, and seconds leap.
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if hour < 24 && second < 60 && t.Day() != day {
		return time.Time{}, false
	}
	return t.Add(-offset(text[digits:])), true
}

// offset reads +hhmm, +hh:mm or +hh; zero for anything else.
func offset(text []byte) time.Duration {
	for len(text) > 0 && isSpace(text[0]) {
		text = text[1:]
	}
	if len(text) < 3 || text[0] != '+' && text[0] != '-' {
		return 0
	}
	var parts [2]int
	rest := text[1:]
	for i := range parts {
		if len(rest) < 2 || !isDigit(rest[0]) || !isDigit(rest[1]) {
			break
		}
		parts[i] = number(rest[:2])
		rest = rest[2:]
		if len(rest) > 0 && rest[0] == ':' {
			rest = rest[1:]
		}
	}
	east := time.Duration(parts[0])*time.Hour + time.Duration(parts[1])*time.Minute
	if text[0] == '-' {
		return -east
	}
	return east
}

func number(digits []byte) int {
	n := 0
	for _, c := range digits {
		n = 10*n + int(c-'0')
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
