package web

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/pluggarr/pluggarr/host/store"
)

// filter narrows a list by a word of its query. Its error says what the word
// has to be.
type filter func(q *store.Query, word string) error

// oneOf takes one id or several with commas between, or "null".
func oneOf(column string) filter {
	return func(q *store.Query, word string) error {
		for part := range strings.SplitSeq(word, ",") {
			if part == "null" {
				q.Is[column] = append(q.Is[column], nil)
				continue
			}
			id, err := strconv.ParseInt(part, 10, 64)
			if err != nil {
				return errors.New("is a number, several with commas between, or null")
			}
			q.Is[column] = append(q.Is[column], id)
		}
		return nil
	}
}

// exactly takes a text.
func exactly(column string) filter {
	return func(q *store.Query, word string) error {
		q.Is[column] = []any{word}
		return nil
	}
}

// whether takes a boolean.
func whether(column string) filter {
	return func(q *store.Query, word string) error {
		on, ok := truth([]byte(strconv.Quote(word)))
		if !ok {
			return errors.New("is 1 or 0")
		}
		q.Is[column] = []any{on}
		return nil
	}
}

// where takes a word that a condition in SQL has at its ?; read makes a value of it.
func where(condition string, read func(word string) (any, error)) filter {
	return func(q *store.Query, word string) error {
		value, err := read(word)
		if err != nil {
			return err
		}
		if q.Where != "" {
			q.Where += " AND "
		}
		q.Where += condition
		q.Args = append(q.Args, value)
		return nil
	}
}

// groupNamed takes the name of a channel group.
func groupNamed() filter {
	return where("channel_group_id IN (SELECT id FROM dispatcharr_channels_channelgroup WHERE name = ?)", aText)
}

func aText(word string) (any, error) { return word, nil }

func aNumber(word string) (any, error) {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return nil, errors.New("is a whole number")
	}
	return n, nil
}

func aTruth(word string) (any, error) {
	on, ok := truth([]byte(strconv.Quote(word)))
	if !ok {
		return nil, errors.New("is 1 or 0")
	}
	return on, nil
}

func aTime(word string) (any, error) {
	at, err := time.Parse(time.RFC3339, word)
	if err != nil {
		return nil, errors.New("is a time, like 2026-03-01T12:00:00Z")
	}
	return at, nil
}
