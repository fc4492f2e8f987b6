package images

import (
	"archive/tar"
	"bytes"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"endstate/labs/kit"
)

// hostCA is the name of the host's certificate bundle in every build context. Builds behind
// a proxy that inspects TLS need it for downloads.
const hostCA = "host-ca.crt"

// bundles are the usual paths of the bundle; the first that exists is used.
var bundles = []string{
	"/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Arch, Alpine
	"/etc/pki/tls/certs/ca-bundle.crt",   // Fedora, RHEL
	"/etc/ssl/ca-bundle.pem",             // openSUSE
	"/etc/ssl/cert.pem",                  // macOS, BSD
}

// inherited are environment variables of the host that are passed to builds. Builders know
// the proxy variables; Dockerfiles must declare the others.
var inherited = []string{
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
	"GOPROXY", "GOSUMDB", "GONOSUMDB", "NPM_CONFIG_REGISTRY",
}

// dockerfileName is the name of the file in a build context that says how to build.
const dockerfileName = "Dockerfile"

func recipe(build kit.Build, args map[string]string) (Recipe, error) {
	host := false
	for _, name := range inherited {
		if value := os.Getenv(name); value != "" {
			args[name] = value
			host = host || isLoopback(value)
		}
	}
	context, err := buildContext(build.Files)
	return Recipe{Context: context, Dockerfile: dockerfileName, Args: args, Host: host}, err
}

// isLoopback reports whether a proxy listens only on this machine. A build then needs the
// machine's own network to reach it.
func isLoopback(proxy string) bool {
	u, err := url.Parse(proxy)
	if err != nil {
		return false
	}
	return u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(), "127.") || u.Hostname() == "::1"
}

func relabel(id, ref string, labels map[string]string) Recipe {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	// If a write fails, the archive is broken and the builder rejects it.
	_ = addFile(w, dockerfileName, []byte("FROM "+id+"\n"))
	_ = w.Close()
	return Recipe{Ref: ref, Context: &buffer, Dockerfile: dockerfileName, Labels: labels}
}

func buildContext(files fs.FS) (io.Reader, error) {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		return addFile(w, path, data)
	})
	if err != nil {
		return nil, err
	}
	if err := addFile(w, hostCA, hostBundle()); err != nil {
		return nil, err
	}
	return &buffer, w.Close()
}

// addFile adds a file. Files that start with #! are executable.
func addFile(w *tar.Writer, name string, data []byte) error {
	mode := int64(0o644)
	if bytes.HasPrefix(data, []byte("#!")) {
		mode = 0o755
	}
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(data))}); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

func hostBundle() []byte {
	for _, path := range append([]string{os.Getenv("SSL_CERT_FILE")}, bundles...) {
		if data, err := os.ReadFile(path); err == nil {
			return data
		}
	}
	return nil
}
