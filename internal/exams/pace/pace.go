// Package pace says whether the par times of an exam's questions fit into its minutes.
package pace

import "endstate/internal/exams"

// Fit says how well the par times of questions fit into an exam's length.
type Fit string

// The fits.
const (
	FitGood  Fit = "good"
	FitTight Fit = "tight" // prepared candidates need more time than there is
	FitLoose Fit = "loose" // they need little of it
)

// looseShare is the part of an exam's length below which its questions are too few or too small.
const looseShare = 0.5

// Pace compares the par times of an exam's questions with its length.
type Pace struct {
	Par     int     `json:"par"`     // minutes, of all questions together
	Minutes float64 `json:"minutes"` // the exam's length, without the spoken questions
	Fit     Fit     `json:"fit"`
}

// Of returns the pace of an exam's questions.
func Of(questions []exams.Question, minutes float64) Pace {
	p := Pace{Minutes: minutes, Fit: FitGood}
	for _, q := range questions {
		p.Par += q.Minutes
	}
	switch par := float64(p.Par); {
	case par > minutes:
		p.Fit = FitTight
	case par < looseShare*minutes:
		p.Fit = FitLoose
	}
	return p
}

// Survey is what happens when an exam is drawn with many seeds.
type Survey struct {
	Topic   string  `json:"topic,omitempty"` // the chosen topic
	Minutes float64 `json:"minutes"`         // the exam's length, without the spoken questions
	Seeds   int     `json:"seeds"`           // how many were tried
	// The sums of par times, in minutes: the smallest and the largest.
	Least int `json:"least"`
	Most  int `json:"most"`
	Tight int `json:"tight"` // seeds at which the par times exceed the length
	Loose int `json:"loose"` // seeds at which they are far below it
}

// surveyed is the number of seeds that a survey tries.
const surveyed = 100

// SurveyOf draws an exam with many seeds. It returns the error of the first that fails.
func SurveyOf(b *exams.Blueprint, bank exams.Bank) (Survey, error) {
	found := Survey{Topic: bank.Topic, Seeds: surveyed}
	var err error
	if found.Minutes, err = bank.Minutes(b); err != nil {
		return found, err
	}
	found.Minutes -= b.Spoken.Minutes()
	for seed := range uint64(surveyed) {
		questions, err := exams.Draw(b, seed+1, bank)
		if err != nil {
			return found, err
		}
		found.add(Of(questions, found.Minutes))
	}
	return found, nil
}

func (s *Survey) add(p Pace) {
	if s.Most == 0 || p.Par < s.Least {
		s.Least = p.Par
	}
	s.Most = max(s.Most, p.Par)
	switch p.Fit {
	case FitGood:
	case FitTight:
		s.Tight++
	case FitLoose:
		s.Loose++
	}
}
