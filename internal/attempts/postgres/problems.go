package postgres

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"endstate/labs"
)

// PostgreSQL's codes of errors that people can do something about, or that pass by themselves.
const (
	undefinedTable   = "42P01"
	wrongPassword    = "28P01"
	notAuthorized    = "28000"
	noDatabase       = "3D000"
	noPrivilege      = "42501"
	diskFull         = "53100"
	tooManyClients   = "53300"
	adminShutdown    = "57P01"
	crashShutdown    = "57P02"
	cannotConnectNow = "57P03"
	readOnly         = "25006"
	lockNotAvailable = "55P03"
	idleTooLong      = "25P03"
)

// code returns PostgreSQL's code of an error, or "".
func code(err error) string {
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		return failed.Code
	}
	return ""
}

// mayPass reports whether something was not begun because of an error that may pass by itself.
func mayPass(err error) bool {
	var unreachable *pgconn.ConnectError
	var encoding errEncoding
	switch code := code(err); {
	case err == nil || errors.As(err, &encoding):
		return false
	case code != "":
		return errors.As(err, &unreachable) && (code == cannotConnectNow || code == tooManyClients || code == adminShutdown || code == crashShutdown)
	}
	return errors.As(err, &unreachable) || errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err)
}

// errEncoding is the encoding of a database that can't keep every text.
type errEncoding string

func (e errEncoding) Error() string { return "the database has the encoding " + string(e) }

func malformed() *labs.Problem {
	return &labs.Problem{
		Code: labs.CodeNoStore, What: "ENDSTATE_STORE is not the URL of a database", Usage: true,
		Advice: "It looks like postgres://USER:PASSWORD@HOST:5432/DATABASE, with %40 for an @ in the password.",
	}
}

// Problem says what to do about an error.
func (s *server) Problem(err error) *labs.Problem {
	p := &labs.Problem{Code: labs.CodeNoStore, What: "The store of attempts can't be used", Advice: "It is " + s.Place() + ".", Err: err}
	at, who := address(s.config), s.config.User
	var unreachable *pgconn.ConnectError
	var network *net.OpError
	var encoding errEncoding
	switch code := code(err); {
	case code == wrongPassword || code == notAuthorized:
		p.What = "PostgreSQL does not let Endstate in"
		p.Advice = fmt.Sprintf("Check the user (%s) and the password in ENDSTATE_STORE, and what pg_hba.conf at %s says about them.", who, at)
	case code == noDatabase:
		p.What = fmt.Sprintf("PostgreSQL at %s has no database %s", at, s.config.Database)
		p.Advice = fmt.Sprintf("Create it: createdb --owner %s --encoding UTF8 --template template0 %s", who, s.config.Database)
	case code == noPrivilege:
		p.What = "PostgreSQL does not let Endstate change its tables"
		p.Advice = fmt.Sprintf("Make %s the owner of the database %s, or give ENDSTATE_STORE another one.", who, s.config.Database)
	case code == diskFull:
		p.Code, p.What = labs.CodeDiskFull, "The disk of PostgreSQL is full, so the store of attempts can't be used"
		p.Advice = "Make room at " + at + "."
	case code == tooManyClients:
		p.What = fmt.Sprintf("PostgreSQL at %s has too many connections", at)
		p.Advice = fmt.Sprintf("A server uses up to %d: raise max_connections, or end other programs that use it.", connections+2)
	case code == readOnly:
		p.What = fmt.Sprintf("PostgreSQL at %s takes no changes now", at)
		p.Advice = "If ENDSTATE_STORE names several hosts, add target_session_attrs=read-write to find the one that does."
	case code == lockNotAvailable:
		p.What = "Another program has locked the store of attempts for too long"
		p.Advice = "Look for it in pg_stat_activity of " + s.Place() + ", then try again."
	case errors.As(err, &encoding):
		p.Advice = fmt.Sprintf("Texts need UTF8: createdb --owner %s --encoding UTF8 --template template0 NAME, and give it in ENDSTATE_STORE.", who)
	case errors.As(err, &unreachable) || code == cannotConnectNow:
		p.What = "PostgreSQL can't be reached, so the store of attempts can't be used"
		p.Advice = fmt.Sprintf("Check that it runs and answers at %s, and that ENDSTATE_STORE names the right place.", at)
	case code == adminShutdown || code == crashShutdown || code == idleTooLong || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn):
		p.What = "The connection to PostgreSQL was lost, so what was to be stored may be missing"
		p.Advice = fmt.Sprintf("Try again. If that happens again, check PostgreSQL at %s and the network.", at)
	}
	return p
}
