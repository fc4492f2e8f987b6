// Package people is the command line's room for accounts: who can sign in to endstate serve, and invitations.
package people

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"endstate/internal/cli/door"
	"endstate/internal/desk/people"
	"endstate/internal/report"
	"endstate/internal/report/wrap"
	"endstate/labs"
)

// options are the options of people and its subcommands.
type options struct {
	*door.Door
	output door.Output
	role   string
	days   int
	at     string // the address of the server, for links
}

// Command returns the command people.
func Command(d *door.Door) *cobra.Command {
	o := &options{Door: d}
	c := &cobra.Command{
		Use:     "people",
		Short:   "Show and manage the accounts of those who sign in to endstate serve",
		Long:    "Show the accounts of those who sign in to endstate serve. The subcommands invite people and manage their accounts, as the page “People” does; a server that runs follows within seconds.",
		Example: "  endstate people\n  endstate people invite --role examiner --at https://labs.example.org\n  endstate people reset ada --at https://labs.example.org",
		Args:    door.CheckSubcommand,
		RunE:    func(c *cobra.Command, _ []string) error { return o.list(c.Context()) },
	}
	d.OutputVar(c, &o.output)
	c.AddCommand(inviteCommand(d), resetCommand(d))
	for _, act := range acts {
		c.AddCommand(act.command(d))
	}
	return c
}

func (o *options) room() (*people.Desk, error) {
	at, err := o.Desk()
	if err != nil {
		return nil, err
	}
	return people.New(at, o.Who()), nil
}

func (o *options) list(ctx context.Context) error {
	room, err := o.room()
	if err != nil {
		return err
	}
	all, err := room.List(ctx, o.Who())
	if err != nil {
		return err
	}
	return o.output.Write(door.Forms{Value: all, Text: func(w io.Writer, _ report.Style) error { return o.write(w, all) }})
}

func (o *options) write(w io.Writer, all []*people.Account) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, "There are no accounts yet. Invite somebody: endstate people invite")
		return err
	}
	rows := [][]string{{"NAME", "ROLE", "SINCE", ""}}
	for _, a := range all {
		state := ""
		if a.Disabled != nil {
			state = "disabled"
		}
		rows = append(rows, []string{report.Visible(a.Name), string(a.Role), a.Created.In(o.Clock().Location()).Format("2 Jan 2006"), state})
	}
	return door.WriteTable(w, rows)
}

func inviteCommand(d *door.Door) *cobra.Command {
	o := &options{Door: d}
	c := &cobra.Command{
		Use:     "invite",
		Short:   "Make a link with which somebody creates an account, once",
		Long:    "Make a link with which somebody creates an account, once: they choose a name and a password. It is shown only now.",
		Example: "  endstate people invite --role learner --days 7 --at https://labs.example.org",
		Args:    door.Exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return o.invite(func(room *people.Desk) (string, *people.Invitation, error) {
				return room.Invite(c.Context(), o.Who(), labs.UserRole(o.role), time.Duration(o.days)*24*time.Hour)
			})
		},
	}
	c.Flags().StringVar(&o.role, "role", string(labs.RoleLearner), "the account's `role`: learner, author, examiner or admin")
	c.Flags().IntVar(&o.days, "days", 7, "for this `number` of days the link can be used: 1 to 30")
	o.linkFlags(c)
	return c
}

func resetCommand(d *door.Door) *cobra.Command {
	o := &options{Door: d}
	c := &cobra.Command{
		Use:     "reset NAME",
		Short:   "Make a link with which somebody chooses a new password, once",
		Long:    "Make a link with which somebody chooses a new password, once, within a day. Until then, the old one works.",
		Example: "  endstate people reset ada --at https://labs.example.org",
		Args:    door.Exactly(1, "the name of an account"),
		RunE: func(c *cobra.Command, args []string) error {
			return o.invite(func(room *people.Desk) (string, *people.Invitation, error) {
				a, err := room.Named(c.Context(), o.Who(), args[0])
				if err != nil {
					return "", nil, err
				}
				return room.Reset(c.Context(), o.Who(), a.ID)
			})
		},
	}
	o.linkFlags(c)
	return c
}

func (o *options) linkFlags(c *cobra.Command) {
	c.Flags().StringVar(&o.at, "at", "http://127.0.0.1:7878", "the `address` of the server, without a path")
	o.OutputVar(c, &o.output)
}

// link is an invitation as programs see it.
type link struct {
	Address string        `json:"address"`
	Name    string        `json:"name,omitempty"` // of the account, if it exists
	Role    labs.UserRole `json:"role"`
	Expires time.Time     `json:"expires"`
}

func (o *options) invite(create func(*people.Desk) (string, *people.Invitation, error)) error {
	room, err := o.room()
	if err != nil {
		return err
	}
	key, invitation, err := create(room)
	if err != nil {
		return err
	}
	made := link{strings.TrimRight(o.at, "/") + "/join/" + key, invitation.Name, invitation.Role, invitation.Expires}
	return o.output.Write(door.Forms{Value: made, Text: func(w io.Writer, _ report.Style) error {
		_, err := fmt.Fprintf(wrap.Behind(w), "%s\nIt works once, until %s.\n", made.Address, made.Expires.In(o.Clock().Location()).Format("2 Jan 2006, 15:04"))
		return err
	}})
}

// act is something that is done with an account.
type act struct {
	name, short, did string
	do               func(*people.Desk, context.Context, labs.Learner, int64) error
}

var acts = []act{
	{"disable", "Keep somebody from signing in, and sign them out", "%s can't sign in any more. What they own stays.", (*people.Desk).Disable},
	{"enable", "Let somebody sign in again", "%s can sign in again.", (*people.Desk).Enable},
	{"sign-out", "Sign somebody out everywhere", "%s is signed out everywhere.", (*people.Desk).EndSessions},
}

func (a act) command(d *door.Door) *cobra.Command {
	o := &options{Door: d}
	return &cobra.Command{
		Use:     a.name + " NAME",
		Short:   a.short,
		Long:    a.short + ".",
		Example: "  endstate people " + a.name + " ada",
		Args:    door.Exactly(1, "the name of an account"),
		RunE: func(c *cobra.Command, args []string) error {
			room, err := o.room()
			if err != nil {
				return err
			}
			account, err := room.Named(c.Context(), o.Who(), args[0])
			if err == nil {
				err = a.do(room, c.Context(), o.Who(), account.ID)
			}
			if err == nil {
				fmt.Fprintf(o.Out, a.did+"\n", report.Visible(account.Name))
			}
			return err
		},
	}
}
