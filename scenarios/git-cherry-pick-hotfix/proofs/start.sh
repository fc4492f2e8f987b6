cd "$project"
export GIT_EDITOR=true
fix=$(git log --format=%H --grep "^$subject" main)
if [ "$message" = reference ]; then x=-x; else x=; fi
# mend does to the release's own line what the fix did to that of main.
mend() { sed -i "s|\* $wrong|* $right|" fees.py; }
# refer notes where the last commit comes from, if that is wanted.
refer() { [ -z "$x" ] || git commit --amend --message "$(git log -1 --format=%B)" --message "Taken from ${fix:0:10} on main."; }
