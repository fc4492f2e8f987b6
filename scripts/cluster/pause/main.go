// Command pause is the first process of every pod: it keeps the pod's namespaces open, and reaps
// the processes that the pod's containers leave in a process namespace that they share with it.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	children, end := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	for {
		select {
		case <-end:
			return
		case <-children:
			for reaped := 1; reaped > 0; {
				reaped, _ = syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			}
		}
	}
}
