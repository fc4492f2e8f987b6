package exam

import (
	"testing"

	examdesk "endstate/internal/desk/exam"
	"endstate/labs"
)

// Who gets extra time is told where the terminal shows it.
func TestNoticeOfExtraTime(t *testing.T) {
	for code, want := range map[string]string{
		examdesk.CodeExtraTime: "You have 10 min more. The prompt shows it in the next shell", examdesk.CodeTimeLeft: "You have 10 min more",
	} {
		if got := noticeText(&labs.Problem{Code: code, What: "You have 10 min more"}); got != want {
			t.Errorf("%s: %q", code, got)
		}
	}
}
