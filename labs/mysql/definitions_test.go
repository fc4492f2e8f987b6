package mysql

import "testing"

// In a copy, whoever creates a program is its owner.
func TestDefinerIsLeftOut(t *testing.T) {
	for sql, want := range map[string]string{
		"CREATE DEFINER=`admin`@`%` PROCEDURE `pay`() SELECT 1":                                "CREATE PROCEDURE `pay`() SELECT 1",
		"CREATE DEFINER=`a``b`@`%` TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 1":       "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 1",
		"CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`b` SQL SECURITY DEFINER VIEW `v` AS SELECT 1": "CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW `v` AS SELECT 1",
		"CREATE TABLE `a` (`b` text DEFAULT (_utf8mb4' DEFINER=`a`@`b`'))":                     "CREATE TABLE `a` (`b` text DEFAULT (_utf8mb4' DEFINER=`a`@`b`'))",
	} {
		if got := definer.ReplaceAllString(sql, "$1"); got != want {
			t.Errorf("%s\nbecomes %s\n   want %s", sql, got, want)
		}
	}
}
