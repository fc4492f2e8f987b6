// Package exams is the domain of exams: the blueprint that a trainer writes, the
// questions that are drawn from it, and the sitting, in which one candidate works
// on them against the clock.
//
//	blueprint ──seed──▶ questions ──candidate──▶ sitting ──end of time──▶ grades ──▶ result
//
// The clock is passed in, and what is remembered lies behind [Store], so that an
// exam outlives the process that started it: there is no daemon.
package exams
