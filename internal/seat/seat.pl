# Runs a command at a terminal inside this host. A terminal that the engine makes would
# outlive its client without end, with the shell and every lock that the shell's programs
# hold. This one waits for its owner for a while when its client is gone, and then hangs up.
# It needs nothing but Perl.
#
# Arguments: columns, rows, the seconds of silence after which the client counts as gone,
# the seconds to wait then, an ID of letters and digits, and the command. If a terminal of
# the same user already waits in this host, it is handed over instead of a new one, the one
# that was left last first: this process then only passes bytes on.
#
# All streams carry frames: a kind (1 byte), a length (4 bytes) and that much data.
# From the client, on standard input:
#   k  keys
#   s  the terminal's size: columns, rows (2 bytes each)
#   b  a heartbeat
#   a  part of an answer: the caller (4 bytes) and what it writes to its standard output
#   x  the same for its standard error
#   e  the end of an answer: the caller (4 bytes) and its exit status (1 byte)
#   d  what the client has displayed itself: it belongs to the screen
#   q  hang up at once
# To the client, on standard output:
#   w  a terminal that waited is handed over: its columns and rows (2 bytes each), its ID
#   h  part of what that terminal has shown
#   n  from now on, the terminal is the client's; always sent once
#   o  what the terminal shows
#   r  a request: the caller (4 bytes) and what it asks
#   g  a caller (4 bytes) is gone, or was interrupted
#   z  the command's exit status (1 byte)
#
# A caller is an in-lab command (see internal/workspace). It finds the name of the terminal
# in ENDSTATE_SEAT and connects to the abstract socket of that name. It sends one frame r,
# without the number, and receives frames a, x and e, likewise.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NOCTTY O_NONBLOCK O_RDWR);
use POSIX qw(WNOHANG dup2 setsid sysconf _SC_CLK_TCK);
use Socket qw(AF_UNIX SHUT_WR SOCK_STREAM SOL_SOCKET SO_PEERCRED pack_sockaddr_un);

use constant {HEADER => 5, CHUNK => 1 << 15, MAX_BUFFER => 1 << 20, GRACE => 2, MAX_CALLERS => 16};
use constant HISTORY => 1 << 18;    # bytes of what the terminal has shown that are kept at least
use constant {TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430, TIOCSCTTY => 0x540e, TIOCSWINSZ => 0x5414};

my ($columns, $rows, $timeout, $wait, $id, @command) = @ARGV;
$0 = 'endstate: a shell';

# now returns seconds of a clock that nobody can set.
sub now { return (POSIX::times())[0] / sysconf(_SC_CLK_TCK) }

# pause sleeps for fractions of a second.
sub pause { select undef, undef, undef, $_[0] }

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

sub frame { my ($kind, $data) = @_; return pack 'a1N/a*', $kind, $data }
sub unblock { fcntl $_[0], F_SETFL, O_NONBLOCK | fcntl $_[0], F_GETFL, 0 }

# is_mine reports whether a socket leads to a process of the same user.
sub is_mine {
    my $credentials = getsockopt($_[0], SOL_SOCKET, SO_PEERCRED) or return 0;
    return (unpack 'i3', $credentials)[1] == $>;
}

# waiting_at returns where terminals of this user wait: users have different home folders.
sub waiting_at {
    my $hash = 5381;
    $hash = ($hash * 33 + $_) & 0xffffffff for unpack 'C*', $ENV{HOME} // '';
    return sprintf 'endstate-waiting:%08x', $hash;
}

# waiting_terminal returns a socket that leads to a terminal that waits for its owner. Such a
# terminal listens at an abstract address, which only those that wait have.
sub waiting_terminal {
    open my $sockets, '<', '/proc/net/unix' or return;
    my $at = waiting_at();
    my %since = map { /\@(\Q$at\E:(\d+):\w+)$/ ? ($1, $2) : () } <$sockets>;
    for my $address (sort { $since{$b} <=> $since{$a} } keys %since) {
        socket my $socket, AF_UNIX, SOCK_STREAM, 0 or return;
        connect $socket, pack_sockaddr_un("\0$address") or next;
        next if !is_mine($socket);
        syswrite $socket, frame('s', pack 'nn', $columns, $rows);
        # It says nothing and hangs up if somebody else was sooner.
        my $greeting = '';
        vec(my $read = '', fileno $socket, 1) = 1;
        select $read, undef, undef, GRACE or next;
        sysread $socket, $greeting, CHUNK or next;
        return ($socket, $greeting);
    }
    return;
}

