package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	klabels "k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ktypes "k8s.io/apimachinery/pkg/types"

	"endstate/internal/supervisor/wire"
	"endstate/labs"
)

// snapshotRepository names the images of snapshots: KEY-HOST, one image per host.
const snapshotRepository = "endstate/snapshot"

const recordKey = "record"

// Snapshots keeps snapshots: the state of each host is a layer on its image, in the registry. What
// identifies one is a secret in the grader's namespace, with the record. It is written last, so a
// snapshot is there as a whole or not at all.
type Snapshots struct{ engine *Engine }

// Snapshots returns the engine's cache of snapshots.
func (e *Engine) Snapshots() Snapshots { return Snapshots{engine: e} }

var secrets = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}

// Keep stores the hosts of a lab as a snapshot, side by side. Each stands still while it is read.
func (s Snapshots) Keep(ctx context.Context, lab *labs.Lab, snapshot labs.Snapshot, record labs.Record) error {
	text, err := record.Encode()
	if err != nil {
		return fmt.Errorf("keep a snapshot of %s: %w", snapshot.Scenario, err)
	}
	refs, sizes, failed := make([]string, len(lab.Hosts)), make([]int64, len(lab.Hosts)), make([]error, len(lab.Hosts))
	var all sync.WaitGroup
	for i, host := range lab.Hosts {
		refs[i] = snapshotRepository + ":" + snapshot.Key + "-" + host.Name
		all.Go(func() { sizes[i], failed[i] = s.keepHost(ctx, host, refs[i]) })
	}
	all.Wait()
	if err := errors.Join(errors.Join(failed...), context.Cause(ctx)); err != nil {
		return fmt.Errorf("keep a snapshot of %s: %w", snapshot.Scenario, err)
	}
	var size int64
	images := make([]string, len(refs))
	for i, host := range lab.Hosts {
		size += sizes[i]
		images[i] = host.Name + "=" + refs[i]
	}
	now := s.engine.Now().UTC().Format(time.RFC3339)
	secret := &core.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:   objectName(kindSnapshot, snapshot.Key),
			Labels: map[string]string{labelKind: kindSnapshot, labelSnapshot: labelValue(snapshot.Key), labelScenario: labelValue(snapshot.Scenario)},
			Annotations: map[string]string{
				labelSnapshot: snapshot.Key, labelScenario: snapshot.Scenario, noteSeed: strconv.FormatUint(snapshot.Seed, 10), noteSaved: snapshot.Name,
				noteImages: strings.Join(images, ","), noteSize: strconv.FormatInt(size, 10), noteMade: now, noteUsed: now, noteVersion: s.engine.version,
			},
		},
		Data: map[string][]byte{recordKey: []byte(text)},
	}
	api := s.engine.api.CoreV1().Secrets(s.engine.namespace)
	if _, err = api.Create(ctx, secret, metav1.CreateOptions{}); apierrors.IsAlreadyExists(err) {
		_, err = api.Update(ctx, secret, metav1.UpdateOptions{}) // somebody made it at the same time
	}
	if err != nil {
		return failure(err, "keep a snapshot of %s", snapshot.Scenario)
	}
	return nil
}

// keepHost stores the state of a host as an image, and returns the size of what is added.
func (s Snapshots) keepHost(ctx context.Context, host labs.Host, ref string) (int64, error) {
	e := s.engine
	namespace, name, _ := splitID(host.ID)
	pod, err := e.api.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return 0, failure(err, "look at host %s", host.Name)
	}
	base, err := e.images.find(ctx, pod.Annotations[noteBase])
	if err != nil {
		return 0, err
	}
	account, err := e.ask(ctx, host, wire.Request{Account: &base.User})
	if err != nil {
		return 0, fmt.Errorf("look up the user of host %s: %w", host.Name, err)
	}
	labels := map[string]string{imageUser: fmt.Sprintf("%d:%d", account.UID, account.GID)}
	there, err := e.ask(ctx, host, wire.Request{Present: strings.Split(base.Labels[imageState], ":")})
	if err != nil {
		return 0, fmt.Errorf("look for the state of host %s: %w", host.Name, err)
	}
	thaw, err := e.Freeze(ctx, host, false)
	if err != nil {
		return 0, err
	}
	state, err := e.archive(ctx, host, wire.Request{Save: there.Present}, "save host "+host.Name)
	if err != nil {
		return 0, errors.Join(err, thaw())
	}
	size, err := e.images.keep(ctx, base, ref, inArchive(there.Present), labels, state)
	return size, errors.Join(err, state.Close(), thaw())
}

// inArchive returns folders as an archive names them.
func inArchive(folders []string) []string {
	names := make([]string, len(folders))
	for i, folder := range folders {
		names[i] = strings.TrimPrefix(folder, "/")
	}
	return names
}

