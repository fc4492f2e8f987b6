// Package supervisor is the program that is the first process of a host on an engine that can
// neither freeze nor restart one, and that knows no user, environment or folder of a command.
//
// It runs in two ways. As the first process ([Init]) it starts the host's main program, starts it
// again, freezes everything and measures. Each request of an engine is a process of its own
// ([Attend]), which executes a command or reads files itself, and asks the first process for the
// rest.
//
// A learner who has the same user ID as both can't harm them. The kernel lets nobody inside kill
// or stop the first process. Neither it nor an attendant can be traced, as both say so to the kernel
// when they begin; until then, the kernel knows it from their program's file, which can't be read. It
// serves only processes that the engine executed: their parent is outside of the host.
package supervisor
