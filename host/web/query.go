package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// query are the words behind the path's question mark, by name.
type query map[string]string

// query reads them. As with a body, names that are not known are refused.
func (r *request) query(known ...string) (query, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, malformed("Query parse error - %v", err)
	}
	q := query{}
	for name, words := range values {
		if !slices.Contains(known, name) {
			return nil, refuse(http.StatusBadRequest, fmt.Sprintf("Unknown field %q", cut(name)),
				fmt.Sprintf("The query may have: %s.", strings.Join(known, ", ")))
		}
		if len(words) != 1 {
			return nil, malformed("The field %q is there %d times.", name, len(words))
		}
		q[name] = words[0]
	}
	return q, nil
}

// number reads a whole number; standard when it is not there.
func (q query) number(name string, standard, least, most int) (int, error) {
	word, ok := q[name]
	if !ok {
		return standard, nil
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < least || n > most {
		return 0, refuse(http.StatusBadRequest, fmt.Sprintf("Invalid '%s'", name),
			fmt.Sprintf("'%s' is a whole number from %d to %d.", name, least, most))
	}
	return n, nil
}

// truth reads a boolean; false when it is not there.
func (q query) truth(name string) (bool, error) {
	word, ok := q[name]
	if !ok {
		return false, nil
	}
	on, ok := truth([]byte(strconv.Quote(word)))
	if !ok {
		return false, refuse(http.StatusBadRequest, fmt.Sprintf("Invalid '%s' boolean", name), fmt.Sprintf("'%s' is 1 or 0.", name))
	}
	return on, nil
}
