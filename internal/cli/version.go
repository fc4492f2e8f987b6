package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
)

func versionCommand(d *door.Door) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version",
		Args:  door.Exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(d.Out, "endstate %s (%s, %s/%s)\n", d.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
