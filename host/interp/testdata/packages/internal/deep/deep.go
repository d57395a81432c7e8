// Package deep is the plugin's own.
package deep

var notes = []string{"deep var"}

// Note remembers what happened and returns all that did.
func Note(what string) []string {
	notes = append(notes, what)
	return notes
}
