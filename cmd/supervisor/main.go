//go:build linux

// Command supervisor is the first process of a host on Kubernetes, and serves the engine's requests
// there; see the package of that name. It is part of the images that endstate images push writes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"endstate/internal/supervisor"
)

func main() {
	if len(os.Args) < 2 {
		fail(2, "usage: supervisor init [--user NAME] [--restart] [--] [COMMAND …] | supervisor attend | supervisor gate")
	}
	switch os.Args[1] {
	case "init":
		options := supervisor.Options{Log: os.Stderr}
		flags := flag.NewFlagSet("init", flag.ExitOnError)
		flags.StringVar(&options.User, "user", "", "the main program's user")
		flags.BoolVar(&options.Restart, "restart", false, "start the main program again when it ends")
		flags.Func("mode", "permissions of a folder, as OCTAL:FOLDER", func(given string) error {
			mode, folder, _ := strings.Cut(given, ":")
			bits, err := strconv.ParseUint(mode, 8, 16)
			options.Folders = append(options.Folders, supervisor.Folder{Path: folder, Mode: uint32(bits)})
			return err
		})
		_ = flags.Parse(os.Args[2:])
		options.Command = flags.Args()
		if err := supervisor.Init(options); err != nil {
			fail(1, err)
		}
	case "attend":
		if err := supervisor.Attend(os.Stdin, os.Stdout); err != nil {
			fail(1, err)
		}
	case "gate":
		if err := supervisor.Gate(); errors.Is(err, supervisor.ErrOpen) {
			fail(75, err)
		}
	default:
		fail(2, "unknown command "+os.Args[1])
	}
}

func fail(status int, why any) {
	fmt.Fprintln(os.Stderr, "supervisor:", why)
	os.Exit(status)
}
