// Package exams is the domain of exams: the blueprint that a trainer writes, the questions
// drawn from it, and the sitting, in which one candidate answers them against the clock.
//
//	blueprint ──seed──▶ questions ──candidate──▶ sitting ──end of time──▶ grades ──▶ result
//
// The clock is passed in and all state is in [Store], so that an exam outlives the process
// that started it: there is no daemon.
package exams
