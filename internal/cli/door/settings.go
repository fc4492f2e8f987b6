package door

import (
	"fmt"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/go-units"

	"endstate/internal/desk"
	"endstate/internal/desk/admission"
	"endstate/labs"
)

const (
	defaultCache = "4GiB"
	defaultLife  = "8h"
)

// Setting returns a setting of the environment.
func (p Program) Setting(name, otherwise string) string {
	if value := p.Env(name); value != "" {
		return value
	}
	return otherwise
}

// settings reads the settings of the environment.
func (p Program) settings() (desk.Settings, error) {
	life, err := p.life()
	if err != nil {
		return desk.Settings{}, err
	}
	longest, err := p.longestLife(life)
	if err != nil {
		return desk.Settings{}, err
	}
	cache, err := p.cache()
	if err != nil {
		return desk.Settings{}, err
	}
	store, err := p.store()
	if err != nil {
		return desk.Settings{}, err
	}
	limits, err := p.limits()
	return desk.Settings{Home: p.Home(), Store: store, MongoDB: p.Env("ENDSTATE_MONGODB"), Life: life, Longest: longest, Cache: cache, Record: p.record(), Limits: limits}, err
}

// store returns the URL of the database that the store is in, or "" if it is in the home folder. There may be a
// password in it, so it is never shown.
func (p Program) store() (string, error) {
	url := p.Env("ENDSTATE_STORE")
	if url != "" && !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return "", labs.Misuse("ENDSTATE_STORE is not the URL of a database of PostgreSQL", "Use one such as postgres://USER:PASSWORD@HOST:5432/DATABASE, or leave it empty for a file in ENDSTATE_HOME.")
	}
	return url, nil
}

// limits returns how many labs may run at once, and how much memory they may use.
func (p Program) limits() (l admission.Limits, err error) {
	for name, limit := range map[string]*int{"ENDSTATE_LABS": &l.Labs, "ENDSTATE_PERSON_LABS": &l.PersonLabs} {
		text := p.Setting(name, "0")
		n, parseErr := strconv.Atoi(text)
		if parseErr != nil || n < 0 {
			err = labs.Misuse(fmt.Sprintf("%s is %q, which is not a number of labs", name, text), "Use a number such as 20; 0 is no limit.")
		}
		*limit = n
	}
	for name, limit := range map[string]*int64{"ENDSTATE_MEMORY": &l.Memory, "ENDSTATE_PERSON_MEMORY": &l.PersonMemory} {
		text := p.Setting(name, "0")
		size, parseErr := units.RAMInBytes(text)
		if parseErr != nil || size < 0 {
			err = labs.Misuse(fmt.Sprintf("%s is %q, which is not a valid size", name, text), "Use a size such as 16GiB; 0 is no limit.")
		}
		*limit = size
	}
	return l, err
}

// Home is the folder of the store and the locks.
func (p Program) Home() string {
	if home := p.Env("ENDSTATE_HOME"); home != "" {
		return home
	}
	if data := p.Env("XDG_DATA_HOME"); data != "" {
		return filepath.Join(data, "endstate")
	}
	return filepath.Join(p.Env("HOME"), ".local", "share", "endstate")
}

func (p Program) life() (time.Duration, error) {
	text := p.Setting("ENDSTATE_LIFE", defaultLife)
	life, err := time.ParseDuration(text)
	if err != nil || life < time.Minute {
		return 0, labs.Misuse(fmt.Sprintf("ENDSTATE_LIFE is %q, which is not a valid lifetime", text), "Use a duration of at least a minute, such as 8h or 90m.")
	}
	return life, nil
}

// longestLife returns how long a lab may live with all extensions; 0: as long as the desk lets it.
func (p Program) longestLife(life time.Duration) (time.Duration, error) {
	text := p.Setting("ENDSTATE_LONGEST_LIFE", "")
	if text == "" {
		return 0, nil
	}
	longest, err := time.ParseDuration(text)
	if err != nil || longest < life {
		return 0, labs.Misuse(fmt.Sprintf("ENDSTATE_LONGEST_LIFE is %q, which is not a duration of at least %s", text, life), "Use a duration such as 24h. A lab lives for ENDSTATE_LIFE without extensions.")
	}
	return longest, nil
}

func (p Program) cache() (int64, error) {
	text := p.Setting("ENDSTATE_CACHE", defaultCache)
	size, err := units.RAMInBytes(text)
	if err != nil || size < 0 {
		return 0, labs.Misuse(fmt.Sprintf("ENDSTATE_CACHE is %q, which is not a valid size", text), "Use a size such as 4GiB; 0 keeps no unused snapshots.")
	}
	return size, nil
}

func (p Program) record() bool {
	return !slices.Contains([]string{"off", "no", "0", "false"}, strings.ToLower(p.Env("ENDSTATE_RECORD")))
}

// Owner is the owner of the labs that commands are about.
func (d *Door) Owner() string {
	if d.Flags.Owner != "" {
		return d.Flags.Owner
	}
	if owner := d.Env("ENDSTATE_OWNER"); owner != "" {
		return owner
	}
	if me, err := user.Current(); err == nil {
		return me.Username
	}
	return "learner"
}

// Who is the learner who acts. Anyone with a shell on the machine can reach its engine and its
// files anyway, so the role is admin.
func (d *Door) Who() labs.Learner { return labs.Learner{Name: d.Owner(), Role: labs.RoleAdmin} }
