package store

import (
	"context"
	"fmt"
)

// InterruptRefreshes notes at every account and source that says it is being
// refreshed that it is not, with the message as the reason. It is for the start
// of the host, when nothing is.
func (s *Store) InterruptRefreshes(ctx context.Context, message string) error {
	for _, of := range []any{(*M3UAccount)(nil), (*EPGSource)(nil)} {
		_, err := s.write.NewUpdate().Model(of).Set("status = ?", StatusError).Set("last_message = ?", clean(message)).
			Where("status IN (?, ?)", StatusFetching, StatusParsing).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note that refreshes were interrupted: %w", err)
		}
	}
	return nil
}
