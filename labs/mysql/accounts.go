package mysql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	"endstate/labs"
	"endstate/labs/kit"
)

// accounts queries all accounts except the grader's, with their logins, roles and rights.
const accounts = `
SELECT CONCAT("'", user, "'@'", host, "'") AS account,
       CONCAT_WS(' ', 'login', plugin, SHA2(authentication_string, 224), account_locked, password_expired, ssl_type,
         max_questions, max_updates, max_connections, max_user_connections, user_attributes) AS detail,
       SHA2(authentication_string, 224) AS password
  FROM mysql.user WHERE CONCAT(user, '@', host) <> '` + graderName + `@127.0.0.1'
 UNION ALL
SELECT grantee, CONCAT_WS(' ', privilege_type, is_grantable), ''
  FROM information_schema.user_privileges WHERE grantee <> "'` + graderName + `'@'127.0.0.1'"
 UNION ALL
SELECT grantee, CONCAT_WS(' ', privilege_type, 'on', table_schema, is_grantable), '' FROM information_schema.schema_privileges
 UNION ALL
SELECT grantee, CONCAT_WS(' ', privilege_type, 'on', table_schema, table_name, is_grantable), '' FROM information_schema.table_privileges
 UNION ALL
SELECT grantee, CONCAT_WS(' ', privilege_type, 'on', table_schema, table_name, column_name, is_grantable), ''
  FROM information_schema.column_privileges
 UNION ALL
SELECT CONCAT("'", user, "'@'", host, "'"), CONCAT_WS(' ', proc_priv, 'on', db, routine_name), '' FROM mysql.procs_priv
 UNION ALL
SELECT CONCAT("'", to_user, "'@'", to_host, "'"), CONCAT_WS(' ', 'role', from_user, from_host, with_admin_option), '' FROM mysql.role_edges
 UNION ALL
SELECT CONCAT("'", user, "'@'", host, "'"), CONCAT_WS(' ', 'role by default', default_role_user, default_role_host), '' FROM mysql.default_roles
 UNION ALL
SELECT CONCAT("'", user, "'@'", host, "'"), CONCAT_WS(' ', 'proxy', proxied_user, proxied_host, with_grant), ''
  FROM mysql.proxies_priv WHERE CONCAT(user, '@', host) <> '` + graderName + `@127.0.0.1'
 ORDER BY 1, 2`

// accounts lists logins, roles and rights. When a password is set again, the server stores
// it with a new salt. So for accounts that accept a known login, that login stands in for
// the stored password.
func (l *Look) accounts(ctx context.Context, r reader, known []string) ([]any, error) {
	rows, err := r.rows(ctx, accounts)
	for _, one := range rows {
		row, ok := one.(map[string]any)
		if !ok {
			continue // rows returns no other type
		}
		account, detail, password := fmt.Sprint(row["account"]), fmt.Sprint(row["detail"]), fmt.Sprint(row["password"])
		if delete(row, "password"); password != "" && slices.Contains(known, account) {
			row["detail"] = strings.Replace(detail, password, "known", 1)
		}
	}
	return rows, err
}

// shut are the server's error codes for refused logins: wrong, expired, locked.
var shut = []uint16{codeAccessDenied, codeExpired, codeLocked}

// loginAccounts returns the accounts reached by the look's logins.
func (l *Look) loginAccounts(ctx context.Context, site kit.Site, host labs.Host) (accounts []string, err error) {
	for _, login := range l.Logins {
		err := visit(ctx, site, host, login, false, func(ctx context.Context, r reader) error {
			var account string
			err := r.conn.QueryRowContext(ctx, `SELECT CONCAT("'", REGEXP_REPLACE(CURRENT_USER(), '@([^@]*)$', "'@'$1'"))`).Scan(&account)
			accounts = append(accounts, account)
			return err
		})
		var refused *driver.MySQLError
		if err != nil && !(errors.As(err, &refused) && slices.Contains(shut, refused.Number)) {
			return nil, err
		}
	}
	return accounts, nil
}
