package attempts

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"endstate/internal/exams"
	"endstate/labs"
)

// A learner never finds another's attempts, under any name, but finds those of their own
// exams.
func TestOthersFindNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		ctx, store := t.Context(), open(t, fresh())
		mine := attemptOf(t, store, aLab())
		examined := aLab()
		examined.ID, examined.Owner = "examined", "ada/exam-x"
		inExam := attemptOf(t, store, examined)
		sitting := newSitting("ada", "Ada")
		if err := store.Of(ada).AddExam(ctx, sitting); err != nil {
			t.Fatal(err)
		}
		for who, finds := range map[string]bool{"ada": true, "eve": false, "ad": false, "ada/exam": false, "": false, "%": false} {
			view := store.Of(labs.Learner{Name: who, Role: labs.RoleAdmin})
			for _, name := range []string{strconv.FormatInt(mine.ID, 10), mine.UID, mine.UID[:8], strconv.FormatInt(inExam.ID, 10)} {
				if _, err := view.Find(ctx, name); (err == nil) != finds {
					t.Errorf("%q finds attempt %s: %v", who, name, err)
				}
			}
			list, listErr := view.List(ctx, "")
			outlines, outlinesErr := view.Outlines(ctx, "")
			latest, latestErr := view.Latest(ctx, 5)
			seeds, seedsErr := view.Seeds(ctx, mine.Scenario)
			all, allErr := view.Exams(ctx)
			going, openErr := view.OpenExams(ctx)
			if err := errors.Join(listErr, outlinesErr, latestErr, seedsErr, allErr, openErr); err != nil {
				t.Fatal(err)
			}
			want := 0
			if finds {
				want = 1
			}
			if len(list) != want || len(outlines) != want || len(latest) != want || len(seeds) != want || len(all) != want || len(going) != want {
				t.Errorf("%q finds %d, %d and %d attempts, %d seeds, %d and %d exams, want %d each", who, len(list), len(outlines), len(latest), len(seeds), len(all), len(going), want)
			}
			_, err := view.Exam(ctx, sitting.ID)
			_, changeErr := view.ChangeExam(ctx, sitting.ID, func(*exams.Sitting) error { return nil })
			if (err == nil) != finds || (changeErr == nil) != finds {
				t.Errorf("%q finds exam %d: %v, and changes it: %v", who, sitting.ID, err, changeErr)
			}
		}
	})
}

// Seeing everyone's data takes a role.
func TestEveryoneIsForExaminers(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		store, a := lived(t, fresh())
		for role, sees := range map[labs.UserRole]bool{"": false, labs.RoleLearner: false, labs.RoleAuthor: false, labs.RoleExaminer: true, labs.RoleAdmin: true} {
			view, err := store.Everyone(labs.Learner{Name: "eve", Role: role})
			if (err == nil) != sees {
				t.Errorf("%q sees everyone's data: %v", role, err)
			}
			if err != nil {
				continue
			}
			if found, err := view.Find(t.Context(), a.UID); err != nil || found.ID != a.ID {
				t.Errorf("%q finds %+v, %v", role, found, err)
			}
		}
	})
}

// An import never changes another learner's data.
func TestImportOfAnothersAttempt(t *testing.T) {
	everywhere(t, func(t *testing.T, fresh func() string) {
		from, a := lived(t, fresh())
		text := exported(t, from)
		to := open(t, fresh())
		if _, err := to.Of(ada).Import(t.Context(), strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		forged := strings.NewReplacer(`"owner":"ada"`, `"owner":"eve"`, `"changed":"2026-03-01`, `"changed":"2026-04-01`).Replace(text)
		got, err := to.Of(labs.Learner{Name: "eve"}).Import(t.Context(), strings.NewReader(forged))
		if err != nil || got != (Imported{Unchanged: 1}) || storyOf(t, to, a.UID).Owner != "ada" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
