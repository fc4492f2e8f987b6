package machine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"endstate/internal/attempts"
	"endstate/labs"
)

// Finding is one line of the examination of the machine.
type Finding struct {
	About string        `json:"about"`
	State FindingState  `json:"state"`
	Text  string        `json:"text"`
	Help  *labs.Problem `json:"-"` // what can be done about it; may be nil
}

// FindingState says how good or bad a finding is.
type FindingState string

// The states of findings.
const (
	FindingOK   FindingState = "ok"
	FindingWarn FindingState = "warn"
	FindingBad  FindingState = "bad"
)

// Examine checks whether the machine has everything that labs need.
func (d *Desk) Examine(ctx context.Context, who labs.Learner, emit labs.Emit) []Finding {
	opened := d.parts.Open(ctx, who, emit)
	end := emit.Step(labs.DiagnoseMachine, "")
	defer end(nil)
	found := []Finding{{About: "endstate", State: FindingOK, Text: "version " + d.base.Version}}
	if opened != nil {
		found = append(found, bad("engine", opened))
	} else {
		found = append(found, d.examineEngine(ctx)...)
		found = append(found, d.examineImages(ctx)...)
		found = append(found, d.examineLabs(ctx))
	}
	return append(found, d.examineScenarios(), d.examineStore(ctx))
}

func bad(about string, err error) Finding {
	f := Finding{About: about, State: FindingBad, Text: labs.Cause(err)}
	if errors.As(err, &f.Help) {
		f.Text = f.Help.What
		if f.Help.Err != nil {
			f.Text += " (" + labs.Cause(f.Help.Err) + ")"
		}
	}
	return f
}

func (d *Desk) examineEngine(ctx context.Context) []Finding {
	info, err := d.parts.Backend().Info(ctx)
	if err != nil {
		return []Finding{bad("engine", err)}
	}
	found := []Finding{{
		About: "engine", State: FindingOK,
		Text: fmt.Sprintf("%s %s at %s; %s, %s, %s (%s)", info.Name, info.Version, info.Address,
			info.System, labs.Count(info.CPUs, "processor"), labs.Size(info.Memory), strings.Join(info.Details, ", ")),
	}}
	for _, gap := range info.Gaps {
		found = append(found, Finding{About: gap.Code, State: FindingWarn, Text: gap.What, Help: &labs.Problem{Advice: gap.Advice}})
	}
	if examine := d.parts.Backend().Examine; examine != nil {
		for _, need := range examine(ctx) {
			found = append(found, of(need))
		}
	}
	if info.Data != "" {
		found = append(found, examineDisk(info))
	}
	return found
}

func of(need labs.Need) Finding {
	f := Finding{About: need.About, State: FindingOK, Text: need.Text}
	if need.Advice == "" {
		return f
	}
	f.State, f.Help = FindingWarn, &labs.Problem{Advice: need.Advice, Acts: need.Acts}
	if need.Fatal {
		f.State = FindingBad
	}
	return f
}

// roomWanted is the free space that the engine's disk should have, in bytes.
const roomWanted = 6 << 30

func examineDisk(info labs.EngineInfo) Finding {
	free, err := freeSpace(info.Data)
	if err != nil || info.Elsewhere {
		return Finding{About: "disk", State: FindingOK, Text: info.Data + " is on the engine's machine; its free space can't be seen from here"}
	}
	f := Finding{About: "disk", State: FindingOK, Text: fmt.Sprintf("%s free where the engine keeps its data (%s)",
		labs.Size(free), info.Data)}
	if free < roomWanted {
		f.State = FindingWarn
		f.Help = &labs.Problem{Advice: "Images take about 2 GB and snapshots up to 4 GiB: make room, or lower ENDSTATE_CACHE."}
	}
	return f
}

func (d *Desk) examineImages(ctx context.Context) []Finding {
	there, missing, err := d.parts.Images().Lookup(ctx, d.parts.Images().Names())
	if err != nil {
		return []Finding{bad("images", err)}
	}
	notable := map[string][]string{}
	for _, image := range d.parts.ImageSources() {
		notable[image.Name] = image.Notable
	}
	var found []Finding
	for _, name := range d.parts.Images().Names() {
		if image, ok := there[name]; ok {
			found = append(found, Finding{About: "image " + name, State: FindingOK, Text: describe(image, notable[name])})
		}
	}
	if registry := d.parts.Backend().Push; len(missing) > 0 && registry != "" {
		found = append(found, Finding{
			About: "images", State: FindingWarn, Text: "not in the registry, or of another version of Endstate: " + strings.Join(missing, ", "),
			Help: &labs.Problem{Acts: []labs.Act{{Name: labs.ActImagesPush, For: labs.ForPush, Registry: registry}}},
		})
	} else if len(missing) > 0 {
		found = append(found, Finding{
			About: "images", State: FindingWarn, Text: "not there yet: " + strings.Join(missing, ", "),
			Help: &labs.Problem{
				Advice: "They are built when a scenario first needs them.",
				Acts:   []labs.Act{{Name: labs.ActImagesBuild, For: "All at once"}},
			},
		})
	}
	return found
}

// describe returns an image's size, its server, and the versions of its notable packages.
func describe(image labs.ImageRef, notable []string) string {
	text := labs.Size(image.Size)
	if image.Server != "" {
		text += ", " + image.Server
	}
	for _, key := range notable {
		if version, ok := image.Packages[key]; ok && !strings.Contains(text, version) {
			text += fmt.Sprintf(", %s %s", key, version)
		}
	}
	return text
}

func (d *Desk) examineLabs(ctx context.Context) Finding {
	all, err := d.parts.Stage(labs.Learner{}).Labs(ctx, "")
	if err != nil {
		return bad("labs", err)
	}
	snapshots, err := d.parts.Backend().Snapshots.List(ctx)
	if err != nil {
		return bad("snapshots", err)
	}
	var size int64
	for _, s := range snapshots {
		size += s.Size
	}
	return Finding{About: "labs", State: FindingOK, Text: fmt.Sprintf("%d running; %s, %s", len(all), labs.Count(len(snapshots), "snapshot"), labs.Size(size))}
}

func (d *Desk) examineScenarios() Finding {
	if err := d.parts.Library().Broken(); err != nil {
		return Finding{
			About: "scenarios", State: FindingWarn, Text: labs.Cause(err),
			Help: &labs.Problem{Acts: []labs.Act{{Name: labs.ActLint, For: "Correct them, then"}}},
		}
	}
	return Finding{About: "scenarios", State: FindingOK, Text: fmt.Sprintf("%d", len(d.parts.Library().List()))}
}

func (d *Desk) examineStore(ctx context.Context) Finding {
	store, err := attempts.Open(ctx, d.parts.StorePlace())
	if err != nil {
		return bad("attempts", err)
	}
	defer store.Close()
	return Finding{About: "attempts", State: FindingOK, Text: store.Place()}
}
