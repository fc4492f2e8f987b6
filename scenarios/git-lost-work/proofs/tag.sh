git tag found "$tip"
