git branch --force release main
