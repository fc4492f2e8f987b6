//go:build engine

package enginetest_test

import (
	"testing"

	"endstate/internal/enginetest"
	"endstate/labs/all"
)

// Every family of labs/all fulfils the contract of families.
func TestFamilies(t *testing.T) {
	t.Parallel()
	for _, family := range all.Families() {
		t.Run(family.Name, func(t *testing.T) {
			t.Parallel()
			enginetest.CheckFamily(t, family, enginetest.ReadContract(t, "../../labs", family.Name))
		})
	}
}
