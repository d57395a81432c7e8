package compat

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // for the requirements
	"encoding/hex"
	"strings"
)

//go:embed python/requirements.txt
var requirementsText string

// requirementsName is the folder-safe hash of the requirements, by which an
// environment of an older release is known.
func requirementsName() string {
	sum := sha256.Sum256([]byte(requirementsText))
	return hex.EncodeToString(sum[:])[:16]
}

// block is packages that are installed together, or not at all.
type block struct {
	// pins are lines for pip, as in "Django==5.2.19".
	pins []string
	// without is what does not work when they are missing; "" for what has to
	// install.
	without string
}

// name is the block's first package, without its version.
func (b block) name() string {
	name, _, _ := strings.Cut(b.pins[0], "==")
	return name
}

// requirements takes the text apart: the block that has to install comes first.
func requirements(text string) []block {
	var all []block
	var now block
	lines := bufio.NewScanner(strings.NewReader(text + "\n\n"))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		comment, isComment := strings.CutPrefix(line, "#")
		switch {
		case isComment:
			now.without = strings.TrimSpace(now.without + " " + strings.TrimSpace(comment))
		case line != "":
			now.pins = append(now.pins, line)
		case len(now.pins) > 0:
			all = append(all, now)
			now = block{}
		default: // the file's own comment
			now = block{}
		}
	}
	return all
}
