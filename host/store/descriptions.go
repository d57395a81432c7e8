package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// hashChunk is how many hashes one statement names.
const hashChunk = 500

// description is a row of pluggarr_description.
type description struct {
	bun.BaseModel `bun:"table:pluggarr_description"`

	Hash        string          `bun:"hash,pk"`
	Description json.RawMessage `bun:"description"`
	CreatedAt   time.Time       `bun:"created_at"`
}

// Descriptions returns what plugins said of themselves, by the hash under
// which it was saved. A hash that is not known is not in the map.
func (s *Store) Descriptions(ctx context.Context, hashes []string) (map[string]json.RawMessage, error) {
	found := make(map[string]json.RawMessage, len(hashes))
	for chunk := range slices.Chunk(hashes, hashChunk) {
		var rows []description
		err := s.read.NewSelect().Model(&rows).Column("hash", "description").
			Where("hash IN (?)", bun.List(chunk)).Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("read descriptions: %w", err)
		}
		for _, row := range rows {
			found[row.Hash] = row.Description
		}
	}
	return found, nil
}

// SaveDescription keeps what a plugin says of itself under the hash of its
// content, in place of what was there. The JSON is kept as given.
func (s *Store) SaveDescription(ctx context.Context, hash string, said json.RawMessage) error {
	row := &description{Hash: hash, Description: said, CreatedAt: now()}
	_, err := s.write.NewInsert().Model(row).On("CONFLICT (hash) DO UPDATE").
		Set("description = EXCLUDED.description").Set("created_at = EXCLUDED.created_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("save description %s: %w", hash, err)
	}
	return nil
}

// PruneDescriptions deletes all descriptions but those with the hashes in keep.
func (s *Store) PruneDescriptions(ctx context.Context, keep []string) error {
	var known []string
	if err := s.read.NewSelect().Model((*description)(nil)).Column("hash").Scan(ctx, &known); err != nil {
		return fmt.Errorf("prune descriptions: %w", err)
	}
	wanted := make(map[string]bool, len(keep))
	for _, hash := range keep {
		wanted[hash] = true
	}
	gone := slices.DeleteFunc(known, func(hash string) bool { return wanted[hash] })
	for chunk := range slices.Chunk(gone, hashChunk) {
		_, err := s.write.NewDelete().Model((*description)(nil)).Where("hash IN (?)", bun.List(chunk)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("prune descriptions: %w", err)
		}
	}
	return nil
}
