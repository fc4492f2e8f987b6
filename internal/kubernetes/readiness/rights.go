package readiness

import (
	"context"
	"slices"
	"strings"
	"sync"

	authorization "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"endstate/labs"
)

// Rule is a right that Endstate needs, as a role grants it.
type Rule struct {
	Group, Resource string   // a subresource follows a slash
	Verbs           []string // in alphabetical order
}

// Everywhere returns the rights that Endstate needs in the whole cluster, because each lab is a
// namespace of its own. The chart grants exactly these.
func Everywhere() []Rule {
	return []Rule{
		{"", "namespaces", []string{"create", "delete"}},
		{"", "nodes", []string{"list"}}, // to see how much room there is
		{"", "pods", []string{"create", "deletecollection", "get", "list", "watch"}},
		{"", "pods/exec", []string{"create", "get"}}, // get until Kubernetes 1.34, and both from 1.35
		{"", "pods/log", []string{"get"}},
		{"", "resourcequotas", []string{"create"}},
		{"", "serviceaccounts", []string{"get"}},
		{"", "services", []string{"create"}},
		{"networking.k8s.io", "networkpolicies", []string{"create"}},
	}
}

// Beside returns the rights that Endstate needs in the grader's namespace, besides.
func Beside() []Rule {
	return []Rule{
		{"", "configmaps", []string{"create", "delete", "get", "list", "update"}},
		{"", "namespaces", []string{"get"}},
		{"", "pods", []string{"delete"}},
		{"", "pods/ephemeralcontainers", []string{"update"}},
		{"", "secrets", []string{"create", "delete", "get", "list", "patch", "update"}},
	}
}

// asking is how many questions about rights are asked at once.
const asking = 8

// rights asks which of the rights are missing.
func (c Cluster) rights(ctx context.Context) labs.Need {
	type question struct {
		text       string
		attributes authorization.ResourceAttributes
	}
	var questions []question
	add := func(rules []Rule, namespace, where string) {
		for _, rule := range rules {
			resource, sub, _ := strings.Cut(rule.Resource, "/")
			for _, verb := range rule.Verbs {
				questions = append(questions, question{verb + " " + rule.Resource + where, authorization.ResourceAttributes{
					Verb: verb, Group: rule.Group, Resource: resource, Subresource: sub, Namespace: namespace,
				}})
			}
		}
	}
	add(Everywhere(), "", "")
	add(Beside(), c.Namespace, " in "+c.Namespace)
	missing, failed := make([]string, len(questions)), make([]error, len(questions))
	var all sync.WaitGroup
	turns := make(chan struct{}, asking)
	for i, asked := range questions {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			answer, err := c.API.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorization.SelfSubjectAccessReview{
				Spec: authorization.SelfSubjectAccessReviewSpec{ResourceAttributes: &asked.attributes},
			}, metav1.CreateOptions{})
			if failed[i] = err; err == nil && !answer.Status.Allowed {
				missing[i] = asked.text
			}
		})
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return labs.Need{About: "rights", Text: "the cluster does not say what this account may do: " + err.Error(), Advice: "Check with: kubectl auth can-i --list", Fatal: true}
		}
	}
	missing = slices.DeleteFunc(missing, func(text string) bool { return text == "" })
	if len(missing) > 0 {
		return labs.Need{
			About: "rights", Text: "this account may not: " + strings.Join(missing, "; "),
			Advice: "Give it the rights in deploy/helm/endstate/rights.", Fatal: !slices.Equal(missing, []string{"list nodes"}),
		}
	}
	return labs.Need{About: "rights", Text: labs.Count(len(questions), "right") + ", as labs need"}
}
