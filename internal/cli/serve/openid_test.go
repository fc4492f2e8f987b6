package serve

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

var shared = []string{"--listen", "127.0.0.1:0", "--host", "labs.example.org", "--behind-proxy", "127.0.0.1"}

// The server starts without the provider, which is asked only when somebody signs in. Its secret comes from the
// environment or from a file, and no flag has it.
func TestOpenIDConnect(t *testing.T) {
	args := append(shared, "--oidc-issuer", "https://id.invalid", "--oidc-client", "endstate")
	for secret, want := range map[string]string{"": "The client's secret is missing", "secret": ""} {
		d := program(t, io.Discard)
		known := d.Env
		d.Env = func(name string) string {
			if name == "ENDSTATE_OIDC_SECRET" {
				return secret
			}
			return known(name)
		}
		text, err := opened(t, d, args...)
		if want == "" && (err != nil || !strings.Contains(text, "https://labs.example.org/join/")) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("with the secret %q: %v, %s", secret, err, text)
		}
	}
	Command(program(t, io.Discard), nil).Flags().VisitAll(func(f *pflag.Flag) {
		if strings.Contains(f.Name, "secret") && f.Name != "oidc-secret-file" {
			t.Errorf("--%s would show a secret in the list of processes", f.Name)
		}
	})
}