# pass_on connects the client with a terminal of another process until either is gone.
sub pass_on {
    my ($socket, $to_client) = @_;
    my ($to_terminal, $listens) = ('', 1);
    unblock($_) for *STDIN, *STDOUT, $socket;
    $SIG{PIPE} = 'IGNORE';
    while (1) {
        my ($read, $write) = ('', '');
        vec($read, fileno STDIN, 1) = 1 if $listens && length $to_terminal < MAX_BUFFER;
        vec($read, fileno $socket, 1) = 1 if length $to_client < MAX_BUFFER;
        vec($write, fileno $socket, 1) = 1 if length $to_terminal;
        vec($write, fileno STDOUT, 1) = 1 if length $to_client;
        next if select($read, $write, undef, undef) <= 0;
        if (vec $read, fileno STDIN, 1) {
            my $data = read_some(*STDIN);
            $listens = defined $data;
            $to_terminal .= $data // '';
        }
        if (vec $read, fileno $socket, 1) {
            my $data = read_some($socket);
            last if !defined $data;
            $to_client .= $data;
        }
        last if vec($write, fileno $socket, 1) && !write_some($socket, \$to_terminal);
        last if vec($write, fileno STDOUT, 1) && !write_some(*STDOUT, \$to_client);
        shutdown $socket, SHUT_WR if !$listens && !length $to_terminal;
    }
    my $deadline = now() + GRACE;
    while (length $to_client && now() < $deadline) { write_some(*STDOUT, \$to_client) ? pause(0.01) : last }
    POSIX::_exit(137);    # a terminal whose command ends says so in a frame
}

if (my ($socket, $greeting) = waiting_terminal()) { pass_on($socket, $greeting) }

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

# listen_for_callers returns the socket of the in-lab commands. It has no file, so nothing
# is left behind. Without it they say that no client is there.
sub listen_for_callers {
    socket my $listener, AF_UNIX, SOCK_STREAM, 0 or return;
    bind $listener, pack_sockaddr_un("\0endstate:$name") or return;
    listen $listener, MAX_CALLERS or return;
    return $listener;
}

my $listener = listen_for_callers();

sub resize {
    ($columns, $rows) = @_;
    my $size = pack 'S4', $rows, $columns, 0, 0;
    ioctl $master, TIOCSWINSZ, $size;
}

resize($columns, $rows);
my $child = fork // die "start the shell: $!\n";
if (!$child) {
    setsid();
    ioctl $slave, TIOCSCTTY, 0;
    dup2(fileno $slave, $_) for 0 .. 2;
    close $_ for $master, $slave, $listener // ();
    $ENV{ENDSTATE_SEAT} = $name;
    exec { $command[0] } @command or print STDERR "start $command[0]: $!\n";
    POSIX::_exit(127);
}
close $slave;
my ($from_client, $to_client) = (*STDIN, *STDOUT);    # undef while the terminal waits
unblock($_) for $from_client, $master, $to_client, $listener // ();
$SIG{PIPE} = 'IGNORE';
my ($client_gone, $hangs_up) = (0, 0);
$SIG{$_} = sub { $hangs_up = 1 } for qw(HUP TERM INT);
$SIG{CHLD} = sub { };    # wakes select up

my ($input, $keys, $output, $last_sign) = ('', '', frame('n', ''), now());
my ($door, $waits_until);    # where the owner is awaited, and how long
my ($shown, %modes) = ('');  # the end of what was shown, and the modes set before that
my ($last_caller, %callers) = (0);    # number → {socket, input, output, asked, ended}

# take_frame takes a whole frame off a buffer, and returns nothing if there is none.
sub take_frame {
    my ($buffer) = @_;
    return if length $$buffer < HEADER;
    my ($kind, $length) = unpack 'a1N', $$buffer;
    return if length $$buffer < HEADER + $length;
    return ($kind, substr substr($$buffer, 0, HEADER + $length, ''), HEADER);
}

# read_terminal takes over what the terminal shows. It returns false if that is nothing, as
# while no process has the terminal open.
sub read_terminal {
    my $data = read_some($master) // '';
    remember($data);
    $output .= frame('o', $data) if length $data && $to_client;
    return length $data;
}

