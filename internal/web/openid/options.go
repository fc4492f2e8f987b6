// Package openid signs people in at a provider of OpenID Connect: with an authorization code, PKCE, and a state and a
// nonce that belong to one browser. It says who they are there, and nothing about what they may do here.
package openid

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"unicode/utf8"

	"endstate/labs"
)

// Options are what the user of a server chooses.
type Options struct {
	Issuer     string       // the address of the provider, exactly as it calls itself; empty: there is none
	Client     string       // the ID that the provider gave to this server
	Secret     string       // the client's secret
	SecretFile string       // a file that has the secret; instead of Secret
	Name       string       // what people call the provider; empty: its host
	Domains    []string     // whose verified e-mail addresses need no invitation
	HTTP       *http.Client // reaches the provider; nil: a client with a timeout
}

const longestName = 40 // of a provider, in characters

// checked returns the options with what was left out, and the secret of the file.
func (o Options) checked(shared bool) (Options, error) {
	issuer, err := url.Parse(o.Issuer)
	switch {
	case err != nil || issuer.Scheme != "https" || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "" || issuer.User != nil:
		return o, labs.Misuse(fmt.Sprintf("%q is not the address of a provider of OpenID Connect", o.Issuer), "Give --oidc-issuer as the provider names it, such as https://id.example.org.")
	case !shared:
		return o, labs.Misuse("Signing in with OpenID Connect is for a server that other machines reach", "Give --tls-cert and --tls-key, or --behind-proxy, too.")
	case o.Client == "":
		return o, labs.Misuse("The ID of this server at the provider is missing", "Register it there, and give the ID with --oidc-client.")
	}
	if o.Name == "" {
		o.Name = issuer.Hostname()
	}
	if o.HTTP == nil {
		o.HTTP = &http.Client{Timeout: answerTimeout}
	}
	if utf8.RuneCountInString(o.Name) > longestName {
		return o, labs.Misuse("The name of the provider is too long for a button", fmt.Sprintf("Use at most %d characters for --oidc-name.", longestName))
	}
	if o.Domains, err = domains(o.Domains); err != nil {
		return o, err
	}
	o.Secret, err = o.secret()
	return o, err
}

func (o Options) secret() (string, error) {
	switch {
	case o.SecretFile == "" && o.Secret == "":
		return "", labs.Misuse("The client's secret is missing", "Give the file that has it with --oidc-secret-file, or set ENDSTATE_OIDC_SECRET.")
	case o.SecretFile == "":
		return o.Secret, nil
	case o.Secret != "":
		return "", labs.Misuse("The client's secret is given twice", "Give --oidc-secret-file or ENDSTATE_OIDC_SECRET, not both.")
	}
	data, err := os.ReadFile(o.SecretFile)
	if err != nil {
		return "", &labs.Problem{Code: labs.CodeFile, What: "The client's secret can't be read", Advice: "It should be in " + o.SecretFile + ".", Usage: true, Err: err}
	}
	if data = bytes.TrimSpace(data); len(data) == 0 {
		return "", &labs.Problem{Code: labs.CodeFile, What: o.SecretFile + " has no secret", Advice: "Put the client's secret in it.", Usage: true}
	}
	return string(data), nil
}

// domains returns domains of e-mail addresses in small letters.
func domains(names []string) ([]string, error) {
	var all []string
	for _, name := range names {
		name = strings.ToLower(strings.TrimPrefix(name, "@"))
		if !strings.Contains(name, ".") || strings.ContainsAny(name, "@*/ ") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
			return nil, labs.Misuse(fmt.Sprintf("%q is not a domain of e-mail addresses", name), "Give a whole domain, such as example.org. Its subdomains are domains of their own.")
		}
		all = append(all, name)
	}
	return all, nil
}
