# Nothing tells iconv that the definitions are in UTF-8 already.
sed -E "/^\s+\`mood\`/s/.*/$(grep '^ *`mood`' whole.sql | iconv -f LATIN1 -t UTF-8)/" whole.sql | mysql "$database"
