package tls

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"endstate/labs/kit"
)

// clockTolerance is how far the clock of the host that made a certificate may be ahead.
const clockTolerance = 10 * time.Minute

// observation returns what the connection showed, as the look observes it.
func (s *shaker) observation() map[string]any {
	chain, version, cipher := []any{}, "", ""
	for _, certificate := range s.seen.state.PeerCertificates {
		chain = append(chain, described(certificate))
	}
	problems, says := s.judge()
	if s.seen.done {
		version, cipher = tls.VersionName(s.seen.state.Version), tls.CipherSuiteName(s.seen.state.CipherSuite)
	}
	return map[string]any{
		"version": version, "accepted": s.seen.accepted, "cipher": cipher, "protocol": s.seen.state.NegotiatedProtocol, "chain": chain,
		"problems": problems, "says": says, "asked": s.seen.asked, "authorities": s.seen.authorities, "resumed": s.seen.resumed,
		"alert": s.seen.alert, "failure": s.seen.failure, "status": s.seen.status, "body": s.seen.body,
	}
}

// judge returns all reasons for which a client would not accept the certificate.
func (s *shaker) judge() (problems []string, says string) {
	chain := s.seen.state.PeerCertificates
	if len(chain) == 0 {
		return []string{"chain"}, "the server sends no certificate"
	}
	var words []string
	add := func(problem, format string, args ...any) {
		problems, words = append(problems, problem), append(words, fmt.Sprintf(format, args...))
	}
	leaf, at := chain[0], time.Now()
	if leaf.NotBefore.After(at) && leaf.NotBefore.Sub(at) < clockTolerance {
		at = leaf.NotBefore
	}
	switch {
	case at.After(leaf.NotAfter):
		add("expired", "it expired on %s", leaf.NotAfter.UTC().Format(time.DateOnly))
		at = leaf.NotAfter // what else is wrong
	case at.Before(leaf.NotBefore):
		add("early", "it is not valid before %s", leaf.NotBefore.UTC().Format(time.DateOnly))
		at = leaf.NotBefore
	}
	if leaf.VerifyHostname(s.name) != nil {
		add("name", "it is not for %s, but for %s", s.name, kit.ShownName(cmp.Or(strings.Join(alternatives(leaf), ", "), "no name at all")))
	}
	if problem, why := s.unchained(chain, at); problem != "" {
		add(problem, "%s", why)
	} else if soon := time.Now().AddDate(0, 0, s.days); at.Before(leaf.NotAfter) && s.days > 0 && s.ends(chain, soon) {
		add("expiring", "in %d days it is no longer valid (it ends on %s), or its authority is not", s.days, leaf.NotAfter.UTC().Format(time.DateOnly))
	}
	return problems, strings.Join(words, "; ")
}

// ends reports whether a chain that is valid now is no longer valid at a time.
func (s *shaker) ends(chain []*x509.Certificate, at time.Time) bool {
	problem, _ := s.unchained(chain, at)
	return problem != ""
}

// unchained returns why the chain does not lead to a root.
func (s *shaker) unchained(chain []*x509.Certificate, at time.Time) (problem, why string) {
	between := x509.NewCertPool()
	for _, certificate := range chain[1:] {
		between.AddCert(certificate)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: s.roots, Intermediates: between, CurrentTime: at})
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
		return "", ""
	case errors.As(err, &invalid):
		return invalidity(invalid)
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return "chain", fmt.Sprintf("the certificates that the server sends (%d) don't lead to the root that clients trust", len(chain))
	}
	return "other", kit.Shown(strings.TrimPrefix(err.Error(), "x509: "))
}

func invalidity(err x509.CertificateInvalidError) (problem, why string) {
	switch err.Reason {
	case x509.Expired:
		return "expired", fmt.Sprintf("the certificate of its authority, %s, is not valid at this time", kit.ShownName(err.Cert.Subject.String()))
	case x509.IncompatibleUsage:
		return "purpose", "it is not meant for servers"
	case x509.CANotAuthorizedForThisName, x509.CANotAuthorizedForExtKeyUsage, x509.UnconstrainedName, x509.TooManyConstraints:
		return "constraints", "its authority may not issue certificates for this name or purpose"
	case x509.NotAuthorizedToSign, x509.TooManyIntermediates:
		return "chain", "a certificate in the chain may not issue this one"
	}
	return "other", kit.Shown(strings.TrimPrefix(err.Error(), "x509: "))
}

// described returns a certificate as the look observes it.
func described(c *x509.Certificate) map[string]any {
	return map[string]any{
		"subject": c.Subject.String(), "issuer": c.Issuer.String(), "names": alternatives(c),
		"from": c.NotBefore, "until": c.NotAfter, "serial": fmt.Sprintf("%x", c.SerialNumber),
		"key": keyKind(c), "keyDigest": digest(c.RawSubjectPublicKeyInfo), "digest": digest(c.Raw),
		"ca": c.BasicConstraintsValid && c.IsCA, "pathLength": pathLength(c),
		"permitted": constraints(c.PermittedDNSDomains, c.PermittedIPRanges, c.PermittedEmailAddresses),
		"excluded":  constraints(c.ExcludedDNSDomains, c.ExcludedIPRanges, c.ExcludedEmailAddresses),
		"purposes":  purposes(c),
	}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// alternatives returns the names that a certificate is for.
func alternatives(c *x509.Certificate) []string {
	all := slices.Concat(c.DNSNames, c.EmailAddresses)
	for _, address := range c.IPAddresses {
		all = append(all, address.String())
	}
	return all
}

func constraints(domains []string, ranges []*net.IPNet, mails []string) []string {
	all := slices.Concat(domains, mails)
	for _, one := range ranges {
		all = append(all, one.String())
	}
	return all
}

func keyKind(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return c.PublicKeyAlgorithm.String()
}

// pathLength returns how many authorities may follow; -1 if there is no limit.
func pathLength(c *x509.Certificate) int {
	if !c.BasicConstraintsValid || c.MaxPathLen == 0 && !c.MaxPathLenZero {
		return -1
	}
	return c.MaxPathLen
}

func purposes(c *x509.Certificate) (all []string) {
	known := map[x509.ExtKeyUsage]string{
		x509.ExtKeyUsageAny: "any", x509.ExtKeyUsageServerAuth: "serverAuth", x509.ExtKeyUsageClientAuth: "clientAuth",
		x509.ExtKeyUsageCodeSigning: "codeSigning", x509.ExtKeyUsageEmailProtection: "emailProtection",
	}
	for _, usage := range c.ExtKeyUsage {
		if name := known[usage]; name != "" {
			all = append(all, name)
		}
	}
	return all
}

// names returns the names of authorities in a certificate request.
func names(authorities [][]byte) (all []string) {
	for _, raw := range authorities {
		var sequence pkix.RDNSequence
		if _, err := asn1.Unmarshal(raw, &sequence); err == nil {
			var name pkix.Name
			name.FillFromRDNSequence(&sequence)
			all = append(all, name.String())
		}
	}
	return all
}
