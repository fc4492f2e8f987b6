# Where the package bash-completion is missing, this finds the words of the command line up to the cursor.
if ! declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
    _get_comp_words_by_ref() {
        local line=${COMP_LINE:0:COMP_POINT}
        read -ra words <<< "$line"
        [[ $line == *[[:space:]] || -z $line ]] && words+=("")
        cword=$(( ${#words[@]} - 1 ))
        cur=${words[cword]} prev=
        (( cword > 0 )) && prev=${words[cword-1]}
    }
fi
