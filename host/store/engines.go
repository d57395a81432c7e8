package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// engine is which engine an operator wished for a plugin.
type engine struct {
	bun.BaseModel `bun:"table:pluggarr_engine"`

	Plugin string `bun:"plugin,pk"`
	Engine string `bun:"engine"`
}

// Engines returns the engines that were wished for, by the plugin's key.
func (s *Store) Engines(ctx context.Context) (map[string]string, error) {
	var rows []engine
	if err := s.read.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read which engines are wished: %w", err)
	}
	wished := make(map[string]string, len(rows))
	for _, row := range rows {
		wished[row.Plugin] = row.Engine
	}
	return wished, nil
}

// SetEngine keeps which engine is wished for a plugin; "" forgets it.
func (s *Store) SetEngine(ctx context.Context, plugin, wished string) error {
	row := &engine{Plugin: clean(plugin), Engine: wished}
	var err error
	if wished == "" {
		_, err = s.write.NewDelete().Model(row).WherePK().Exec(ctx)
	} else {
		_, err = s.write.NewInsert().Model(row).On("CONFLICT (plugin) DO UPDATE").Set("engine = EXCLUDED.engine").Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("keep the engine of plugin %q: %w", plugin, err)
	}
	return nil
}
