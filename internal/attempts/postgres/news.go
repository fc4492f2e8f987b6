package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
)

const (
	// newsPart is how many bytes of news travel at once; PostgreSQL takes fewer than 8,000.
	newsPart = 7000
	// hearPause is how long to wait after the connection was lost on which news come.
	hearPause = 500 * time.Millisecond
)

// Tell tells the other processes something.
func (s *server) Tell(ctx context.Context, news string) error {
	var parts []string
	for left := news; left != "" || len(parts) == 0; {
		n := min(newsPart, len(left))
		for n < len(left) && !utf8.RuneStart(left[n]) {
			n--
		}
		parts = append(parts, left[:n])
		left = left[n:]
	}
	number := s.told.Add(1)
	for i, part := range parts {
		parts[i] = fmt.Sprintf("%s %d %d %d %s", s.id, number, i, len(parts), part)
	}
	// In one statement, so that the parts come in order, one right after the other.
	_, err := s.pool.ExecContext(ctx, "SELECT pg_notify($1, part) FROM unnest($2::text[]) AS part", s.channel(), parts)
	return err
}

// Hear calls heard with what other processes tell, until the context is done. What they tell while
// PostgreSQL can't be reached is lost.
func (s *server) Hear(ctx context.Context, heard func(news string)) {
	for ctx.Err() == nil {
		s.listen(ctx, heard)
		select {
		case <-time.After(hearPause):
		case <-ctx.Done():
		}
	}
}

// listen hears until the connection is lost.
func (s *server) listen(ctx context.Context, heard func(news string)) {
	conn, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{s.channel()}.Sanitize()); err != nil {
		return
	}
	var parts []string
	for {
		told, err := conn.WaitForNotification(ctx)
		if err != nil {
			return
		}
		head := strings.SplitN(told.Payload, " ", 5)
		if len(head) < 5 || head[0] == s.id {
			continue
		}
		if head[2] == "0" {
			parts = nil
		}
		if parts = append(parts, head[4]); strconv.Itoa(len(parts)) == head[3] {
			heard(strings.Join(parts, ""))
		}
	}
}

func (s *server) channel() string { return fmt.Sprintf("endstate_%x", uint64(s.locks.key("news"))) }
