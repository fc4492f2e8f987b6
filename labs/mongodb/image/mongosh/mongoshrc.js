// answer() and answers() record what is graded. check(), task(), hint() and the other in-lab
// commands work here as they do in the shell.
require('/opt/mongosh/answer.js')(globalThis);
require('/opt/mongosh/commands.js')(globalThis);
