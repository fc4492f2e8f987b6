package main

import (
	"context"
	"os"
	"testing/fstest"
	"time"

	"endstate/labs/file"
	"endstate/labs/git"
	"endstate/labs/kit"
	"endstate/labs/run"
)

// tinyDockerfile builds in two seconds. Its label identifies what the builder makes.
const tinyDockerfile = `
ARG BASE
FROM ${BASE}
ARG KEY
LABEL endstate.tiny=${KEY}
RUN echo "$KEY" && sleep 1 && head --bytes 16 /dev/urandom > /first
RUN sleep 1 && head --bytes 16 /dev/urandom > /second
`

// tiny is main with one more image. The environment variable TINY makes the image unique.
func tiny() {
	p := program(os.Stdin, os.Stdout, os.Stderr)
	p.Images = append(p.Images, kit.Image{Name: "tiny", Builds: []kit.Build{{
		From: []string{"base"}, Args: map[string]string{"KEY": os.Getenv("TINY")},
		Files: fstest.MapFS{"Dockerfile": &fstest.MapFile{Data: []byte(tinyDockerfile)}},
	}}})
	os.Exit(p.Run(context.Background(), os.Args[1:]))
}

// onlyGit is main with one topic, whose images are small.
func onlyGit() {
	p := program(os.Stdin, os.Stdout, os.Stderr)
	p.Families = []kit.Family{git.Family(), file.Family(), run.Family(git.Checkout, nil)}
	os.Exit(p.Run(context.Background(), os.Args[1:]))
}

// later is main with a clock that is ahead by the environment variable LATER. On a shared engine
// it would sweep what others have started.
func later() {
	by, err := time.ParseDuration(os.Getenv("LATER"))
	if err != nil {
		panic(err)
	}
	p := program(os.Stdin, os.Stdout, os.Stderr)
	p.Clock = func() time.Time { return time.Now().Add(by) }
	os.Exit(p.Run(context.Background(), os.Args[1:]))
}
