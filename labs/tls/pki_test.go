package tls_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// issued is a certificate with its key, and those that issued it.
type issued struct {
	certificate *x509.Certificate
	key         crypto.Signer
	chain       [][]byte // itself first
}

// change changes the template of a certificate.
type change func(*x509.Certificate)

// authority changes the template to one of an authority.
func authority(c *x509.Certificate) {
	c.IsCA, c.KeyUsage, c.ExtKeyUsage, c.DNSNames = true, x509.KeyUsageCertSign, nil, nil
}

func named(names ...string) change { return func(c *x509.Certificate) { c.DNSNames = names } }

// valid makes a certificate valid from and until a time, relative to now.
func valid(from, until time.Duration) change {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = time.Now().Add(from), time.Now().Add(until) }
}

var serial int64

// issue makes a certificate for shop.test; without an issuer, it is signed with its own key.
func issue(t *testing.T, by *issued, name string, changes ...change) *issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"shop.test"}, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, one := range changes {
		one(template)
	}
	parent, signer, chain := template, crypto.Signer(key), [][]byte(nil)
	if by != nil {
		parent, signer, chain = by.certificate, by.key, by.chain
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &issued{certificate, key, append([][]byte{der}, chain...)}
}

// pair returns the certificate for a server or a client, with so many of its chain.
func (i *issued) pair(sent int) tls.Certificate {
	return tls.Certificate{Certificate: i.chain[:sent], PrivateKey: i.key}
}

// pem returns the certificate as PEM.
func (i *issued) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.certificate.Raw})
}

func (i *issued) keyPEM(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
