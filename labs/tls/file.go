package tls

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"endstate/labs"
	"endstate/labs/kit"
)

// read returns the file's content.
func (f File) read(ctx context.Context, site kit.Site) ([]byte, error) {
	if !path.IsAbs(f.Path) {
		return fs.ReadFile(site.Given(), f.Path)
	}
	host, err := kit.HostOf(site, f.Host)
	if err != nil {
		return nil, err
	}
	entries, err := site.Files(ctx, host, f.Path)
	switch {
	case errors.Is(err, labs.ErrNotFound):
		return nil, f.obstacle("There is no file `%s` on `%s`.", host, err)
	case err != nil:
		return nil, err
	case len(entries) != 1 || !entries[0].Mode.IsRegular():
		return nil, f.obstacle("`%s` on `%s` is not a file.", host, nil)
	}
	return entries[0].Data, nil
}

// obstacle says what is wrong with a file of the lab.
func (f File) obstacle(format string, host labs.Host, err error) error {
	return &kit.Obstacle{Message: fmt.Sprintf(format, f.Path, host.Name), Finding: true, Err: err}
}

// pool returns the certificates of a PEM file.
func pool(data []byte) (*x509.CertPool, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(data) {
		return nil, errors.New("it holds no certificate in PEM")
	}
	return roots, nil
}

// pair returns the client's certificates and its key. What the scenario itself does not hold may
// be the learner's work, so it may be wrong.
func (c Client) pair(ctx context.Context, site kit.Site) (tls.Certificate, error) {
	var chain []byte
	for _, file := range c.Certificates {
		data, err := file.read(ctx, site)
		if err != nil {
			return tls.Certificate{}, err
		}
		if block, _ := pem.Decode(data); block == nil {
			return tls.Certificate{}, &kit.Obstacle{Message: fmt.Sprintf("`%s` holds no certificate in PEM.", file.Path), Finding: true}
		}
		chain = append(append(chain, bytes.TrimSpace(data)...), '\n')
	}
	key, err := c.Key.read(ctx, site)
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("client certificate %s: %w", c.Certificates[0].Path, err)
	}
	return pair, nil
}
