# Proofs run in the workspace, as the learner, in their home folder.
cd ~/"$project" && sed -i "s/whole > /whole >= /" total.py
