package attempts

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"endstate/internal/attempts/database"
)

// Session returns the data of a browser's session, or nil if there is none or it has expired.
func (s *Store) Session(ctx context.Context, token string, now time.Time) ([]byte, error) {
	var data []byte
	err := s.db.QueryRowContext(ctx, "SELECT data FROM sessions WHERE token = $1 AND expires > $2", token, milli(now)).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, s.failed("read session", err)
	}
	return data, nil
}

// KeepSession stores a browser's session, and removes those that have expired.
func (s *Store) KeepSession(ctx context.Context, token string, data []byte, expires, now time.Time) error {
	err := s.change(ctx, func(tx *database.Tx) error {
		if err := dropExpired(ctx, tx, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO sessions (token, data, expires) VALUES ($1, $2, $3) ON CONFLICT (token) DO UPDATE SET data = $2, expires = $3", token, data, milli(expires))
		return err
	})
	if err != nil {
		return s.failed("keep session", err)
	}
	return nil
}

// dropExpired removes the sessions that have expired.
func dropExpired(ctx context.Context, tx *database.Tx, now time.Time) error {
	var some bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sessions WHERE expires <= $1)", milli(now)).Scan(&some)
	if err != nil || !some {
		return err
	}
	if err := tx.Alone(ctx, "sessions that have expired"); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM sessions WHERE expires <= $1", milli(now))
	return err
}

// DropSession removes a browser's session. It succeeds if there is none.
func (s *Store) DropSession(ctx context.Context, token string) error {
	if _, err := s.db.ExecContext(ctx, "DELETE FROM sessions WHERE token = $1", token); err != nil {
		return s.failed("drop session", err)
	}
	return nil
}
