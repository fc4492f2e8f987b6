package labs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Cause words the cause of a problem for people: what Go's own errors say, without how Go says it.
func Cause(err error) string {
	if text := plain(err); text != "" {
		return text
	}
	if joined, is := err.(interface{ Unwrap() []error }); is {
		var texts []string
		for _, one := range joined.Unwrap() {
			texts = append(texts, Cause(one))
		}
		return strings.Join(texts, "\n")
	}
	inner := errors.Unwrap(err)
	if inner == nil {
		return err.Error()
	}
	if before, is := strings.CutSuffix(err.Error(), inner.Error()); is {
		return before + Cause(inner)
	}
	return err.Error()
}

// plain words the errors of Go's own packages. It returns "" for others.
func plain(err error) string {
	switch err {
	case io.EOF, io.ErrUnexpectedEOF:
		return "it ends too early"
	case context.DeadlineExceeded, os.ErrDeadlineExceeded:
		return "it took too long"
	case context.Canceled:
		return "it was cancelled"
	}
	switch err := err.(type) {
	case *fs.PathError:
		if err.Path == "." { // the root of an [fs.FS], which the message has named
			return reason(err.Err)
		}
		return err.Path + ": " + reason(err.Err)
	case *os.LinkError:
		return err.New + ": " + reason(err.Err)
	case *os.SyscallError:
		return reason(err.Err)
	case *url.Error: // its text is the request, which nobody made by hand
		return Cause(err.Err)
	case *net.OpError:
		if err.Op == "dial" && err.Addr != nil {
			return fmt.Sprintf("nothing answers at %s: %s", err.Addr, reason(err.Err))
		}
		return reason(err.Err)
	case *strconv.NumError:
		return fmt.Sprintf("%q is not a valid number", err.Num)
	case *json.SyntaxError:
		return fmt.Sprintf("it is not valid JSON, at byte %d", err.Offset)
	case *json.UnmarshalTypeError:
		return fmt.Sprintf("the JSON has a %s where it does not belong, at byte %d", err.Value, err.Offset)
	}
	return ""
}

// reason says why a call of the system failed.
func reason(err error) string {
	switch {
	case errors.Is(err, syscall.ENOENT):
		return "there is no such file or folder"
	case errors.Is(err, syscall.ENOTDIR):
		return "a part of the path is not a folder"
	case errors.Is(err, syscall.EISDIR):
		return "it is a folder"
	case errors.Is(err, syscall.EINVAL):
		return "the system does not accept this name"
	}
	return Cause(err)
}
