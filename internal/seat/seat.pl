# Runs a command at a terminal inside this host, for as long as its client is there. A
# terminal that the engine makes would outlive its client, with the shell and every lock
# that the shell's programs hold. It needs nothing but Perl.
#
# Arguments: columns, rows, the seconds of silence after which the client counts as gone,
# and the command. Standard input carries frames: a kind (1 byte), a length (4 bytes) and
# that much data.
#   k  keys
#   s  the terminal's size: columns, rows (2 bytes each)
#   b  a heartbeat of the client
# Standard output carries what the terminal shows. The exit status is the command's.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NOCTTY O_NONBLOCK O_RDWR);
use POSIX qw(WNOHANG dup2 setsid sysconf _SC_CLK_TCK);

use constant {HEADER => 5, CHUNK => 1 << 15, MAX_BUFFER => 1 << 20, GRACE => 2};
use constant {TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430, TIOCSCTTY => 0x540e, TIOCSWINSZ => 0x5414};

my ($columns, $rows, $timeout, @command) = @ARGV;
$0 = 'endstate: a shell';

# now returns seconds of a clock that nobody can set.
sub now { return (POSIX::times())[0] / sysconf(_SC_CLK_TCK) }

# pause sleeps for fractions of a second.
sub pause { select undef, undef, undef, $_[0] }

# open_terminal returns both ends of a new terminal, and the name of the shell's end.
sub open_terminal {
    sysopen my $master, '/dev/ptmx', O_RDWR | O_NOCTTY or die "open a terminal: $!\n";
    my ($unlocked, $number) = (pack('i', 0), pack('i', 0));
    ioctl $master, TIOCSPTLCK, $unlocked or die "unlock a terminal: $!\n";
    ioctl $master, TIOCGPTN, $number or die "number a terminal: $!\n";
    my $name = '/dev/pts/' . unpack 'i', $number;
    sysopen my $slave, $name, O_RDWR | O_NOCTTY or die "open $name: $!\n";
    return ($master, $slave, $name);
}

my ($master, $slave, $name) = open_terminal();

sub resize {
    my ($columns, $rows) = @_;
    my $size = pack 'S4', $rows, $columns, 0, 0;
    ioctl $master, TIOCSWINSZ, $size;
}

resize($columns, $rows);
my $child = fork // die "start the shell: $!\n";
if (!$child) {
    setsid();
    ioctl $slave, TIOCSCTTY, 0;
    dup2(fileno $slave, $_) for 0 .. 2;
    close $_ for $master, $slave;
    exec { $command[0] } @command or print STDERR "start $command[0]: $!\n";
    POSIX::_exit(127);
}
close $slave;
for my $stream (*STDIN, $master, *STDOUT) {
    fcntl $stream, F_SETFL, O_NONBLOCK | fcntl $stream, F_GETFL, 0;
}
$SIG{PIPE} = 'IGNORE';
my $client_gone = 0;
$SIG{$_} = sub { $client_gone = 1 } for qw(HUP TERM INT);
$SIG{CHLD} = sub { };    # wakes select up

my ($input, $keys, $output, $last_sign) = ('', '', '', now());

# read_some returns what can be read now, or undef at the end of the stream.
sub read_some {
    my ($stream) = @_;
    my $got = sysread $stream, my $data, CHUNK;
    return $data if $got;
    return '' if !defined $got && ($!{EAGAIN} || $!{EINTR});
    return undef;
}

# write_some writes what it can of a buffer. It returns false if the reader is gone.
sub write_some {
    my ($stream, $buffer) = @_;
    my $written = syswrite $stream, $$buffer;
    return $!{EAGAIN} || $!{EINTR} if !defined $written;
    substr $$buffer, 0, $written, '';
    return 1;
}

sub handle_frame {
    my ($kind, $data) = @_;
    resize(unpack 'nn', $data) if $kind eq 's';
    # Keys that no program reads are dropped in the end, as at any terminal.
    $keys .= $data if $kind eq 'k' && length $keys < MAX_BUFFER;
}

sub read_frames {
    my $data = read_some(*STDIN);
    return $client_gone = 1 if !defined $data;
    $last_sign = now();
    $input .= $data;
    while (length $input >= HEADER) {
        my ($kind, $length) = unpack 'a1N', $input;
        last if length $input < HEADER + $length;
        handle_frame($kind, substr $input, HEADER, $length);
        substr $input, 0, HEADER + $length, '';
    }
}

# exit_status returns the shell's exit status, or undef while it runs.
sub exit_status {
    return if waitpid($child, WNOHANG) <= 0;
    return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

# finish writes the rest of the output, as long as it is read, and exits.
sub finish {
    my ($status) = @_;
    my $deadline = now() + GRACE;
    while (my $data = read_some($master)) { $output .= $data }
    while (length $output && now() < $deadline) {
        my $write = '';
        vec($write, fileno STDOUT, 1) = 1;
        select undef, $write, undef, 0.1;
        write_some(*STDOUT, \$output) or last;
    }
    POSIX::_exit($status);
}

# at_terminal returns the processes of the shell's session that have the terminal open.
sub at_terminal {
    my @found;
    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $stat or next;
        my ($pid, $session) = (<$file> // '') =~ /^(\d+) \(.*\) \S+ \d+ \d+ (\d+) /s or next;
        push @found, $pid if $session == $child && grep { (readlink "/proc/$pid/fd/$_" // '') =~ /^\Q$name\E(?: \(deleted\))?$/ } 0 .. 2;
    }
    return @found;
}

# hang_up closes the terminal, as closing its window does, and kills who ignores that.
sub hang_up {
    close $master;    # sends SIGHUP to the shell and its foreground job
    my $status;
    for (1 .. GRACE * 20) {
        $status //= exit_status();
        last if defined $status && !at_terminal();
        pause(0.05);
    }
    kill 'KILL', at_terminal(), defined $status ? () : $child;
    POSIX::_exit($status // 129);
}

until ($client_gone) {
    my ($read, $write) = ('', '');
    vec($read, fileno STDIN, 1) = 1;
    vec($read, fileno $master, 1) = 1 if length $output < MAX_BUFFER;
    vec($write, fileno $master, 1) = 1 if length $keys;
    vec($write, fileno STDOUT, 1) = 1 if length $output;
    my $ready = select $read, $write, undef, 1;
    if ($ready > 0) {
        read_frames() if vec $read, fileno STDIN, 1;
        if (vec $read, fileno $master, 1) {
            # It can't be read while no process has the terminal open.
            my $data = read_some($master);
            defined $data ? $output .= $data : pause(0.01);
        }
        write_some($master, \$keys) if vec $write, fileno $master, 1;
        $client_gone = 1 if vec($write, fileno STDOUT, 1) && !write_some(*STDOUT, \$output);
    }
    my $status = exit_status();
    finish($status) if defined $status;
    # Frames that came while the host was frozen are read first.
    $client_gone = 1 if $ready == 0 && now() - $last_sign > $timeout;
}
hang_up();
