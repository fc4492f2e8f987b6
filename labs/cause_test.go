package labs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestCause(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	_, absent := os.Open(nowhere)
	_, isFolder := os.ReadFile(t.TempDir())
	_, number := strconv.ParseUint("many", 10, 64)
	_, dial := net.Dial("unix", nowhere)
	syntax := json.Unmarshal([]byte("{"), new(any))
	kind := json.Unmarshal([]byte(`{"a": "x"}`), new(struct{ A int }))
	for _, test := range []struct {
		err  error
		want string
	}{
		{absent, nowhere + ": there is no such file or folder"},
		{isFolder, ": it is a folder"},
		{number, `"many" is not a valid number`},
		{dial, "nothing answers at " + nowhere + ": there is no such file or folder"},
		{&url.Error{Op: "Get", URL: "http://engine/_ping", Err: dial}, "nothing answers at " + nowhere + ": there is no such file or folder"},
		{syntax, "it is not valid JSON, at byte 1"},
		{kind, "the JSON has a string where it does not belong, at byte 9"},
		{fmt.Errorf("line 3: %w", io.ErrUnexpectedEOF), "line 3: it ends too early"},
		{fmt.Errorf("the engine: %w", context.DeadlineExceeded), "the engine: it took too long"},
		{errors.Join(absent, errors.New("and more")), nowhere + ": there is no such file or folder\nand more"},
		{fmt.Errorf("%w, the first of two", errors.New("one")), "one, the first of two"},
		{errors.New("as it is"), "as it is"},
	} {
		if got := Cause(test.err); !strings.HasSuffix(got, test.want) {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}
