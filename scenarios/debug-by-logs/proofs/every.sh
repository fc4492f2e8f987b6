cd ~/"$project"
{
  grep --no-filename " 500$" logs/* | sed -E 's/.* INFO (\S+) .*/first: \1/'
  seq -f 'failed: %g' 40
  printf 'exception: %s\n' TypeError KeyError LookupError
} >> INCIDENT
