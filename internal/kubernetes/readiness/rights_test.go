package readiness_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"endstate/internal/kubernetes/readiness"
)

// What the chart grants is what doctor asks for.
func TestChartGrantsWhatDoctorAsksFor(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]readiness.Rule{"everywhere.yaml": readiness.Everywhere(), "grader.yaml": readiness.Beside()} {
		text, err := os.ReadFile("../../../deploy/helm/endstate/rights/" + file)
		if err != nil {
			t.Fatal(err)
		}
		var granted []struct {
			Groups    []string `yaml:"apiGroups"`
			Resources []string `yaml:"resources"`
			Verbs     []string `yaml:"verbs"`
		}
		if err := yaml.Unmarshal(text, &granted); err != nil {
			t.Fatal(err)
		}
		var got []readiness.Rule
		for _, rule := range granted {
			for _, group := range rule.Groups {
				for _, resource := range rule.Resources {
					got = append(got, readiness.Rule{Group: group, Resource: resource, Verbs: rule.Verbs})
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-doctor +chart):\n%s", file, diff)
		}
	}
}
