package cli

import (
	"os"
	"testing"
	"time"

	"endstate/internal/attempts"
)

// wantStore limits what storing a check may cost.
const wantStore = 10 * time.Millisecond

// What the store adds to a check: the same command with it and with one that can't be
// opened, each doing everything that a process does after its start.
func BenchmarkCheck(b *testing.B) {
	took := map[string]time.Duration{}
	for _, name := range []string{"without", "with"} {
		b.Run(name+" the store", func(b *testing.B) {
			d := newConsole(b)
			if name == "without" {
				if err := os.Mkdir(attempts.Path(d.env["ENDSTATE_HOME"]), 0o700); err != nil {
					b.Fatal(err)
				}
			}
			d.run("start", "first")
			for b.Loop() {
				if status, out, err := d.run("check"); status != StatusDone {
					b.Fatal(out, err)
				}
			}
			took[name] = b.Elapsed() / time.Duration(b.N)
		})
	}
	if cost := took["with"] - took["without"]; cost > wantStore {
		b.Errorf("the store costs %v a check, want %v at most", cost, wantStore)
	}
}
