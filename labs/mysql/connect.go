package mysql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"endstate/labs"
)

const (
	port = 3306
	// graderName is the grader's account, which exists for connections from inside
	// the server's host alone.
	graderName = "endstate"
	// A statement that takes longer is the learner's doing: a lock, or a server
	// that is out of breath.
	patience = 8 * time.Second
)

// Account is who asks. The zero value is the grader.
type Account struct {
	// User is the account's name.
	User string `yaml:"user"`
	// Password is its password.
	Password string `yaml:"password"`
}

func grader(site *labs.Site) Account { return Account{User: graderName, Password: site.Record.Secret} }

// session are the settings of every connection, so that no setting of the server
// changes what is seen, nothing is changed, and no lock is waited for without end.
var session = map[string]string{
	"sql_mode":                 "''",
	"time_zone":                "'+00:00'",
	"lock_wait_timeout":        "2",
	"innodb_lock_wait_timeout": "2",
	"max_execution_time":       "7000",
	"group_concat_max_len":     "4194304",
	// What information_schema says of AUTO_INCREMENT is remembered for a day otherwise.
	"information_schema_stats_expiry": "0",
}

// open returns a pool of connections to a server, made through its own host.
func open(site *labs.Site, host labs.Host, account Account) (*sql.DB, error) {
	config := driver.NewConfig()
	config.User, config.Passwd = account.User, account.Password
	config.Net, config.Addr = "relay", host.Name
	config.ParseTime, config.Loc = true, time.UTC
	config.Params = session
	config.Logger = &driver.NopLogger{}
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) { return site.Dial(ctx, host, port) }
	connector, err := driver.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", host.Name, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(4)
	return db, nil
}

// pool returns the round's pool for an account; all looks share it.
func pool(site *labs.Site, host labs.Host, account Account) (*sql.DB, error) {
	key := fmt.Sprintf("mysql %s %s %s", host.Name, account.User, account.Password)
	shared, err := site.Once(key, func() (any, error) {
		db, err := open(site, host, account)
		if err == nil {
			site.OnClose(func() { _ = db.Close() })
		}
		return db, err
	})
	if err != nil {
		return nil, err
	}
	db, ok := shared.(*sql.DB)
	if !ok {
		return nil, fmt.Errorf("the pool of %s is a %T", host.Name, shared)
	}
	return db, nil
}

// Codes of the server. https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html
const (
	codeAccessDenied   = 1045
	codeTooMany        = 1040
	codeLockTimeout    = 1205
	codeQueryTimeout   = 3024
	codeHostNotAllowed = 1130
)

// explain makes an obstacle of what the server answers: it is the learner's, so
// whatever it refuses is a finding about it.
func explain(ctx context.Context, site *labs.Site, host labs.Host, account Account, err error) error {
	var obstacle *labs.Obstacle
	var refused *driver.MySQLError
	switch {
	case err == nil || errors.As(err, &obstacle):
		return err
	case errors.As(err, &refused):
		return &labs.Obstacle{Message: sentence(host, account, refused), Err: err}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &labs.Obstacle{Message: fmt.Sprintf("The server on `%s` did not answer in time. Is something locked, or is it busy?", host.Name), Err: err}
	case brokenOff(err):
		return site.Broken(ctx, host, err)
	}
	return err
}

// brokenOff reports whether a connection ended before the answer did, or was
// answered by what is no server.
func brokenOff(err error) bool {
	for _, one := range []error{driver.ErrInvalidConn, sqldriver.ErrBadConn, driver.ErrMalformPkt, driver.ErrPktSync, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

func sentence(host labs.Host, account Account, refused *driver.MySQLError) string {
	switch refused.Number {
	case codeAccessDenied, codeHostNotAllowed:
		return fmt.Sprintf("`%s` can't log in to `%s`: %s.", account.User, host.Name, refused.Message)
	case codeTooMany:
		return fmt.Sprintf("The server on `%s` has no connection left: too many are open.", host.Name)
	case codeLockTimeout, codeQueryTimeout:
		return fmt.Sprintf("The server on `%s` did not let the question through in time: another session holds a lock, or keeps it busy.", host.Name)
	}
	return fmt.Sprintf("The server on `%s` answers: %s (%d).", host.Name, refused.Message, refused.Number)
}
