package store

import (
	"reflect"
	"strings"
	"unicode"
)

// noun is what people call a row of type T: "channel", "M3U account", "EPG data".
func noun[T any]() string { return words(reflect.TypeFor[T]().Name()) }

// words takes a Go name apart: abbreviations stay as they are.
func words(name string) string {
	var list []string
	letters := []rune(name)
	for begin, i := 0, 1; i <= len(letters); i++ {
		next := i < len(letters) && unicode.IsUpper(letters[i]) &&
			(unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if !next && i < len(letters) {
			continue
		}
		word := string(letters[begin:i])
		if strings.ToUpper(word) != word {
			word = strings.ToLower(word)
		}
		list = append(list, word)
		begin = i
	}
	return strings.Join(list, " ")
}
