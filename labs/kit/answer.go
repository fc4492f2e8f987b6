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
// name, with the ending, in the workspace's folder for answers. Only that file is copied, so nothing
// beside it is in the way. An [Obstacle]: nothing is recorded, or it is not a file, or too large.
func RecordedAnswer(ctx context.Context, site Site, question, ending string) ([]byte, error) {
	host, err := HostOf(site, "")
	if err != nil {
		return nil, err
	}
	name := path.Join(labs.LearnerHome, labs.AnswersFolder, question+ending)
	files, err := site.Files(ctx, host, name)
	switch {
	case errors.Is(err, labs.ErrNotFound):
		return nil, &Obstacle{Message: fmt.Sprintf("Nothing is recorded as %s yet.", question)}
	case err != nil:
		return nil, err
	case len(files) != 1 || !files[0].Mode.IsRegular(): // an engine leaves out a socket
		return nil, &Obstacle{Message: fmt.Sprintf("`%s` is not a file. Remove it, and record the answer again.", name)}
	case len(files[0].Data) > maxAnswer:
		return nil, &Obstacle{Message: fmt.Sprintf("What is recorded as %s is larger than %s. Record it again.", question, Size(maxAnswer))}
	}
	return files[0].Data, nil
}
