# Runs a command as another user, and kills it when its time is up:
#
#   perl -e … PROCESSOR WAITS USER FOLDER COMMAND [clean]
#
# PROCESSOR limits the processor time, in seconds, of everything the user runs. WAITS limits
# the seconds that the command is idle; waiting for a processor or a disk does not count. So
# a correct program passes on a busy machine too, and one that just sleeps is killed.
# With clean, nothing that the user runs or wrote is left in the host.
#
# Standard input: the files of the folder, as a tar archive.
# Exit status: the command's; 124 if it used up its processor time; 125 if it was idle too long.
use strict;
use warnings;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

my ($processor, $waits, $user, $folder, $command, $clean) = @ARGV;
my ($uid, $gid) = (getpwnam $user)[2, 3];
# ulimit counts bash's own time, so a command that starts no process is limited too.
my $pid = start('cd "$0" && tar -x -f - && ulimit -t "$1" && exec bash -c "$2" < /dev/null', $folder, int($processor) + 1, $command);

# The host may have been started long before its files come, and nobody is idle until then.
vec(my $files = '', fileno STDIN, 1) = 1;
select $files, undef, undef, undef;

my ($used, $idle, $at, %seen) = (0, 0, time);
for (my $pause = 0.01; ; $pause = $pause < 0.1 ? $pause * 1.3 : 0.1) {
    sleep $pause;
    if (waitpid($pid, WNOHANG) == $pid) {
        end(124) if ($? & 127) == POSIX::SIGXCPU || ($? & 127) == POSIX::SIGKILL && $used > 0.8 * $processor;
        end($? & 127 ? 128 + ($? & 127) : $? >> 8);
    }
    look();
    end(124) if $used > $processor;
    end(125) if $idle > $waits;
}

# start runs a script of bash as the user, and returns its process.
sub start {
    my $pid = fork // die "fork: $!";
    return $pid if $pid;
    $) = "$gid $gid";
    POSIX::setgid($gid) && POSIX::setuid($uid) or die "become $user: $!";
    exec 'bash', '-c', @_;
    die "exec: $!";
}

sub end {
    my ($status) = @_;
    waitpid start('kill -KILL -1; exec find "$0" /tmp /dev/shm -mindepth 1 -delete', $folder), 0 if $clean;
    exit $status;
}

# look adds the time used and the idle time since the last look. It misses processes that
# have ended in between, so a command that keeps starting short processes counts as idle.
sub look {
    my ($now, $wanted, $stands) = (time, 0, 0);
    for my $task (glob '/proc/[0-9]*/task/*') {
        next if first("$task/status", qr/^Uid:\t(\d+)/m) ne $uid;
        my ($ran, $queued) = map { $_ / 1e9 } split ' ', first("$task/schedstat", qr/^(\d+ \d+)/) or next;
        my $before = $seen{$task} // [0, 0];
        $used += $ran - $before->[0];
        $wanted += $ran - $before->[0] + $queued - $before->[1];
        $seen{$task} = [$ran, $queued];
        $stands ||= first("$task/stat", qr/.*\) ([RD])/s);
    }
    $idle += $now - $at - $wanted if !$stands && $now - $at > $wanted;
    $at = $now;
}

sub first {
    my ($path, $what) = @_;
    open my $file, '<', $path or return '';
    local $/;
    return (<$file> // '') =~ $what ? $1 : '';
}
