package mongodb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"

	"go.mongodb.org/mongo-driver/v2/bson"

	"endstate/labs"
	"endstate/labs/kit"
)

// The message for commands and answers.
// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
const (
	opMsg        = 2013
	headerSize   = 16
	sectionStart = headerSize + 5 // four bytes of flags, and one that says that a document follows
	maxPong      = 64 << 10
)

// ping asks a server whether it serves, over one connection. A driver's client makes
// another one to monitor the server, and each costs an exec in the engine.
func ping(ctx context.Context, site kit.Site, host labs.Host, port int) error {
	conn, err := site.Dial(ctx, host, port)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := pingOver(conn); err != nil {
		return fmt.Errorf("ping %s: %w", host.Name, err)
	}
	return nil
}

func pingOver(conn net.Conn) error {
	command, err := bson.Marshal(bson.D{{Key: "ping", Value: 1}, {Key: "$db", Value: "admin"}})
	if err != nil {
		return err
	}
	message := make([]byte, sectionStart, sectionStart+len(command))
	binary.LittleEndian.PutUint32(message, uint32(sectionStart+len(command)))
	binary.LittleEndian.PutUint32(message[4:], 1)
	binary.LittleEndian.PutUint32(message[12:], opMsg)
	if _, err := conn.Write(append(message, command...)); err != nil {
		return err
	}
	var head [4]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return err
	}
	length := binary.LittleEndian.Uint32(head[:])
	if length < sectionStart || length > maxPong {
		return fmt.Errorf("the answer is not MongoDB's: a message of %d bytes", length)
	}
	answer := make([]byte, length)
	if _, err := io.ReadFull(conn, answer[len(head):]); err != nil {
		return err
	}
	var pong struct{ OK float64 }
	if err := bson.Unmarshal(answer[sectionStart:], &pong); err != nil {
		return err
	}
	if pong.OK != 1 {
		return errors.New("it does not serve yet")
	}
	return nil
}
