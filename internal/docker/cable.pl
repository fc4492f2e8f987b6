# Connects the hosts of a lab, and connects a host again when it has been restarted. Everything is
# in the network namespaces of the lab: for each of its networks a bridge in this container's own,
# which has no other way in or out, and from each host's a pair of interfaces to it.
#
# Each argument is a host: ID:NETWORK,NETWORK…
use strict;
use warnings;

use constant {PAUSE => 0.1, LONG => 0.5};

my (@hosts, %bridges);
for my $argument (@ARGV) {
    my ($id, $networks) = split /:/, $argument;
    push @hosts, {id => $id, number => scalar @hosts, networks => [split /,/, $networks]};
}

$ENV{PATH} = "/usr/sbin:/usr/bin:/sbin:/bin";    # the lab's own programs come first otherwise

sub ip { system("ip", @_) == 0 }

# text returns the text of a file below /proc, or "" if the process has ended.
sub text {
    my ($path) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return <$file> // '';
}

# main_process returns the main process of a container. Its namespaces are complete, unlike those
# of what the engine runs there before it.
sub main_process {
    my ($id) = @_;
    opendir my $all, '/proc' or die "/proc: $!";
    for my $process (grep {/^\d+$/} readdir $all) {
        next if text("/proc/$process/comm") ne "docker-init\n";
        return $process if index(text("/proc/$process/cgroup"), $id) >= 0;
    }
    return;
}

sub port { return "p$_[0]{number}-$_[1]" }

sub is_there { return -e "/sys/class/net/$_[0]" }

sub ports { my ($host) = @_; return map { port($host, $_) } 0 .. $#{$host->{networks}} }

# connected reports whether the interfaces lead to the host as it runs now. Those of before a restart
# may outlive it: the kernel keeps a network namespace for connections that can't be closed.
sub connected {
    my ($host) = @_;
    my $process = $host->{process};
    return if !$process || index(text("/proc/$process/cgroup"), $host->{id}) < 0;
    return !grep { !is_there($_) } ports($host);
}

sub connect_host {
    my ($host) = @_;
    my $process = main_process($host->{id}) or return;
    if ($process != ($host->{process} // 0)) {
        ip('link', 'delete', $_) for grep { is_there($_) } ports($host);
        $host->{process} = $process;
    }
    for my $number (0 .. $#{$host->{networks}}) {
        my ($network, $port) = ($host->{networks}[$number], port($host, $number));
        next if is_there($port);
        my $address = sprintf '02:00:00:00:%02x:%02x', $bridges{$network}, $host->{number} + 1;
        ip('link', 'add', 'name', $network, 'netns', $process, 'address', $address, 'type', 'veth', 'peer', 'name', $port)
            && ip('link', 'set', $port, 'master', $network, 'up');
    }
}

for my $network (map { @{$_->{networks}} } @hosts) {
    next if $bridges{$network};
    $bridges{$network} = 1 + keys %bridges;
    ip('link', 'add', 'name', $network, 'type', 'bridge', 'mcast_snooping', 0) && ip('link', 'set', $network, 'up')
        or die "no bridge for $network";
}
my $since = 0;    # pauses with a host that is down
while (1) {
    my @missing = grep { !connected($_) } @hosts;
    connect_host($_) for @missing;
    $since = @missing ? $since + 1 : 0;
    select undef, undef, undef, $since > 50 ? LONG : PAUSE;
}
