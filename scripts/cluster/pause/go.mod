module endstate/scripts/cluster/pause

go 1.26.0
