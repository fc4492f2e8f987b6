# Multiplexes connections to ports of its host over standard input and output. One process
# serves all connections of a round, because starting a process takes longer than a query.
# It needs only Perl, which every Debian and Ubuntu has.
#
# Both directions carry frames: channel number (4 bytes), kind (1), length (4), data.
#   o  in: open the channel, "port tries" or "port tries network"; out: the channel is open
#   d  data
#   c  the channel is closed; out, if it was never open: the reason
use strict;
use warnings;
use Errno qw(EAGAIN EINPROGRESS EINTR);
use Socket qw(INADDR_LOOPBACK PF_INET SOCK_NONBLOCK SOCK_STREAM SOL_SOCKET SO_ERROR pack_sockaddr_in);

use constant {HEADER => 9, CHUNK => 1 << 15, PAUSE => 0.02};

# address returns the host's loopback address, or with a place its address in the network.
sub address {
    my ($place) = @_;
    return INADDR_LOOPBACK if !$place;
    open my $file, '<', '/proc/sys/kernel/hostname' or return INADDR_LOOPBACK;
    chomp(my $name = <$file>);
    return scalar(gethostbyname $name) || INADDR_LOOPBACK;
}

my (%channels, $input);
$input = '';
$SIG{PIPE} = 'IGNORE';

sub tell_client {
    my ($id, $kind, $data) = @_;
    my $frame = pack('Na1N', $id, $kind, length $data) . $data;
    while (length $frame) {
        my $written = syswrite STDOUT, $frame;
        next if !defined $written && $!{EINTR};
        exit 1 if !$written;
        substr $frame, 0, $written, '';
    }
}

sub close_channel {
    my ($id, $why) = @_;
    delete $channels{$id};    # closes its socket too
    tell_client($id, 'c', $why);
}

# try_channel starts to connect. When the socket becomes writable, connected() gets the result.
sub try_channel {
    my ($id) = @_;
    my $channel = $channels{$id};
    socket my $socket, PF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 or return close_channel($id, "$!");
    @$channel{qw(socket connecting)} = ($socket, 1);
    connect $socket, pack_sockaddr_in($channel->{port}, $channel->{address}) or $!{EINPROGRESS} or miss($id, "$!");
}

sub miss {
    my ($id, $why) = @_;
    my $channel = $channels{$id};
    delete @$channel{qw(socket connecting)};
    close_channel($id, $why) if --$channel->{tries} < 0;
}

sub connected {
    my ($id) = @_;
    my $channel = $channels{$id};
    local $! = unpack 'i', getsockopt $channel->{socket}, SOL_SOCKET, SO_ERROR;
    return miss($id, "$!") if $!;
    delete $channel->{connecting};
    tell_client($id, 'o', '');
}

sub receive {
    my ($id) = @_;
    my $got = sysread $channels{$id}{socket}, my $data, CHUNK;
    return if !defined $got && ($!{EAGAIN} || $!{EINTR});
    $got ? tell_client($id, 'd', $data) : close_channel($id, '');
}

sub send_on {
    my ($id) = @_;
    my $channel = $channels{$id};
    my $written = syswrite $channel->{socket}, $channel->{out};
    return if !defined $written && ($!{EAGAIN} || $!{EINTR});
    return close_channel($id, '') if !$written;
    substr $channel->{out}, 0, $written, '';
}

sub obey {
    my ($id, $kind, $data) = @_;
    if ($kind eq 'o') {
        my ($port, $tries, $place) = split ' ', $data;
        $channels{$id} = {port => $port, tries => $tries, address => address($place), out => ''};
        try_channel($id);
    }
    elsif ($kind eq 'd') { $channels{$id}{out} .= $data if $channels{$id} }
    else                 { delete $channels{$id} }
}

sub read_frames {
    my $got = sysread STDIN, $input, 4 * CHUNK, length $input;
    return if !defined $got && $!{EINTR};
    exit if !$got;
    while (length $input >= HEADER) {
        my ($id, $kind, $length) = unpack 'Na1N', $input;
        last if length $input < HEADER + $length;
        my (undef, $data) = (substr($input, 0, HEADER, ''), substr $input, 0, $length, '');
        obey($id, $kind, $data);
    }
}

while (1) {
    my ($readable, $writable, $pause) = ('', '');
    vec($readable, fileno STDIN, 1) = 1;
    for my $channel (values %channels) {
        if (!$channel->{socket}) { $pause = PAUSE; next }
        my $number = fileno $channel->{socket};
        vec($writable, $number, 1) = 1 if $channel->{connecting} || length $channel->{out};
        vec($readable, $number, 1) = 1 if !$channel->{connecting};
    }
    select($readable, $writable, undef, $pause) >= 0 or next;
    # Frames come last because a channel they open may reuse the number of a socket just closed.
    for my $id (keys %channels) {
        my $channel = $channels{$id};
        if (!$channel->{socket}) { try_channel($id); next }
        my $number = fileno $channel->{socket};
        if (vec $writable, $number, 1) { $channel->{connecting} ? connected($id) : send_on($id) }
        receive($id) if $channels{$id} && $channel->{socket} && !$channel->{connecting} && vec $readable, $number, 1;
    }
    read_frames() if vec $readable, fileno STDIN, 1;
}
