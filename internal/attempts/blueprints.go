package attempts

import (
	"context"
	"database/sql"
	"time"
)

// Blueprint is the blueprint of an exam as its owner wrote it.
type Blueprint struct {
	Name, Text string
	Changed    time.Time
}

// KeepBlueprint stores a blueprint of the learner in place of the one with that name.
func (v *View) KeepBlueprint(ctx context.Context, b Blueprint) error {
	_, err := v.db.ExecContext(ctx, `INSERT INTO blueprints (owner, name, text, changed) VALUES ($1, $2, $3, $4)
		ON CONFLICT (owner, name) DO UPDATE SET text = excluded.text, changed = excluded.changed`, v.owner, b.Name, b.Text, milli(b.Changed))
	if err != nil {
		return v.failed("keep blueprint", err)
	}
	return nil
}

// RemoveBlueprint removes a blueprint of the learner. It succeeds if there is none.
func (v *View) RemoveBlueprint(ctx context.Context, name string) error {
	if _, err := v.db.ExecContext(ctx, "DELETE FROM blueprints WHERE owner = $1 AND name = $2", v.owner, name); err != nil {
		return v.failed("remove blueprint", err)
	}
	return nil
}

// Blueprints returns the learner's blueprints, by name.
func (v *View) Blueprints(ctx context.Context) ([]Blueprint, error) {
	found, err := all(ctx, v.db, "SELECT name, text, changed FROM blueprints WHERE owner = $1 ORDER BY name", []any{v.owner}, func(rows *sql.Rows) (Blueprint, error) {
		var b Blueprint
		var changed int64
		err := rows.Scan(&b.Name, &b.Text, &changed)
		b.Changed = moment(changed)
		return b, err
	})
	if err != nil {
		return nil, v.failed("read blueprints", err)
	}
	return found, nil
}
