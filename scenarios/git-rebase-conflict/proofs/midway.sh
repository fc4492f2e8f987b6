git rebase main
settle
GIT_EDITOR=true git rebase --continue
