# Proofs run in the workspace, as the learner, in their home folder.
cd ~/"$project" && git revert --no-edit HEAD~1
