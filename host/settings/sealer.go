package settings

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

const (
	sealedPrefix = "sealed:v1:" // base64 of nonce, cipher text and tag follow
	keySize      = 32           // AES-256
	sealOverhead = 12 + 16      // nonce and tag
)

// ErrNotOpened reports a sealed text that this key does not open: it was sealed
// with another key or for another place, or it was damaged.
var ErrNotOpened = errors.New("sealed with another key or for another place")

// Sealer encrypts secrets at rest with the key in a file. It may be used
// concurrently.
type Sealer struct {
	file string
	aead cipher.AEAD
}

// NewSealer reads the key, 32 bytes, or makes the file (mode 0600) with a new
// one when there is none. The folder has to exist.
func NewSealer(keyFile string) (*Sealer, error) {
	key, err := os.ReadFile(keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = newKey(keyFile)
	}
	if err != nil {
		return nil, fmt.Errorf("get the key for secrets: %w", err)
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("the key for secrets in %s has %d bytes and not %d; put the right file back, "+
			"or remove it and enter every secret again", keyFile, len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use the key for secrets: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("use the key for secrets: %w", err)
	}
	return &Sealer{file: keyFile, aead: aead}, nil
}

// newKey writes a new key, unless another process was faster: then its key is
// the one.
func newKey(name string) ([]byte, error) {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return os.ReadFile(name)
	}
	if err != nil {
		return nil, err
	}
	_, err = file.Write(key)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(name)) // half a key would be taken for the key
	}
	return key, nil
}

// Check says what is wrong with the key file, in a sentence for the operator;
// nil when nothing is.
func (s *Sealer) Check() error {
	info, err := os.Stat(s.file)
	if err != nil {
		return fmt.Errorf("the key for secrets cannot be found any more: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("the key for secrets %s can be read by others (mode %04o): run chmod 600 %s", s.file, mode, s.file)
	}
	return nil
}

// Seal encrypts a text for one place, as in "my_plugin" and "api_key"; it opens
// only for the same place.
func (s *Sealer) Seal(plain, place string) string {
	return sealedPrefix + base64.RawStdEncoding.EncodeToString(s.aead.Seal(nil, nil, []byte(plain), []byte(place)))
}

// Open decrypts what Seal made for that place, else it returns [ErrNotOpened].
func (s *Sealer) Open(sealed, place string) (string, error) {
	data, ok := unpack(sealed)
	if !ok {
		return "", ErrNotOpened
	}
	plain, err := s.aead.Open(nil, nil, data, []byte(place))
	if err != nil {
		return "", ErrNotOpened
	}
	return string(plain), nil
}

// isSealed says whether a text looks like one that Seal made.
func isSealed(v any) bool {
	text, ok := v.(string)
	if !ok {
		return false
	}
	_, ok = unpack(text)
	return ok
}

func unpack(sealed string) ([]byte, bool) {
	text, ok := strings.CutPrefix(sealed, sealedPrefix)
	if !ok {
		return nil, false
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	return data, err == nil && len(data) >= sealOverhead
}
