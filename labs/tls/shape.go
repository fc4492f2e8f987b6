package tls

import "endstate/labs"

// Shape describes the observation.
func (l *Look) Shape() *labs.Shape {
	texts := labs.ListOf(labs.Text)
	certificate := labs.RecordOf(map[string]*labs.Shape{
		"subject": labs.Text, "issuer": labs.Text, "names": texts, "from": labs.Moment, "until": labs.Moment, "serial": labs.Text,
		"key": labs.Text, "keyDigest": labs.Text, "digest": labs.Text, "ca": labs.Truth, "pathLength": labs.Whole,
		"permitted": texts, "excluded": texts, "purposes": texts,
	})
	return labs.RecordOf(map[string]*labs.Shape{
		"version": labs.Text, "accepted": texts, "cipher": labs.Text, "protocol": labs.Text, "chain": labs.ListOf(certificate), "problems": texts,
		"says": labs.Text, "asked": labs.Truth, "authorities": texts, "resumed": labs.Truth, "alert": labs.Text, "failure": labs.Text,
		"status": labs.Whole, "body": labs.Text,
	})
}
