//go:build linux

package supervisor

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"endstate/internal/supervisor/wire"
	"endstate/labs"
)

// Where a container sees its own cgroup.
const cgroups = "/sys/fs/cgroup/"

// number returns the number in a file, or the one that follows a name in it; 0 if there is none.
func number(file, name string) int64 {
	data, err := os.ReadFile(cgroups + file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		value := strings.TrimSpace(line)
		if name != "" {
			var found bool
			if value, found = strings.CutPrefix(value, name+" "); !found {
				continue
			}
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err == nil {
			return n
		}
	}
	return 0
}

// unified reports whether the kernel has cgroups of version 2.
func unified() bool {
	_, err := os.Stat(cgroups + "cgroup.controllers")
	return err == nil
}

// oomKills returns how many processes the kernel has killed because the host had no memory left.
func oomKills() int64 {
	if unified() {
		return number("memory.events", "oom_kill")
	}
	return number("memory/memory.oom_control", "oom_kill")
}

// measure returns what the host uses.
func measure() wire.Result {
	if unified() {
		return wire.Result{
			Usage: labs.Usage{
				Worked:    time.Duration(number("cpu.stat", "usage_usec")) * time.Microsecond,
				Throttled: time.Duration(number("cpu.stat", "throttled_usec")) * time.Microsecond,
			},
			Memory: number("memory.current", "") - number("memory.stat", "inactive_file"),
		}
	}
	return wire.Result{
		Usage: labs.Usage{
			Worked:    time.Duration(number("cpuacct/cpuacct.usage", "")),
			Throttled: time.Duration(number("cpu/cpu.stat", "throttled_time")),
		},
		Memory: number("memory/memory.usage_in_bytes", "") - number("memory/memory.stat", "total_inactive_file"),
	}
}

// written returns how many bytes a host has written to its disk since it was made: the size of all
// files that changed since.
func written(made time.Time) (sum int64, err error) {
	root, err := os.Lstat("/")
	if err != nil {
		return 0, err
	}
	device := root.Sys().(*syscall.Stat_t).Dev
	err = filepath.WalkDir("/", func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return skipUnreadable(entry)
		}
		info, err := entry.Info()
		if err != nil {
			return nil // it is gone
		}
		stat := info.Sys().(*syscall.Stat_t)
		if entry.IsDir() && stat.Dev != device {
			return fs.SkipDir
		}
		if info.Mode().IsRegular() && time.Unix(stat.Ctim.Unix()).After(made) {
			sum += stat.Blocks * 512
		}
		return nil
	})
	return sum, err
}

func skipUnreadable(entry fs.DirEntry) error {
	if entry != nil && entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}
