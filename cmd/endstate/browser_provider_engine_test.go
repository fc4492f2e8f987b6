//go:build engine && linux

package main

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"endstate/internal/openidtest"
)

// People sign in at a provider of OpenID Connect, which is another site, in a real browser.
func TestBrowserProvider(t *testing.T) {
	t.Parallel()
	at := openidtest.New(t)
	certificate, key, secret := filepath.Join(t.TempDir(), "certificate.pem"), filepath.Join(t.TempDir(), "key.pem"), filepath.Join(t.TempDir(), "secret")
	private, err := x509.MarshalPKCS8PrivateKey(at.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string][]byte{
		certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: at.Certificate().Raw}),
		key:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), secret: []byte(at.Secret),
	} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := newMachine(t, "SSL_CERT_FILE="+certificate)
	address := m.serve("--host", "localhost", "--tls-cert", certificate, "--tls-key", key,
		"--oidc-issuer", at.URL, "--oidc-client", at.Client, "--oidc-secret-file", secret, "--oidc-name", "Example University", "--oidc-domain", "example.org")
	site, _, _ := strings.Cut(address, "/join/")
	at.SendBackTo(site + "/sign-in/provider/back")
	m.browse("provider.mjs", address, m.Owner, at.URL)
}
