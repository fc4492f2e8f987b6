// answer() and answers(), for recording what is to be graded.
load('/opt/mongosh/answer.js');
