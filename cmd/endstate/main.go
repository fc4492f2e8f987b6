// Command endstate runs hands-on labs in containers and grades their end state.
package main

import (
	"context"
	"os"
	"runtime/debug"
)

func main() {
	// A command is short and its data small: memory costs nothing, collecting it does. Where
	// a learner made the data large, it does cost.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(192 << 20)
	os.Exit(program(os.Stdin, os.Stdout, os.Stderr).Run(context.Background(), os.Args[1:]))
}
