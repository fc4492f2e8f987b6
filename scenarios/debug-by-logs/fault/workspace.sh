rm /home/learner/truth
