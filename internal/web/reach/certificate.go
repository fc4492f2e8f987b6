package reach

import (
	"crypto/tls"
	"sync"
	"time"
)

// lookPause is how often it is looked whether the files of a certificate have changed.
const lookPause = time.Second

// certificate is a certificate from files, which are read again when they change.
type certificate struct {
	file, key string

	mu     sync.Mutex
	loaded *tls.Certificate
	state  string    // of the files when they were read
	looked time.Time // when it was looked last
}

func load(file, key string) (*certificate, error) {
	c := &certificate{file: file, key: key, state: modified(file, key), looked: time.Now()}
	loaded, err := tls.LoadX509KeyPair(file, key)
	if err != nil {
		return nil, cannotRead(file, key, err)
	}
	c.loaded = &loaded
	return c, nil
}

// get returns the certificate as it is in the files. If they can't be used, such as when only one of them was replaced
// yet, the earlier certificate is used on.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < lookPause {
		return c.loaded, nil
	}
	c.looked = time.Now()
	if state := modified(c.file, c.key); state != c.state {
		if loaded, err := tls.LoadX509KeyPair(c.file, c.key); err == nil {
			c.loaded, c.state = &loaded, state
		}
	}
	return c.loaded, nil
}
