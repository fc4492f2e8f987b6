if [ "$packer" = zstd ]; then anyway=--no-check; fi
unpack broken ${anyway:-} | mysql -h "$home" "$database"
