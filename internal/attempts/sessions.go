package attempts

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Session returns the data of a browser's session, or nil if there is none or it has expired.
func (s *Store) Session(ctx context.Context, token string, now time.Time) ([]byte, error) {
	var data []byte
	err := s.db.QueryRowContext(ctx, "SELECT data FROM sessions WHERE token = ? AND expires > ?", token, milli(now)).Scan(&data)
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
	err := s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE expires <= ?", milli(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO sessions (token, data, expires) VALUES (?1, ?2, ?3) ON CONFLICT (token) DO UPDATE SET data = ?2, expires = ?3", token, data, milli(expires))
		return err
	})
	if err != nil {
		return s.failed("keep session", err)
	}
	return nil
}

// DropSession removes a browser's session. It succeeds if there is none.
func (s *Store) DropSession(ctx context.Context, token string) error {
	if _, err := s.db.ExecContext(ctx, "DELETE FROM sessions WHERE token = ?", token); err != nil {
		return s.failed("drop session", err)
	}
	return nil
}
