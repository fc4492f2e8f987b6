package machine

import (
	"context"

	"endstate/labs"
)

// TakeOver copies the store of a file into the database that the store is in now, which must be empty, and returns how
// many attempts there are. Only an admin can do that.
func (d *Desk) TakeOver(ctx context.Context, who labs.Learner, file string) (int, error) {
	switch {
	case !who.Maintains():
		return 0, &labs.Problem{Code: labs.CodeForbidden, What: "Only an admin can copy a store", Usage: true}
	case d.base.Store == "":
		return 0, labs.Misuse("ENDSTATE_STORE names no database", "A whole store is copied into one. A file can be copied as it is.")
	}
	store, err := d.parts.Memory(ctx, who)
	if err != nil {
		return 0, err
	}
	return store.TakeOver(ctx, file)
}
