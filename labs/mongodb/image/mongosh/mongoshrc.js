// answer() and answers(), for recording what is to be graded.
require('/opt/mongosh/answer.js')(globalThis);
