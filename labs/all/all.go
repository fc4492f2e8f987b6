// Package all lists the families. A new topic is one line here.
package all

import (
	"endstate/labs/answer"
	"endstate/labs/file"
	"endstate/labs/git"
	"endstate/labs/http"
	"endstate/labs/kit"
	"endstate/labs/mongodb"
	"endstate/labs/mysql"
	"endstate/labs/network"
	"endstate/labs/run"
	"endstate/labs/tls"
)

// Families returns every family.
func Families() []kit.Family {
	return []kit.Family{
		mysql.Family(),
		mongodb.Family(),
		git.Family(),
		file.Family(),
		answer.Family(),
		http.Family(),
		run.Family(git.Checkout, mysql.Definitions),
		tls.Family(),
		network.Family(),
	}
}

// Images returns the images of every family.
func Images() []kit.Image {
	var images []kit.Image
	for _, family := range Families() {
		images = append(images, family.Images...)
	}
	return images
}

// Probes returns the probes of every family.
func Probes() []kit.Probe {
	var probes []kit.Probe
	for _, family := range Families() {
		probes = append(probes, family.Probes...)
	}
	return probes
}