// Find returns a snapshot, and marks it as used now.
func (s Snapshots) Find(ctx context.Context, key string, hosts []string) (*labs.Snapshot, error) {
	name := objectName(kindSnapshot, key)
	used := fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, noteUsed, s.engine.Now().UTC().Format(time.RFC3339))
	found, err := s.engine.metadata.Resource(secrets).Namespace(s.engine.namespace).Patch(ctx, name, ktypes.MergePatchType, []byte(used), metav1.PatchOptions{})
	if err != nil {
		return nil, failure(err, "find snapshot %s", key)
	}
	snapshot := snapshotOf(found.Annotations)
	if snapshot.Key != key {
		return nil, labs.ErrNotFound
	}
	failed := make([]error, len(hosts))
	var all sync.WaitGroup
	for i, host := range hosts {
		ref := snapshot.Images[host]
		if ref == "" {
			return nil, labs.ErrNotFound
		}
		all.Go(func() { _, failed[i] = s.engine.images.registry.Find(ctx, ref) })
	}
	all.Wait()
	return snapshot, errors.Join(failed...)
}

func snapshotOf(notes map[string]string) *labs.Snapshot {
	seed, _ := strconv.ParseUint(notes[noteSeed], 10, 64)
	size, _ := strconv.ParseInt(notes[noteSize], 10, 64)
	made, _ := time.Parse(time.RFC3339, notes[noteMade])
	snapshot := &labs.Snapshot{
		Key: notes[labelSnapshot], Scenario: notes[labelScenario], Seed: seed, Size: size, Name: notes[noteSaved], Made: made, Images: map[string]string{},
	}
	for entry := range strings.SplitSeq(notes[noteImages], ",") {
		if host, ref, ok := strings.Cut(entry, "="); ok {
			snapshot.Images[host] = ref
		}
	}
	return snapshot
}

// Record returns the record of a lab: a copy of that of its snapshot, made when the lab started.
func (s Snapshots) Record(ctx context.Context, lab *labs.Lab) (labs.Record, error) {
	secret, err := s.engine.api.CoreV1().Secrets(s.engine.namespace).Get(ctx, objectName(kindRecord, lab.ID), metav1.GetOptions{})
	if err == nil && secret.Annotations[labelOwner] != lab.Owner {
		err = labs.ErrNotFound
	}
	if err != nil {
		return labs.Record{}, failure(err, "load the record of lab %s", lab.ID)
	}
	return labs.DecodeRecord(string(secret.Data[recordKey]))
}

// copyRecord copies the record of a lab's snapshot, so that it stays when the snapshot is dropped.
func (e *Engine) copyRecord(ctx context.Context, lab labs.Lab) error {
	if lab.Snapshot == "" || lab.Role != labs.RoleLab {
		return nil
	}
	api := e.api.CoreV1().Secrets(e.namespace)
	from, err := api.Get(ctx, objectName(kindSnapshot, lab.Snapshot), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil // it was started without a record
	}
	if err != nil {
		return failure(err, "load the record of snapshot %s", lab.Snapshot)
	}
	labels := labLabels(lab)
	labels[labelKind] = kindRecord
	_, err = api.Create(ctx, &core.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: objectName(kindRecord, lab.ID), Labels: labels, Annotations: map[string]string{labelLab: lab.ID, labelOwner: lab.Owner}},
		Data:       maps.Clone(from.Data),
	}, metav1.CreateOptions{})
	if err != nil {
		return failure(err, "keep the record of lab %s", lab.ID)
	}
	return nil
}

// List lists all snapshots.
func (s Snapshots) List(ctx context.Context) ([]labs.Snapshot, error) {
	found, err := s.engine.metadata.Resource(secrets).Namespace(s.engine.namespace).List(ctx, metav1.ListOptions{LabelSelector: klabels.Set{labelKind: kindSnapshot}.String()})
	if err != nil {
		return nil, failure(err, "list snapshots")
	}
	all := make([]labs.Snapshot, len(found.Items))
	for i := range found.Items {
		all[i] = *snapshotOf(found.Items[i].Annotations)
	}
	return all, nil
}

// LastUsed returns when a snapshot was last used.
func (s Snapshots) LastUsed(ctx context.Context, snapshot labs.Snapshot) (time.Time, error) {
	found, err := s.engine.metadata.Resource(secrets).Namespace(s.engine.namespace).Get(ctx, objectName(kindSnapshot, snapshot.Key), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, failure(err, "ask when snapshot %s was used", snapshot.Key)
	}
	return time.Parse(time.RFC3339, found.Annotations[noteUsed])
}

// Drop deletes a snapshot unless a lab uses it.
func (s Snapshots) Drop(ctx context.Context, snapshot labs.Snapshot) (bool, error) {
	using, err := s.engine.api.CoreV1().ConfigMaps(s.engine.namespace).List(ctx, metav1.ListOptions{
		LabelSelector: klabels.Set{labelKind: kindLab, labelSnapshot: labelValue(snapshot.Key)}.String(),
	})
	if err != nil {
		return false, failure(err, "drop snapshot %s", snapshot.Key)
	}
	if len(using.Items) > 0 {
		return false, nil
	}
	err = s.engine.api.CoreV1().Secrets(s.engine.namespace).Delete(ctx, objectName(kindSnapshot, snapshot.Key), metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return false, failure(err, "drop snapshot %s", snapshot.Key)
	}
	for _, ref := range slices.Sorted(maps.Values(snapshot.Images)) {
		if err := s.engine.images.remove(ctx, ref); err != nil {
			return false, err
		}
	}
	return true, nil
}
