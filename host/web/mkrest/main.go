// Command mkrest writes the page about the REST API from its OpenAPI document:
// mkrest openapi.json rest.md.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: mkrest openapi.json rest.md")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "mkrest:", err)
		os.Exit(1)
	}
}

// generate reads the document and writes the page.
func generate(from, to string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	return os.WriteFile(to, page(&d), 0o644) //nolint:gosec // documentation, for everybody
}
