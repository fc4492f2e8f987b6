//go:build engine

package http_test

import (
	"strings"
	"testing"

	"endstate/internal/enginetest"
)

// shop is a lab whose workspace runs a service behind nginx, with visitors that count.
const shop = `
-- scenario.yaml --
hosts:
  workspace: {image: web}
  visitors: {image: load}
checks:
  - id: up
    title: The service answers
    points: 50
    http: {await: /, network: true, requests: [{path: /}]}
    expect: answers[0].status == 200 && answers[0].json.up && answers[0].headers["server"].startsWith("nginx")
    otherwise: ${answers[0].status}
  - id: visited
    title: Visitors never met more than a restart
    points: 50
    http: {host: visitors, port: 9090, requests: [{path: /counts}]}
    expect: answers[0].json.good > 0 && answers[0].json.bad == 0
    otherwise: ${answers[0].json}
-- setup/visitors.sh --
cp visitor.py /srv/load/next && mv /srv/load/next /srv/load/visitor.py
-- setup/visitor.py --
import load

shop = load.Target("http://workspace:8080")
good = 0


@load.every(0.1)
def visit():
    global good
    answer = shop.request("GET", "/")
    if answer.status != 200:
        raise load.Failed(answer.status)
    good += 1


@load.tells("/counts")
def counts():
    visit()
    return {"good": good, "bad": len(load.journal.of("failed"))}
-- setup/workspace.sh --
mkdir --parents /srv/shop /etc/sv/shop/log /var/log/shop
cp app.py /srv/shop/
printf '#!/bin/sh\nexec 2>&1\nexec python3 -B /srv/shop/app.py\n' > /etc/sv/shop/run
printf '#!/bin/sh\nexec svlogd /var/log/shop\n' > /etc/sv/shop/log/run
chmod +x /etc/sv/shop/run /etc/sv/shop/log/run
echo 'server { listen 8080; location / { proxy_pass http://127.0.0.1:8000; } }' > /etc/nginx/conf.d/shop.conf
chown -R learner: /srv/shop /etc/sv/shop /var/log/shop /etc/nginx
ln -s /etc/sv/shop /etc/sv/nginx /etc/service/
start-services
until curl --silent --fail http://localhost:8080/; do sleep 0.1; done
-- setup/app.py --
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"up": true}')


ThreadingHTTPServer(("127.0.0.1", 8000), Shop).serve_forever()
`

// A learner runs services as an ordinary user: restarts them, sees their logs, and changes what
// nginx does. Visitors meet no failure in a restart.
func TestServicesAreTheLearners(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(shop)
	lab := r.Lab(v)
	r.Passes(lab, v)
	for _, script := range []string{
		"sv restart shop && sv status shop | grep '^run: shop'",
		"grep --quiet 'GET / HTTP' /var/log/shop/current",
		"nginx -t && sv hup nginx && nginx -s reload && sv restart nginx",
		`test "$(id --user)" != 0 && grep --quiet '^CapEff:.0*$' /proc/self/status`,
		"for program in curl mysql mysqldump nginx openssl sqlite3 sv; do bash --login -c \"command -v $program\" || exit 1; done",
	} {
		if status, out := r.Learner(lab, script); status != 0 {
			t.Errorf("%s: %d, %s", script, status, out)
		}
	}
	r.Passes(lab, v)
	if err := r.Engine.Restart(t.Context(), lab); err != nil {
		t.Fatal(err)
	}
	r.Passes(lab, v)
}

// A service that is away for longer than visitors are patient fails them, and stays counted.
func TestVisitorsCountWhatFails(t *testing.T) {
	t.Parallel()
	r := enginetest.Open(t)
	v := r.Written(shop)
	lab := r.Lab(v)
	if status, out := r.Learner(lab, "sv down shop && sleep 6 && sv up shop"); status != 0 {
		t.Fatal(out)
	}
	report := r.Grade(lab, v)
	if up, visited := r.Result(report, "up"), r.Result(report, "visited"); up.Verdict != "passed" || visited.Verdict != "failed" || strings.Contains(visited.Message, `"bad":0`) {
		t.Errorf("up is %s, visited is %s: %s", up.Verdict, visited.Verdict, visited.Message)
	}
}
