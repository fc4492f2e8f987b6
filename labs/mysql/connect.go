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
	// What takes the server longer is the learner's doing: a lock, or a server that is
	// out of breath.
	patience = 4 * time.Second
	// As many looks may wait for the server side by side.
	connections = 8
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
	"lock_wait_timeout":        "1",
	"innodb_lock_wait_timeout": "1",
	"max_execution_time":       "3500",
	"group_concat_max_len":     "4194304",
	// What information_schema says of AUTO_INCREMENT is remembered for a day otherwise.
	"information_schema_stats_expiry": "0",
}

// connector connects to a server through its own host.
type connector struct {
	site   *labs.Site
	host   labs.Host
	config *driver.Config
}

// Connect has all of its context's time for what the engine does, which under load is
// slow, and none of that counts as the server's.
func (c *connector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	conn, err := c.site.Dial(ctx, c.host, port)
	if err != nil {
		return nil, err
	}
	config := c.config.Clone()
	config.DialFunc = func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	server, err := driver.NewConnector(config)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	session, err := server.Connect(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, silent(c.host, err)
	}
	return session, err
}

// Driver returns the driver's own.
func (c *connector) Driver() sqldriver.Driver { return driver.MySQLDriver{} }

// open returns a pool of connections to a server, made through its own host.
func open(site *labs.Site, host labs.Host, account Account) *sql.DB {
	config := driver.NewConfig()
	config.User, config.Passwd = account.User, account.Password
	config.Net, config.Addr = "relay", host.Name
	config.ParseTime, config.Loc = true, time.UTC
	config.Params = session
	config.Logger = &driver.NopLogger{}
	db := sql.OpenDB(&connector{site: site, host: host, config: config})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// pool returns the round's connections for an account; all looks share them.
func pool(site *labs.Site, host labs.Host, account Account) (*sql.DB, error) {
	key := fmt.Sprintf("mysql %s %s %s", host.Name, account.User, account.Password)
	shared, err := site.Once(key, func() (any, error) {
		db := open(site, host, account)
		site.OnClose(func() { _ = db.Close() })
		return db, nil
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
		return silent(host, err)
	case brokenOff(err):
		return site.Broken(ctx, host, err)
	}
	return err
}

func silent(host labs.Host, cause error) *labs.Obstacle {
	return &labs.Obstacle{Message: fmt.Sprintf("The server on `%s` did not answer in time. Is something locked, or is it busy?", host.Name), Err: cause}
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
