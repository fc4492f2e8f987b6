git commit --message 'Do what both branches want'
