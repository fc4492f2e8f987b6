// Command endstate runs hands-on labs in containers and grades their end state.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(program(os.Stdin, os.Stdout, os.Stderr).Run(context.Background(), os.Args[1:]))
}
