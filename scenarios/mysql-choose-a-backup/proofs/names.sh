# The dumps by what is the matter with them, unpacked as one would from a pipe.
unpack() {
  paste <(echo "$roles") <(echo "$names") | while read -r role name; do
    [ "$role" != "$1" ] || "$packer" --decompress --stdout "${@:2}" backups/"$database-$name".sql.*
  done
}
