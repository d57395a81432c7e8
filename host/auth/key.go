package auth

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keySize is as long as the hash of HS256, RFC 7518 section 3.2.
const keySize = 32

// signingKey reads the key of tokens, or makes the file (mode 0600) with a new
// one when there is none. Without a file it is a key for this process alone.
func signingKey(file string) ([]byte, error) {
	if file == "" {
		return newKey(), nil
	}
	key, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err = writeKey(file, newKey()); err == nil {
			key, err = os.ReadFile(file)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("get the key of tokens: %w", err)
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("the key of tokens in %s has %d bytes and not %d; remove the file: "+
			"a new one is made, and everybody logs in again", file, len(key), keySize)
	}
	return key, nil
}

func newKey() []byte {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails
	return key
}

// writeKey makes the file whole or not at all, and leaves one that another
// process made meanwhile.
func writeKey(file string, key []byte) error {
	next, err := os.CreateTemp(filepath.Dir(file), ".key-*") // readable by its owner only
	if err != nil {
		return err
	}
	defer os.Remove(next.Name()) //nolint:errcheck // it is of no use and no harm
	_, err = next.Write(key)
	if err := errors.Join(err, next.Sync(), next.Close()); err != nil {
		return err
	}
	if err := os.Link(next.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
