package answer

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"endstate/labs/kit"
)

var asked = &Look{Question: "q1", Values: []string{"layer", "frame"}}

// Each value is observed under its name.
func TestRead(t *testing.T) {
	for _, data := range []string{"3\n17\n", "3\n17", " 3 \n17\r\n"} {
		values, err := asked.read([]byte(data))
		if want := map[string]any{"layer": "3", "frame": "17"}; err != nil || !reflect.DeepEqual(values, want) {
			t.Errorf("%q: %v, %v", data, values, err)
		}
	}
}

// The file may hold anything, as the learner can write to it.
func TestReadAnything(t *testing.T) {
	for _, data := range []string{"", "3\n", "3\n17\n4\n", "3\n\xff\n", strings.Repeat("\n", 9999)} {
		var obstacle *kit.Obstacle
		if values, err := asked.read([]byte(data)); !errors.As(err, &obstacle) || !strings.Contains(obstacle.Message, "`answer q1 LAYER FRAME`") {
			t.Errorf("%q: %v, %v", data, values, err)
		}
	}
}

func TestValidate(t *testing.T) {
	if err := asked.Validate(); err != nil {
		t.Error(err)
	}
	for name, look := range map[string]*Look{
		"a question in capitals": {Question: "Q1", Values: []string{"layer"}},
		"no values":              {Question: "q1"},
		"a value twice":          {Question: "q1", Values: []string{"layer", "frame", "layer"}},
		"a value with a space":   {Question: "q1", Values: []string{"the layer"}},
	} {
		if look.Validate() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
