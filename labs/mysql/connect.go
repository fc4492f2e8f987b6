package mysql

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"endstate/labs"
	"endstate/labs/kit"
)

const (
	port = 3306
	// graderName is the grader's account, which can only connect from inside the server's
	// host.
	graderName = "endstate"
	// How long the server may take to answer, unless its host is slow.
	patience = 4 * time.Second
	// How many looks may use the server at the same time.
	connections = 8
)

// Account is a login for questions. The zero value is the grader's.
type Account struct {
	// The account's name.
	User string `yaml:"user"`
	// Its password.
	Password string `yaml:"password"`
}

func grader(site kit.Site) Account { return Account{User: graderName, Password: site.Record().Secret} }

// session are the settings of every connection. They make sure that no setting of the
// server changes what is seen, nothing is changed, and no wait for a lock is endless.
var session = map[string]string{
	"sql_mode":                 "''",
	"time_zone":                "'+00:00'",
	"lock_wait_timeout":        lockWait(patience),
	"innodb_lock_wait_timeout": lockWait(patience),
	"max_execution_time":       executionTime(patience),
	"group_concat_max_len":     "4194304",
	// Otherwise information_schema caches AUTO_INCREMENT for a day.
	"information_schema_stats_expiry": "0",
	// For transactions that don't say otherwise, even after a procedure has ended one.
	"transaction_read_only": "1",
}

// Shares of a timeout: a lock may be waited for a quarter of it, in whole seconds, and a
// statement that reads may take all but half a second.
func lockWait(limit time.Duration) string { return fmt.Sprint(max(1, int(limit.Seconds())/4)) }

func executionTime(limit time.Duration) string {
	return fmt.Sprint((limit - 500*time.Millisecond).Milliseconds())
}

// connector connects to a server through its own host.
type connector struct {
	site   kit.Site
	host   labs.Host
	config *driver.Config
	once   bool // no retry here: the caller of open retries
	dial   func(context.Context, labs.Host, int) (net.Conn, error)
}

// Connect uses the context's whole time for the engine's part, which is slow under load.
// The server's part has the same timeout as any question.
func (c *connector) Connect(ctx context.Context) (session sqldriver.Conn, err error) {
	if c.once {
		return c.try(ctx, patience)
	}
	err = c.site.Ask(ctx, kit.Question{Host: c.host, Limit: patience, Ask: func(ctx context.Context, limit time.Duration) (err error) {
		session, err = c.try(ctx, limit)
		return err
	}})
	return session, err
}

func (c *connector) try(ctx context.Context, limit time.Duration) (sqldriver.Conn, error) {
	conn, err := c.dial(ctx, c.host, port)
	if err != nil {
		return nil, err
	}
	met, err := largeRow(c.site, c.host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	config := c.config.Clone()
	config.DialFunc = func(context.Context, string, string) (net.Conn, error) { return &packets{Conn: conn, met: met}, nil }
	server, err := driver.NewConnector(config)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	var session sqldriver.Conn
	err = kit.Within(ctx, limit, func(ctx context.Context) (err error) {
		session, err = server.Connect(ctx)
		return err
	}, explain(c.host, c.config.User))
	return session, err
}

// Driver returns the underlying driver.
func (c *connector) Driver() sqldriver.Driver { return driver.MySQLDriver{} }

// open returns a pool of connections to a server, made through the server's own host. The
// grader connects from inside; other accounts connect from where the application does, too.
func open(site kit.Site, host labs.Host, account Account, once bool) *sql.DB {
	config := driver.NewConfig()
	config.User, config.Passwd = account.User, account.Password
	config.Net, config.Addr = "relay", host.Name
	config.Params = session
	config.Logger = &driver.NopLogger{}
	dial := site.DialNetwork
	if account.User == graderName {
		dial = site.Dial
	}
	db := sql.OpenDB(&connector{site: site, host: host, config: config, once: once, dial: dial})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// pool returns the round's pool for an account, shared by all looks.
func pool(site kit.Site, host labs.Host, account Account) (*sql.DB, error) {
	key := fmt.Sprintf("mysql %s %s %s", host.Name, account.User, account.Password)
	return kit.Once(site, key, func() (*sql.DB, error) {
		db := open(site, host, account, false)
		site.OnClose(func() { _ = db.Close() })
		return db, nil
	})
}

// The server's error codes.
// https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html
const (
	codeAccessDenied   = 1045
	codeTooMany        = 1040
	codeDatabaseDenied = 1044
	codeNoDatabase     = 1046
	codeNoSuchDatabase = 1049
	codeLockTimeout    = 1205
	codeDeadlock       = 1213
	codeQueryTimeout   = 3024
	codeHostNotAllowed = 1130
	codeShutdown       = 1053
	codeNotPrepared    = 1295
	codeExpired        = 1862
	codeLocked         = 3118
)

// late are the error codes of a server that gave up.
var late = []uint16{codeLockTimeout, codeDeadlock, codeQueryTimeout}

// explain says what the driver's errors mean. The server is the learner's, so whatever it
// refuses is a finding about it.
func explain(host labs.Host, user string) func(error) error {
	return func(err error) error {
		var refused *driver.MySQLError
		switch {
		case errors.As(err, &refused) && slices.Contains(late, refused.Number):
			return kit.ErrLate
		case errors.As(err, &refused):
			return refusal(host, user, refused)
		case brokenOff(err):
			return kit.ErrBroken
		}
		return nil
	}
}

// brokenOff reports whether a connection ended before the answer did, or whether something
// other than a server answered.
func brokenOff(err error) bool {
	for _, one := range []error{driver.ErrInvalidConn, sqldriver.ErrBadConn, driver.ErrMalformPkt, driver.ErrPktSync, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

func refusal(host labs.Host, user string, refused *driver.MySQLError) *kit.Obstacle {
	switch refused.Number {
	case codeAccessDenied, codeHostNotAllowed:
		return &kit.Obstacle{
			Message: fmt.Sprintf("`%s` can't log in to `%s`: %s.", user, host.Name, refused.Message), Finding: user != graderName, Err: refused,
		}
	case codeTooMany:
		return &kit.Obstacle{
			Message: fmt.Sprintf("The server on `%s` has no free connection: too many are open. Close those that nobody needs.", host.Name), Err: refused,
		}
	}
	return &kit.Obstacle{
		Message: fmt.Sprintf("The server on `%s` answers: %s (%d).", host.Name, refused.Message, refused.Number), Finding: true, Err: refused,
	}
}
