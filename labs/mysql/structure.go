package mysql

import (
	"context"
	"strings"
)

// definitions queries all definitions in one database. It excludes AUTO_INCREMENT counters,
// and what varies with how a dump writes the same thing.
const definitions = `
SELECT 'database' AS kind, '' AS of_table, '' AS name,
       CONCAT_WS(' ', default_character_set_name, default_collation_name, NULLIF(options, '')) AS detail
  FROM information_schema.schemata JOIN information_schema.schemata_extensions USING (schema_name) WHERE schema_name = ?
 UNION ALL
SELECT 'table', table_name, '', CONCAT_WS(' ', engine, table_collation, create_options, table_comment)
  FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'
 UNION ALL
SELECT 'column', table_name, column_name, CONCAT_WS(' ', ordinal_position, column_type, is_nullable, column_default,
       extra, collation_name, generation_expression, column_comment)
  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
 WHERE table_schema = ? AND table_type = 'BASE TABLE'
 UNION ALL
SELECT 'index', table_name, index_name, CONCAT_WS(' ', MAX(non_unique), MAX(index_type), MAX(is_visible),
       GROUP_CONCAT(IFNULL(column_name, expression), ':', IFNULL(sub_part, ''), ':', IFNULL(collation, '') ORDER BY seq_in_index))
  FROM information_schema.statistics WHERE table_schema = ? GROUP BY table_name, index_name
 UNION ALL
SELECT 'foreign key', k.table_name, k.constraint_name, CONCAT_WS(' ', GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position),
       k.referenced_table_schema, k.referenced_table_name, GROUP_CONCAT(k.referenced_column_name ORDER BY k.ordinal_position),
       r.update_rule, r.delete_rule)
  FROM information_schema.key_column_usage k
  JOIN information_schema.referential_constraints r USING (constraint_schema, constraint_name)
 WHERE k.table_schema = ? AND k.referenced_table_name IS NOT NULL
 GROUP BY k.table_name, k.constraint_name, k.referenced_table_schema, k.referenced_table_name, r.update_rule, r.delete_rule
 UNION ALL
SELECT 'check', t.table_name, c.constraint_name, CONCAT_WS(' ', t.enforced, c.check_clause)
  FROM information_schema.check_constraints c
  JOIN information_schema.table_constraints t USING (constraint_schema, constraint_name)
 WHERE t.constraint_schema = ? AND t.constraint_type = 'CHECK'
 UNION ALL
SELECT 'view', table_name, '', CONCAT_WS(' ', security_type, check_option, view_definition)
  FROM information_schema.views WHERE table_schema = ?
 UNION ALL
SELECT 'trigger', event_object_table, trigger_name, CONCAT_WS(' ', action_timing, event_manipulation, action_order, sql_mode, action_statement)
  FROM information_schema.triggers WHERE trigger_schema = ?
 UNION ALL
SELECT 'routine', '', routine_name, CONCAT_WS(' ', routine_type, security_type, (SELECT GROUP_CONCAT(CONCAT_WS(' ', parameter_mode, parameter_name,
       dtd_identifier, character_set_name) ORDER BY ordinal_position) FROM information_schema.parameters
       WHERE specific_schema = routine_schema AND specific_name = r.specific_name AND parameters.routine_type = r.routine_type),
       is_deterministic, sql_data_access, sql_mode, routine_definition)
  FROM information_schema.routines r WHERE routine_schema = ?
 UNION ALL
SELECT 'event', '', event_name, CONCAT_WS(' ', status, event_type, execute_at, interval_value, interval_field, starts, ends, on_completion,
       sql_mode, event_comment, event_definition)
  FROM information_schema.events WHERE event_schema = ?
 ORDER BY 1, 2, 3`

// structure lists all definitions in some databases, and the programs that can't run.
func (r reader) structure(ctx context.Context, databases []string) ([]any, error) {
	all := []any{}
	for _, database := range databases {
		args := make([]any, strings.Count(definitions, "?"))
		for i := range args {
			args[i] = database
		}
		found, err := r.rows(ctx, definitions, args...)
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			row, ok := one.(map[string]any)
			if !ok {
				continue // rows returns no other type
			}
			row["database"], row["table"] = database, row["of_table"]
			delete(row, "of_table")
			all = append(all, row)
		}
		broken, err := r.definers(ctx, database)
		if err != nil {
			return nil, err
		}
		all = append(all, broken...)
	}
	return all, nil
}
