sed -i 's/^cause:.*/cause: a bug in the new release/' ~/incident.txt
