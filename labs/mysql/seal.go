package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"endstate/labs"
	"endstate/labs/kit"
)

// mighty matches accounts that a lab's administrator can't touch: the grader's and the
// server's own.
const mighty = "SELECT CONCAT(\"'\", user, \"'@'\", host, \"'\") FROM mysql.global_grants WHERE priv = 'SYSTEM_USER'"

// sealed queries everything that gives power over the server, and so over its answers:
// accounts that have such power, others' rights, loaded code, and settings. The rights
// handed over with a lab can't change any of it.
const sealed = `
SELECT CONCAT('the account ', user, '@', host) AS subject, SHA2(CONCAT_WS(' ', plugin, authentication_string, account_locked,
       password_expired, ssl_type, max_questions, max_updates, max_connections, max_user_connections, user_attributes), 224) AS state
  FROM mysql.user WHERE CONCAT("'", user, "'@'", host, "'") IN (` + mighty + `)
 UNION ALL
SELECT DISTINCT CONCAT('the right ', privilege_type), '' FROM information_schema.user_privileges
 WHERE privilege_type <> 'USAGE' AND grantee NOT IN (` + mighty + `)
 UNION ALL
SELECT DISTINCT CONCAT('the right ', privilege_type, ' on the database mysql'), '' FROM information_schema.user_privileges p
  JOIN mysql.user u ON grantee = CONCAT("'", user, "'@'", host, "'")
 WHERE privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'INDEX', 'TRIGGER', 'CREATE VIEW', 'CREATE ROUTINE', 'EVENT')
   AND grantee NOT IN (` + mighty + `) AND NOT EXISTS (SELECT 1 FROM JSON_TABLE(u.user_attributes, '$.Restrictions[*]'
       COLUMNS (of_schema VARCHAR(64) PATH '$.Database', lost JSON PATH '$.Privileges')) r
       WHERE of_schema = 'mysql' AND JSON_CONTAINS(lost, JSON_QUOTE(p.privilege_type)))
 UNION ALL
SELECT DISTINCT CONCAT('the right ', privilege_type, ' on the database mysql'), '' FROM
 (SELECT grantee, privilege_type, table_schema FROM information_schema.schema_privileges
   UNION ALL SELECT grantee, privilege_type, table_schema FROM information_schema.table_privileges
   UNION ALL SELECT grantee, privilege_type, table_schema FROM information_schema.column_privileges) given
 WHERE table_schema = 'mysql' AND grantee NOT IN (` + mighty + `)
 UNION ALL
SELECT CONCAT('the plugin ', plugin_name), CONCAT_WS(' ', plugin_status, plugin_library) FROM information_schema.plugins
 UNION ALL
SELECT CONCAT('the component ', component_urn), '' FROM mysql.component
 UNION ALL
SELECT CONCAT('the function ', name), CONCAT_WS(' ', ret, dl, type) FROM mysql.func`

// settings are global variables that decide who may do what, and what runs automatically.
var settings = []string{
	"activate_all_roles_on_login", "authentication_policy", "event_scheduler", "init_connect", "mandatory_roles", "offline_mode",
	"partial_revokes", "plugin_dir", "read_only", "require_secure_transport", "secure_file_priv", "super_read_only",
}

// seal returns the state that must be as at hand-over, by name. Otherwise no answer of the
// server counts.
func seal(ctx context.Context, site kit.Site, host labs.Host) (any, error) {
	query := sealed
	for _, name := range settings {
		query += fmt.Sprintf("\n UNION ALL SELECT 'the setting %[1]s', CAST(@@GLOBAL.%[1]s AS CHAR)", name)
	}
	state := map[string]any{}
	err := visit(ctx, site, host, grader(site), false, func(ctx context.Context, r reader) error {
		return r.each(ctx, query, nil, func(rows *sql.Rows) error {
			var subject string
			var of sql.NullString
			err := rows.Scan(&subject, &of)
			state[subject] = of.String
			return err
		})
	})
	return state, err
}

// intact checks, once a round, that the server is as it was handed over. During setup there
// is no seal yet.
func intact(ctx context.Context, site kit.Site, host labs.Host) error {
	want, ok := site.Record().Seals[host.Name].(map[string]any)
	if !ok {
		return nil
	}
	_, err := kit.Once(site, "mysql seal "+host.ID, func() (any, error) {
		now, err := seal(ctx, site, host)
		if err != nil {
			return nil, err
		}
		state, ok := now.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("the seal of %s is a %T", host.Name, now)
		}
		return nil, broken(host, want, state)
	})
	return err
}

// broken returns an Obstacle that names the differences from the seal.
func broken(host labs.Host, want, now map[string]any) error {
	var odd []string
	for _, subject := range slices.Sorted(maps.Keys(now)) {
		if state, ok := want[subject]; !ok || state != now[subject] {
			odd = append(odd, subject)
		}
	}
	for _, subject := range slices.Sorted(maps.Keys(want)) {
		if _, ok := now[subject]; !ok && !strings.HasPrefix(subject, "the right ") { // a right that nobody has any more is harmless
			odd = append(odd, subject)
		}
	}
	if len(odd) == 0 {
		return nil
	}
	return &kit.Obstacle{Message: fmt.Sprintf(
		"The server on `%s` was given new powers, or lost what the grader relies on, so its answers don't count. New, changed or gone: %s. `reset` undoes that.",
		host.Name, strings.Join(odd[:min(4, len(odd))], ", "))}
}
