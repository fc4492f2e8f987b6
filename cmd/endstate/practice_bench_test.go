package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// manyAttempts is more than a learner makes in years of practice.
const manyAttempts = 10_000

// wantAnswer is how long a command that looks back at them may take.
const wantAnswer = 100 * time.Millisecond

// practised creates a home with that many attempts, spread over all scenarios.
func practised(tb testing.TB) {
	tb.Helper()
	tb.Setenv("ENDSTATE_HOME", tb.TempDir())
	tb.Setenv("ENDSTATE_OWNER", "ada")
	var names bytes.Buffer
	if status := program(strings.NewReader(""), &names, &names).Run(context.Background(), []string{"list"}); status != 0 {
		tb.Fatal(names.String())
	}
	var scenarios []string
	for _, line := range strings.Split(strings.TrimSpace(names.String()), "\n")[1:] {
		scenarios = append(scenarios, strings.Fields(line)[0])
	}
	var lines strings.Builder
	begin := time.Date(2020, 1, 1, 18, 0, 0, 0, time.UTC)
	for i := range manyAttempts {
		at := begin.Add(time.Duration(i) * 5 * time.Hour)
		stamp, end, score := at.Format(time.RFC3339), at.Add(20*time.Minute).Format(time.RFC3339), i*37%101
		fmt.Fprintf(&lines, `{"endstate":1,"attempt":"%032x","lab":"l","scenario":%q,"minutes":12,"seed":%d,"owner":"ada","started":%q,"ended":%q,"changed":%q,"worked":%q,`+
			`"checks":1,"active":660000000000,"score":%d,"took":660000000000,"unaided":%d,"rounds":[{"at":%q,"report":{"score":%d,"total":100}}]}`+"\n",
			i, scenarios[i%len(scenarios)], i, stamp, end, end, end, score, score, end, score)
	}
	var out bytes.Buffer
	if status := program(strings.NewReader(lines.String()), &out, &out).Run(context.Background(), []string{"import"}); status != 0 {
		tb.Fatal(out.String())
	}
}

// Looking back at ten thousand attempts: the whole command, except for starting its process.
func BenchmarkLookBack(b *testing.B) {
	practised(b)
	for _, command := range []string{"progress", "next", "history"} {
		b.Run(command, func(b *testing.B) {
			for b.Loop() {
				var out bytes.Buffer
				if status := program(strings.NewReader(""), &out, &out).Run(context.Background(), []string{command}); status != 0 {
					b.Fatal(out.String())
				}
			}
			if took := b.Elapsed() / time.Duration(b.N); took > wantAnswer {
				b.Errorf("%s took %v, want at most %v", command, took, wantAnswer)
			}
		})
	}
}
