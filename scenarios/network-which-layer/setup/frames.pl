# Makes frames as they are on the wire of lan, with right lengths and checksums, and files of them for tcpdump.
use strict;
use warnings;

our (%machines, %believed, $damage, $now, @frames);

sub mac { return pack 'H12', $_[0] =~ tr/://dr }

sub address { return pack 'C4', split /\./, $_[0] }

sub checksum {
    my ($data) = @_;
    my $sum = 0;
    $sum += $_ for unpack 'n*', length($data) % 2 ? "$data\0" : $data;
    $sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
    return ~$sum & 0xffff;
}

sub random_bytes { return join '', map { chr int rand 256 } 1 .. $_[0] }

sub pass { $now += $_[0] * (0.9 + rand 0.2) }

# emit puts a frame on the wire. It returns the frame, or undef if the frame arrives damaged.
sub emit {
    my ($to, $from, $type, $data) = @_;
    my $bytes = mac($to) . mac($from) . pack('n', $type) . $data;
    $bytes .= "\0" x (60 - length $bytes) if length $bytes < 60;
    my $frame = {at => $now, bytes => $bytes, wrong => 0};
    push @frames, $frame;
    pass(0.0004);
    return $frame if !$damage || !damaged($frame, $from, $type);
    $frame->{wrong} = 1;
    return;
}

# damaged damages every third frame that comes through one machine's cable, and reports whether it did.
sub damaged {
    my ($frame, $from, $type) = @_;
    my $length = unpack 'x16 n', $frame->{bytes}; # of the packet
    return 0 if $from ne $machines{$damage->{cable}}{mac} || $type != 0x0800 || $length < 60;
    return 0 if $damage->{count}++ % 3 != $damage->{first};
    if ($damage->{kind} eq 'cut') {
        $frame->{bytes} = substr $frame->{bytes}, 0, 14 + $length - 8 - int rand 12;
    } else {
        my $at = 14 + $length - 1 - int rand 6;
        substr $frame->{bytes}, $at, 1, chr(ord(substr $frame->{bytes}, $at, 1) ^ 1 << int rand 8);
    }
    return 1;
}

sub arp_request {
    my ($from, $wanted) = @_;
    my $own = $machines{$from};
    return emit('ff:ff:ff:ff:ff:ff', $own->{mac}, 0x0806, pack('n2C2n', 1, 0x0800, 6, 4, 1) . mac($own->{mac}) . address($own->{ip}) . "\0" x 6 . address($wanted));
}

sub arp_reply {
    my ($from, $to) = @{machines}{@_};
    return emit($to->{mac}, $from->{mac}, 0x0806, pack('n2C2n', 1, 0x0800, 6, 4, 2) . mac($from->{mac}) . address($from->{ip}) . mac($to->{mac}) . address($to->{ip}));
}

# next_mac returns the hardware address to which a machine of lan sends frames for another.
sub next_mac {
    my ($from, $to) = @_;
    my $next = $machines{$to}{far} ? 'router' : $to;
    return $believed{$from}{$next} // $machines{$next}{mac};
}

# packet sends an IP packet between two machines. Of machines beyond the router, the router's frames are seen.
sub packet {
    my ($from, $to, $protocol, $data, %other) = @_;
    my $sender = $machines{$from}{far} ? 'router' : $from;
    my $ttl = $other{ttl} // ($machines{$from}{far} ? 63 : 64);
    my @head = (0x45, 0, 20 + length $data, int rand 65536, 0x4000, $ttl, $protocol);
    my @ends = (address($machines{$from}{ip}), address($other{to} // $machines{$to}{ip}));
    my $sum = checksum(pack 'C2n3C2x2a4a4', @head, @ends);
    return emit(next_mac($sender, $to), $machines{$sender}{mac}, 0x0800, pack('C2n3C2na4a4', @head, $sum, @ends) . $data);
}

sub icmp {
    my ($from, $to, $type, $code, $rest) = @_;
    my $message = pack('C2x2', $type, $code) . $rest;
    substr $message, 2, 2, pack 'n', checksum($message);
    return packet($from, $to, 1, $message);
}

# unreachable tells a sender that its packet did not get where it should.
sub unreachable {
    my ($from, $to, $code, $frame) = @_;
    return icmp($from, $to, 3, $code, "\0" x 4 . substr $frame->{bytes}, 14, unpack 'x16 n', $frame->{bytes});
}

sub with_ports {
    my ($from, $to, $protocol, $segment, $at, %other) = @_;
    my $pseudo = address($machines{$from}{ip}) . address($other{to} // $machines{$to}{ip}) . pack('xCn', $protocol, length $segment);
    substr $segment, $at, 2, pack 'n', checksum($pseudo . $segment);
    return packet($from, $to, $protocol, $segment, %other);
}

sub udp {
    my ($from, $port, $to, $to_port, $data) = @_;
    return with_ports($from, $to, 17, pack('n4', $port, $to_port, 8 + length $data, 0) . $data, 6);
}

my %bits = (FIN => 1, SYN => 2, RST => 4, PSH => 8, ACK => 16);

# connection begins a TCP connection; nothing is sent yet. Its ends are called a and b.
sub connection {
    my ($from, $to, $port, %other) = @_;
    return {
        a => {name => $from, port => 32768 + int rand 28000, next => int rand 2**32, window => 64240},
        b => {name => $to, port => $port, next => int rand 2**32, window => 65160}, %other,
    };
}

# segment sends a segment of one end, again if it arrives damaged, and returns the frame that arrived.
sub segment {
    my ($connection, $end, $flags, $data, %other) = @_;
    my ($own, $peer) = @{$connection}{$end eq 'a' ? qw(a b) : qw(b a)};
    my $set = 0;
    $set |= $bits{$_} for split /,/, $flags;
    my $options = $flags =~ /SYN/ ? pack 'C2n', 2, 4, 1460 : '';
    my $head = pack 'n2N2C2n3', $own->{port}, $peer->{port}, $own->{next}, $set & 16 ? $peer->{next} : 0,
        (20 + length $options) << 2, $set, $other{window} // $own->{window}, 0, 0;
    my $frame;
    until ($frame) {
        $frame = with_ports($own->{name}, $peer->{name}, 6, $head . $options . $data, 16, to => $end eq 'a' ? $connection->{to} : undef, %other);
        pass(0.2) if !$frame;
    }
    $own->{next} = ($own->{next} + length($data) + ($flags =~ /SYN|FIN/ ? 1 : 0)) & 0xffffffff if !$other{lost};
    return $frame;
}

sub shake_hands {
    my ($connection) = @_;
    segment($connection, 'a', 'SYN', '');
    pass(0.001);
    segment($connection, 'b', 'SYN,ACK', '');
    segment($connection, 'a', 'ACK', '');
}

# say sends data from one end, and the other confirms it. It returns the frame with the data.
sub say {
    my ($connection, $end, $data) = @_;
    pass(0.002);
    my $frame = segment($connection, $end, 'PSH,ACK', $data);
    segment($connection, $end eq 'a' ? 'b' : 'a', 'ACK', '');
    return $frame;
}

sub hang_up {
    my ($connection) = @_;
    segment($connection, 'a', 'FIN,ACK', '');
    segment($connection, 'b', 'FIN,ACK', '');
    segment($connection, 'a', 'ACK', '');
}

# write_capture writes the frames in the order of their times, and returns the numbers of the wrong ones.
sub write_capture {
    my ($path) = @_;
    my @ordered = sort { $a->{at} <=> $b->{at} } @frames;
    open my $file, '>:raw', $path or die "$path: $!";
    print $file pack 'Vv2l<V3', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1;
    for my $frame (@ordered) {
        my $second = int $frame->{at};
        print $file pack('V4', $second, int(($frame->{at} - $second) * 1e6), (length $frame->{bytes}) x 2), $frame->{bytes};
    }
    close $file or die "$path: $!";
    return grep { $ordered[$_ - 1]{wrong} } 1 .. @ordered;
}

1;
