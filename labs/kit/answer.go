package kit

import (
	"context"
	"errors"
	"fmt"
	"path"

	"endstate/labs"
)

const maxAnswer = 64 << 10 // bytes

// RecordedAnswer returns what the learner recorded as the answer to a question: the file of that
// name, with the ending, in the workspace's folder for answers. An [Obstacle]: nothing is recorded.
func RecordedAnswer(ctx context.Context, site Site, question, ending string) ([]byte, error) {
	host, err := HostOf(site, "")
	if err != nil {
		return nil, err
	}
	files, err := site.Files(ctx, host, path.Join(labs.LearnerHome, labs.AnswersFolder))
	if err != nil && !errors.Is(err, labs.ErrNotFound) {
		return nil, err
	}
	for _, file := range files {
		if file.Path == question+ending && file.Mode.IsRegular() && len(file.Data) <= maxAnswer {
			return file.Data, nil
		}
	}
	return nil, &Obstacle{Message: fmt.Sprintf("Nothing is recorded as %s yet.", question)}
}
