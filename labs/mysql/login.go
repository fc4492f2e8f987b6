package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// shadows queries accounts that replace a name at some nearby addresses but not at all of
// them. A lab's network has at least these sixteen addresses.
const shadows = `
WITH RECURSIVE near (n) AS (SELECT INET_ATON(?) & ~15 UNION ALL SELECT n + 1 FROM near WHERE n < INET_ATON(?) | 15),
  accounts AS (SELECT user, host, SUBSTRING_INDEX(host, '/', 1) AS net, SUBSTRING_INDEX(host, '/', -1) AS bits
                 FROM mysql.user WHERE user IN (?, '')),
  masked AS (SELECT user, host, net, CASE WHEN host NOT LIKE '%/%' THEN NULL WHEN bits LIKE '%.%' THEN INET_ATON(bits)
                    ELSE (4294967295 << (32 - bits)) & 4294967295 END AS mask FROM accounts)
SELECT CONCAT("'", user, "'@'", host, "'") FROM masked JOIN near
    ON INET_NTOA(n) LIKE host OR n & mask = INET_ATON(net) GROUP BY user, host HAVING COUNT(*) < 16 ORDER BY 1`

// unshadowed checks, once a round, that a login leads to the same account from every host
// of the lab's network, so that what the grader sees also holds for the application.
func unshadowed(ctx context.Context, site kit.Site, host labs.Host, account Account) error {
	_, err := kit.Once(site, fmt.Sprintf("mysql login %s %s", host.ID, account.User), func() (any, error) {
		var from string
		if err := visit(ctx, site, host, account, false, func(ctx context.Context, r reader) error {
			return r.conn.QueryRowContext(ctx, "SELECT SUBSTRING_INDEX(USER(), '@', -1)").Scan(&from)
		}); err != nil {
			return nil, err
		}
		var found []string
		err := visit(ctx, site, host, grader(site), false, func(ctx context.Context, r reader) error {
			found = nil
			return r.each(ctx, shadows, []any{from, from, account.User}, func(rows *sql.Rows) error {
				var name string
				err := rows.Scan(&name)
				found = append(found, name)
				return err
			})
		})
		if err != nil || len(found) == 0 {
			return nil, err
		}
		return nil, &kit.Obstacle{Finding: true, Message: fmt.Sprintf(
			"`%s` does not reach the same account on `%s` from every host of the network: %s replaces it at some addresses, or only accepts it from some.",
			account.User, host.Name, strings.Join(found, ", "))}
	})
	return err
}
