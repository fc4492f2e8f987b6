// Package rehearsal helps learners to know by heart what they want to say in an interview: it
// holds guides to the introductory questions, reviews scripts, hides words of them, and compares
// what was said with what was meant.
package rehearsal
