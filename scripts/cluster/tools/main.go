// Command tools does for a cluster of tests what Kubernetes leaves to others.
//
//	tools netpol --kubeconfig FILE --node NAME --services RANGE   enforce network policies on this node
//	tools push PROGRAM REFERENCE                                  push an image of one static program
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tools:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 0 && args[0] == "netpol":
		return enforce(args[1:])
	case len(args) == 3 && args[0] == "push":
		return push(args[1], args[2])
	}
	return errors.New("usage: tools netpol … | tools push PROGRAM REFERENCE")
}
