package m3u

import "strings"

// attributes appends every key="value" and key='value' of line to found and
// returns where the last one ends in line, 0 when there is none. Space around
// the = is allowed; a value without quotes is not an attribute. Of a key that
// comes again the last value counts, at the place of the first.
func attributes(found []Attribute, line string) (_ []Attribute, end int) {
	for at := 0; ; {
		equals := strings.IndexByte(line[at:], '=')
		if equals < 0 {
			return found, end
		}
		equals += at
		at = equals + 1
		open := at
		for open < len(line) && isSpace(line[open]) {
			open++
		}
		if open == len(line) || line[open] != '"' && line[open] != '\'' {
			continue
		}
		key := keyBefore(line[end:equals])
		length := strings.IndexByte(line[open+1:], line[open])
		if key == "" || length < 0 {
			continue
		}
		found = set(found, strings.ToLower(key), line[open+1:open+1+length])
		at = open + 1 + length + 1
		end = at
	}
}

// keyBefore is the word at the end of text, which stands before a =.
func keyBefore(text string) string {
	end := len(text)
	for end > 0 && isSpace(text[end-1]) {
		end--
	}
	begin := end
	for begin > 0 && !isSpace(text[begin-1]) && !strings.ContainsRune(`=,"'`, rune(text[begin-1])) {
		begin--
	}
	return text[begin:end]
}

// set gives key its value in found.
func set(found []Attribute, key, value string) []Attribute {
	if len(found) >= maxAttributes {
		return found
	}
	for i := range found {
		if found[i].Key == key {
			found[i].Value = value
			return found
		}
	}
	return append(found, Attribute{key, value})
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }
