# Gives a command a terminal inside the host that this runs in, for as long as its client
# is there. A terminal of the engine's would outlive its client, with the shell in it and
# all locks that the shell's programs hold. Perl alone is needed.
#
# Arguments: columns, rows, seconds of silence after which the client counts as gone, and
# the command. What comes in are frames: a kind (1 byte), a length (4), and that much data.
#   k  keys
#   s  the terminal's size: columns, rows (2 bytes each)
#   b  the client is there
# What goes out is what the terminal shows. The exit status is the command's.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NOCTTY O_NONBLOCK O_RDWR);
use POSIX qw(WNOHANG dup2 setsid sysconf _SC_CLK_TCK);

use constant {HEADER => 5, CHUNK => 1 << 15, HELD => 1 << 20, GRACE => 2};
use constant {TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430, TIOCSCTTY => 0x540e, TIOCSWINSZ => 0x5414};

my ($columns, $rows, $silence, @command) = @ARGV;
$0 = 'endstate: a shell';

# now returns seconds of a clock that nobody sets.
sub now { return (POSIX::times())[0] / sysconf(_SC_CLK_TCK) }

# pause waits for so many seconds.
sub pause { select undef, undef, undef, $_[0] }

# open_terminal returns the terminal's two ends and the name of the shell's.
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
my $gone = 0;
$SIG{$_} = sub { $gone = 1 } for qw(HUP TERM INT);
$SIG{CHLD} = sub { };    # wakes up who waits

my ($input, $keys, $shown, $heard) = ('', '', '', now());

# take reads what is there and returns it; undef: there is no more to come.
sub take {
    my ($stream) = @_;
    my $got = sysread $stream, my $data, CHUNK;
    return $data if $got;
    return '' if !defined $got && ($!{EAGAIN} || $!{EINTR});
    return undef;
}

# give writes what it can of a buffer; false: nobody reads it any more.
sub give {
    my ($stream, $buffer) = @_;
    my $written = syswrite $stream, $$buffer;
    return $!{EAGAIN} || $!{EINTR} if !defined $written;
    substr $$buffer, 0, $written, '';
    return 1;
}

sub obey {
    my ($kind, $data) = @_;
    resize(unpack 'nn', $data) if $kind eq 's';
    # What no program takes is lost at some time, as at any terminal.
    $keys .= $data if $kind eq 'k' && length $keys < HELD;
}

sub hear {
    my $data = take(*STDIN);
    return $gone = 1 if !defined $data;
    $heard = now();
    $input .= $data;
    while (length $input >= HEADER) {
        my ($kind, $length) = unpack 'a1N', $input;
        last if length $input < HEADER + $length;
        obey($kind, substr $input, HEADER, $length);
        substr $input, 0, HEADER + $length, '';
    }
}

# ended returns the child's exit status once it has one.
sub ended {
    return if waitpid($child, WNOHANG) <= 0;
    return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

# leave writes what is left to be shown, as long as somebody reads it, and ends.
sub leave {
    my ($status) = @_;
    my $late = now() + GRACE;
    while (my $data = take($master)) { $shown .= $data }
    while (length $shown && now() < $late) {
        my ($write, $in) = ('', '');
        vec($write, fileno STDOUT, 1) = 1;
        select undef, $write, undef, 0.1;
        give(*STDOUT, \$shown) or last;
    }
    POSIX::_exit($status);
}

# session returns the processes of the shell's session that still hold its terminal.
sub session {
    my @found;
    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $file, '<', $stat or next;
        my ($pid, $session) = (<$file> // '') =~ /^(\d+) \(.*\) \S+ \d+ \d+ (\d+) /s or next;
        push @found, $pid if $session == $child && grep { (readlink "/proc/$pid/fd/$_" // '') =~ /^\Q$name\E(?: \(deleted\))?$/ } 0 .. 2;
    }
    return @found;
}

# hang_up ends the terminal, as when its window is closed; who does not heed that is killed.
sub hang_up {
    close $master;    # the shell and what is at work in it get SIGHUP
    my $status;
    for (1 .. GRACE * 20) {
        $status //= ended();
        last if defined $status && !session();
        pause(0.05);
    }
    kill 'KILL', session(), defined $status ? () : $child;
    POSIX::_exit($status // 129);
}

until ($gone) {
    my ($read, $write) = ('', '');
    vec($read, fileno STDIN, 1) = 1;
    vec($read, fileno $master, 1) = 1 if length $shown < HELD;
    vec($write, fileno $master, 1) = 1 if length $keys;
    vec($write, fileno STDOUT, 1) = 1 if length $shown;
    my $ready = select $read, $write, undef, 1;
    if ($ready > 0) {
        hear() if vec $read, fileno STDIN, 1;
        if (vec $read, fileno $master, 1) {
            # All who had the terminal open are gone, if it can't be read.
            my $data = take($master);
            defined $data ? $shown .= $data : pause(0.01);
        }
        give($master, \$keys) if vec $write, fileno $master, 1;
        $gone = 1 if vec($write, fileno STDOUT, 1) && !give(*STDOUT, \$shown);
    }
    my $status = ended();
    leave($status) if defined $status;
    # What came while the host was frozen is heard first.
    $gone = 1 if $ready == 0 && now() - $heard > $silence;
}
hang_up();
