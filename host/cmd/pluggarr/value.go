package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// size is a number of bytes, as a flag: "1GiB".
type size int64

// units are the units of a size, the larger first.
func units() []struct {
	name  string
	bytes int64
} {
	return []struct {
		name  string
		bytes int64
	}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}
}

// String writes the size in the largest unit that leaves no fraction.
func (s *size) String() string {
	if *s == 0 {
		return "0"
	}
	for _, unit := range units() {
		if int64(*s)%unit.bytes == 0 {
			return strconv.FormatInt(int64(*s)/unit.bytes, 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}

// Set reads a size: a number, which may have a fraction, and a unit.
func (s *size) Set(text string) error {
	number, factor := strings.TrimSpace(text), int64(1)
	for _, unit := range units() {
		if short, found := strings.CutSuffix(strings.ToLower(number), strings.ToLower(unit.name)); found {
			number, factor = strings.TrimSpace(short), unit.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(n) || n < 0 || n*float64(factor) >= math.MaxInt64 {
		return fmt.Errorf("is no size: write it like 512MiB or 1GiB")
	}
	*s = size(n * float64(factor))
	return nil
}

// Type names the kind of value in the help.
func (*size) Type() string { return "size" }

// choice is one of several words, as a flag.
type choice struct {
	value string
	of    []string
}

// String returns the word.
func (c *choice) String() string { return c.value }

// Set takes one of the words.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.of, text) {
		return fmt.Errorf("has to be one of %s", strings.Join(c.of, ", "))
	}
	c.value = text
	return nil
}

// Type names the kind of value in the help.
func (*choice) Type() string { return "word" }
