# Runs a command as another user, and ends it when it has had its time:
#
#   perl -e … PROCESSOR WAITS USER FOLDER COMMAND
#
# The time is the processor's, in seconds, of all that the user runs. The command may also
# wait for so many seconds by itself: to wait for a processor, or for a disk, is not its
# doing. So a right program is right on a busy machine, and one that sleeps ends.
#
# Input: the files of the folder, as a tar archive.
# Exit status: the command's; 124: it used up its time; 125: it waited too long.
use strict;
use warnings;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

my ($processor, $waits, $user, $folder, $command) = @ARGV;
my ($uid, $gid) = (getpwnam $user)[2, 3];
my $pid = fork // die "fork: $!";
if (!$pid) {
    $) = "$gid $gid";
    POSIX::setgid($gid) && POSIX::setuid($uid) or die "become $user: $!";
    # In bash's time, its own included: a command that begins no process is held to it too.
    exec 'bash', '-c', 'cd "$0" && tar -x -f - && ulimit -t "$1" && exec bash -c "$2" < /dev/null', $folder, int($processor) + 1, $command;
    die "exec: $!";
}

my ($used, $idle, $at, %seen) = (0, 0, time);
for (my $pause = 0.01; ; $pause = $pause < 0.1 ? $pause * 1.3 : 0.1) {
    sleep $pause;
    if (waitpid($pid, WNOHANG) == $pid) {
        exit 124 if ($? & 127) == POSIX::SIGXCPU || ($? & 127) == POSIX::SIGKILL && $used > 0.8 * $processor;
        exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
    }
    look();
    exit 124 if $used > $processor;
    exit 125 if $idle > $waits;
}

# look adds up what has been used and waited since the last look. A process that has ended
# meanwhile is missed: who hides by ending all the time is taken for one who waits.
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