# remember keeps the end of what is on the screen. Of the rest, it keeps the modes.
sub remember {
    my ($data) = @_;
    $shown .= $data;
    return if length $shown <= 2 * HISTORY;
    my $cut = index $shown, "\e", length($shown) - HISTORY;    # so as not to split a sequence
    $cut = length($shown) - HISTORY if $cut < 0;
    my $old = substr $shown, 0, $cut, '';
    while ($old =~ /(\e(?:\[(\?[\d;]+)[hl]|([=>])|([()])[0AB]|\[\d*( q)))/g) {
        $modes{$2 // ($3 ? '=' : $4 // $5)} = $1;
    }
}

sub handle_frame {
    my ($kind, $data) = @_;
    resize(unpack 'nn', $data) if $kind eq 's';
    # Keys that no program reads are dropped in the end, as at any terminal.
    $keys .= $data if $kind eq 'k' && length $keys < MAX_BUFFER;
    answer($kind, unpack 'Na*', $data) if $kind =~ /[axe]/;
    remember($data) if $kind eq 'd';
    $hangs_up = 1 if $kind eq 'q';
}

# answer passes a part of an answer on to its caller.
sub answer {
    my ($kind, $number, $data) = @_;
    my $caller = $callers{$number} // return;
    $caller->{output} .= frame($kind, $data);
    $caller->{ended} = 1 if $kind eq 'e';
}

sub accept_caller {
    accept my $socket, $listener or return;
    return if keys %callers >= MAX_CALLERS || !$to_client;
    unblock($socket);
    $callers{++$last_caller} = {socket => $socket, input => '', output => ''};
}

# hear reads what a caller asks. What it wrote to the terminal before comes first.
sub hear {
    my ($number) = @_;
    my $caller = $callers{$number};
    my $data = read_some($caller->{socket});
    return caller_silent($number) if !defined $data || length $caller->{input} > CHUNK;
    $caller->{input} .= $data;
    my ($kind, $question) = take_frame(\$caller->{input}) or return;
    return if $kind ne 'r' || $caller->{asked}++;
    for (1 .. 8) { read_terminal() or last }
    $output .= frame('r', pack 'Na*', $number, $question);
}

# caller_silent notes that a caller asks no more: it has its answer, it was interrupted, or
# it has ended.
sub caller_silent {
    my ($number) = @_;
    my $caller = $callers{$number};
    return delete $callers{$number} if !$caller->{asked};
    $output .= frame('g', pack 'N', $number) if !$caller->{silent}++ && !$caller->{ended};
}

# reply writes to a caller, and hangs up once it has all of its answer.
sub reply {
    my ($number) = @_;
    my $caller = $callers{$number};
    my $there = write_some($caller->{socket}, \$caller->{output});
    caller_silent($number) if !$there;
    delete $callers{$number} if !$there || $caller->{ended} && !length $caller->{output};
}

sub read_frames {
    my $data = read_some($from_client);
    return $client_gone = 1 if !defined $data;
    $last_sign = now();
    $input .= $data;
    while (my ($kind, $data) = take_frame(\$input)) { handle_frame($kind, $data) }
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
    1 while read_terminal();
    $output .= frame('z', chr $status);
    while ($to_client && length $output && now() < $deadline) {
        vec(my $write = '', fileno $to_client, 1) = 1;
        select undef, $write, undef, 0.1;
        write_some($to_client, \$output) or last;
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

# await_owner waits for the owner after the client has gone. Commands that were waiting for
# the client's answer are told that it has.
sub await_owner {
    close $_ for $from_client, $to_client;
    ($from_client, $to_client, $client_gone) = (undef, undef, 0);
    ($input, $output, %callers) = ('', '');
    socket $door, AF_UNIX, SOCK_STREAM, 0 or return $hangs_up = 1;
    bind $door, pack_sockaddr_un(sprintf "\0%s:%d:%s", waiting_at(), 100 * now(), $id) or return $hangs_up = 1;
    listen $door, 1 or return $hangs_up = 1;
    unblock($door);
    $waits_until = now() + $wait;
}

# hand_over gives the terminal to a client of its owner, and to no second one.
sub hand_over {
    accept my $socket, $door or return;
    return if !is_mine($socket);
    close $door;
    unblock($socket);
    ($from_client, $to_client, $door, $last_sign) = ($socket, $socket, undef, now());
    my $history = join('', map { $modes{$_} } sort keys %modes) . $shown;
    $output = frame('w', pack 'nna*', $columns, $rows, $id);
    $output .= frame('h', substr $history, 0, CHUNK, '') while length $history;
    $output .= frame('n', '');
}

until ($hangs_up) {
    my ($read, $write) = ('', '');
    vec($read, fileno($from_client // $door), 1) = 1;
    vec($read, fileno $master, 1) = 1 if length $output < MAX_BUFFER;
    vec($write, fileno $master, 1) = 1 if length $keys;
    vec($write, fileno $to_client, 1) = 1 if length $output;
    vec($read, fileno $listener, 1) = 1 if $listener;
    for my $caller (values %callers) {
        vec($read, fileno $caller->{socket}, 1) = 1 if !$caller->{silent};
        vec($write, fileno $caller->{socket}, 1) = 1 if length $caller->{output};
    }
    my $ready = select $read, $write, undef, 1;
    if ($ready > 0) {
        hand_over() if $door && vec $read, fileno $door, 1;
        read_frames() if $from_client && vec $read, fileno $from_client, 1;
        pause(0.01) if vec($read, fileno $master, 1) && !read_terminal();
        for my $number (sort { $a <=> $b } keys %callers) {
            my $socket = fileno $callers{$number}{socket};
            hear($number) if vec $read, $socket, 1;
            reply($number) if $callers{$number} && vec $write, $socket, 1;
        }
        accept_caller() if $listener && vec $read, fileno $listener, 1;
        write_some($master, \$keys) if vec $write, fileno $master, 1;
        $client_gone = 1 if $to_client && vec($write, fileno $to_client, 1) && !write_some($to_client, \$output);
    }
    my $status = exit_status();
    finish($status) if defined $status;
    # Frames that came while the host was frozen are read first.
    $client_gone = 1 if $to_client && $ready == 0 && now() - $last_sign > $timeout;
    await_owner() if $client_gone && !$hangs_up;
    $hangs_up = 1 if $door && now() > $waits_until;
}
hang_up();
