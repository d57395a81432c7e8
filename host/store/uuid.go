package store

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
)

// UUID is a column of Django's UUIDField: 32 hex digits on SQLite, uuid on
// PostgreSQL, which takes the same digits. The zero UUID stands for NULL in a
// column that may be NULL.
type UUID [16]byte

// NewUUID is a random UUID.
func NewUUID() UUID { return UUID(uuid.New()) }

// parseUUID reads 32 hex digits, with or without hyphens.
func parseUUID(text string) (UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return UUID{}, fmt.Errorf("read UUID %q: %w", text, err)
	}
	return UUID(id), nil
}

// String is the form with hyphens, as JSON and Python show it.
func (u UUID) String() string { return uuid.UUID(u).String() }

// Value is what a database driver writes.
func (u UUID) Value() (driver.Value, error) {
	if u == (UUID{}) {
		return nil, nil //nolint:nilnil // this is how NULL is written
	}
	return hex.EncodeToString(u[:]), nil
}

// Scan reads what a database driver gives: text, or nothing for NULL.
func (u *UUID) Scan(from any) error {
	var id uuid.UUID
	if err := id.Scan(from); err != nil {
		return fmt.Errorf("read a UUID column: %w", err)
	}
	*u = UUID(id)
	return nil
}

// MarshalText writes the form with hyphens.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads any form that parseUUID takes.
func (u *UUID) UnmarshalText(text []byte) error {
	id, err := parseUUID(string(text))
	if err != nil {
		return err
	}
	*u = id
	return nil
}
