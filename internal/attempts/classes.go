package attempts

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"endstate/internal/attempts/database"
	"endstate/internal/classes"
	"endstate/labs"
)

// AddGroup stores a new group and sets its ID.
func (s *Store) AddGroup(ctx context.Context, g *classes.Group) error {
	err := s.change(ctx, func(tx *database.Tx) error {
		err := tx.QueryRowContext(ctx, "INSERT INTO classes (name, leader, watch, created) VALUES ($1, $2, $3, $4) RETURNING id", g.Name, g.Leader, g.Watch, milli(g.Created)).Scan(&g.ID)
		if err != nil {
			return err
		}
		return writeMembers(ctx, tx, g)
	})
	if err != nil {
		return s.failed("keep group", err)
	}
	return nil
}

// SetMembers replaces the members of a group.
func (s *Store) SetMembers(ctx context.Context, g *classes.Group) error {
	err := s.change(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "classes", g.ID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM members WHERE class = $1", g.ID); err != nil {
			return err
		}
		return writeMembers(ctx, tx, g)
	})
	if err != nil {
		return s.failed("change group", err)
	}
	return nil
}

func writeMembers(ctx context.Context, tx *database.Tx, g *classes.Group) error {
	for _, name := range g.Members {
		if _, err := tx.ExecContext(ctx, "INSERT INTO members (class, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", g.ID, name); err != nil {
			return err
		}
	}
	return nil
}

// RemoveGroup removes a group with what was assigned to it. Attempts remain.
func (s *Store) RemoveGroup(ctx context.Context, id int64) error {
	if _, err := s.db.ExecContext(ctx, "DELETE FROM classes WHERE id = $1", id); err != nil {
		return s.failed("remove group", err)
	}
	return nil
}

// Led returns the groups that the learner leads, or all of them, by name.
func (v *View) Led(ctx context.Context, everyones bool) ([]*classes.Group, error) {
	return v.groups(ctx, "($1 = 1 OR leader = $2)", everyones, v.owner)
}

// Joined returns the groups whose member the learner is, by name.
func (v *View) Joined(ctx context.Context) ([]*classes.Group, error) {
	return v.groups(ctx, "id IN (SELECT class FROM members WHERE name = $1)", v.owner)
}

// Group returns a group, or a *labs.Problem if there is none.
func (s *Store) Group(ctx context.Context, id int64) (*classes.Group, error) {
	found, err := s.groups(ctx, "id = $1", id)
	if err == nil && len(found) == 0 {
		err = &labs.Problem{Code: labs.CodeNotFound, What: fmt.Sprintf("There is no group %d", id), Usage: true}
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

func (s *Store) groups(ctx context.Context, where string, args ...any) ([]*classes.Group, error) {
	var found []*classes.Group
	err := s.look(ctx, func(tx *database.Tx) (err error) {
		if found, err = all(ctx, tx, "SELECT id, name, leader, watch, created FROM classes WHERE "+where+" ORDER BY name, id", args, scanGroup); err != nil {
			return err
		}
		byID := map[int64]*classes.Group{}
		for _, g := range found {
			byID[g.ID] = g
		}
		_, err = all(ctx, tx, "SELECT class, name FROM members WHERE class IN (SELECT id FROM classes WHERE "+where+") ORDER BY name", args, func(rows *sql.Rows) (struct{}, error) {
			var class int64
			var name string
			err := rows.Scan(&class, &name)
			if g := byID[class]; g != nil {
				g.Members = append(g.Members, name)
			}
			return struct{}{}, err
		})
		return err
	})
	if err != nil {
		return nil, s.failed("read groups", err)
	}
	return found, nil
}

func scanGroup(rows *sql.Rows) (*classes.Group, error) {
	g := &classes.Group{Members: []string{}}
	var created int64
	err := rows.Scan(&g.ID, &g.Name, &g.Leader, &g.Watch, &created)
	g.Created = moment(created)
	return g, err
}

// AddAssignment stores a new assignment and sets its ID.
func (s *Store) AddAssignment(ctx context.Context, a *classes.Assignment, now time.Time) error {
	what, err := json.Marshal(a)
	if err == nil {
		err = s.db.QueryRowContext(ctx, "INSERT INTO assignments (class, what, created) VALUES ($1, $2, $3) RETURNING id", a.Group, string(what), milli(now)).Scan(&a.ID)
	}
	if err != nil {
		return s.failed("keep assignment", err)
	}
	return nil
}

// RemoveAssignment removes an assignment of a group. It succeeds if there is none.
func (s *Store) RemoveAssignment(ctx context.Context, group, id int64) error {
	if _, err := s.db.ExecContext(ctx, "DELETE FROM assignments WHERE class = $1 AND id = $2", group, id); err != nil {
		return s.failed("remove assignment", err)
	}
	return nil
}

// Assignments returns what is assigned to a group, in the order in which it was.
func (s *Store) Assignments(ctx context.Context, group int64) ([]*classes.Assignment, error) {
	found, err := all(ctx, s.db, "SELECT id, class, what FROM assignments WHERE class = $1 ORDER BY id", []any{group}, func(rows *sql.Rows) (*classes.Assignment, error) {
		a := &classes.Assignment{}
		var id, class int64
		var what string
		err := rows.Scan(&id, &class, &what)
		if err == nil {
			err = json.Unmarshal([]byte(what), a)
		}
		a.ID, a.Group = id, class
		return a, err
	})
	if err != nil {
		return nil, s.failed("read assignments", err)
	}
	return found, nil
}
