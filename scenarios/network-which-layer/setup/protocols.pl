# What machines say to each other above TCP and UDP: DNS, HTTP and TLS.
use strict;
use warnings;

our (%machines, $now);

# ping sends echo requests until one is answered.
sub ping {
    my ($from, $to) = @_;
    my ($id, $number) = (1 + int rand 60000, 0);
    while (1) {
        my $rest = pack('n2', $id, ++$number) . pack('C48', 16 .. 63);
        pass(0.0006);
        return if icmp($from, $to, 8, 0, $rest) && icmp($to, $from, 0, 0, $rest);
        pass(1);
    }
}

sub resolve_neighbour {
    my ($from, $to) = @_;
    arp_request($from, $machines{$to}{ip});
    pass(0.0003);
    arp_reply($to, $from);
}

sub dns_name { return join('', map { pack 'C/a*', $_ } split /\./, $_[0]) . "\0" }

# look_up asks the name server for an address until there is an answer, and returns the answer's frame.
sub look_up {
    my ($from, $name, $ip) = @_;
    my ($id, $port) = (int rand 65536, 32768 + int rand 28000);
    my $question = dns_name($name) . pack 'n2', 1, 1;
    while (1) {
        my $asked = udp($from, $port, 'names', 53, pack('n6', $id, 0x0100, 1, 0, 0, 0) . $question);
        pass(0.002);
        my $reply = pack('n6', $id, 0x8580, 1, 1, 0, 0) . $question . pack('n3Nna4', 0xc00c, 1, 1, 60, 4, address($ip));
        my $answered = $asked && udp('names', 53, $from, $port, $reply);
        return $answered if $answered;
        pass(1);
    }
}

sub http_request {
    my ($host, $path) = @_;
    return "GET $path HTTP/1.1\r\nHost: $host\r\nUser-Agent: curl/8.17.0\r\nAccept: */*\r\n\r\n";
}

sub http_answer {
    my ($status, $type, $body) = @_;
    return "HTTP/1.1 $status\r\nServer: nginx\r\nContent-Type: $type\r\nContent-Length: " . length($body) . "\r\nConnection: keep-alive\r\n\r\n$body";
}

# get requests a page and returns the frames of the request and the answer.
sub get {
    my ($from, $host, $path, $answer) = @_;
    my $connection = connection($from, 'server', 80);
    shake_hands($connection);
    my @said = (say($connection, 'a', http_request($host, $path)), say($connection, 'b', $answer));
    hang_up($connection);
    return @said;
}

sub tls_record {
    my ($type, $version, $data) = @_;
    return pack 'Cnn/a*', $type, $version, $data;
}

sub tls_message {
    my ($type, $data) = @_;
    return pack('C', $type) . substr(pack('N', length $data), 1) . $data;
}

sub tls_extension {
    my ($type, $data) = @_;
    return pack 'nn/a*', $type, $data;
}

# client_hello offers one version, or TLS 1.2 and 1.3 without one.
sub client_hello {
    my ($name, $version) = @_;
    my $extensions = tls_extension(0, pack 'n/a*', pack 'Cn/a*', 0, $name) . tls_extension(10, pack 'n3', 4, 29, 23);
    $extensions .= tls_extension(13, pack 'n4', 6, 0x0403, 0x0804, 0x0401) . tls_extension(43, pack 'Cn2', 4, 0x0304, 0x0303) if !$version;
    my @suites = $version ? (0xc00a, 0xc014, 0x0035, 0x002f) : (0x1301, 0x1302, 0xc02b, 0xc02f);
    my $hello = pack('n', $version // 0x0303) . random_bytes(32) . "\0" . pack('n/a*', pack 'n*', @suites) . "\1\0" . pack 'n/a*', $extensions;
    return tls_record(22, 0x0301, tls_message(1, $hello));
}

# server_hello answers in TLS 1.2, in which the certificate is not encrypted.
sub server_hello {
    my ($name, $from, $until) = @_;
    my $hello = pack('n', 0x0303) . random_bytes(32) . "\0" . pack('nC', 0xc02b, 0) . pack 'n/a*', tls_extension(0xff01, "\0");
    my $certificate = certificate($name, $from, $until);
    my $listed = substr(pack('N', length $certificate), 1) . $certificate;
    my $key = pack('CnC/a*', 3, 23, "\4" . random_bytes(64)) . pack('nn/a*', 0x0403, signature());
    return join '', map { tls_record(22, 0x0303, $_) } tls_message(2, $hello), tls_message(11, substr(pack('N', length $listed), 1) . $listed),
        tls_message(12, $key), tls_message(14, '');
}

sub alert {
    my ($version, $description) = @_;
    return tls_record(21, $version, pack 'C2', 2, $description);
}

# der returns a value of ASN.1 with its tag and length.
sub der {
    my ($tag, @parts) = @_;
    my $data = join '', @parts;
    my $length = length $data;
    return pack('C', $tag) . ($length < 128 ? pack('C', $length) : $length < 256 ? pack('C2', 0x81, $length) : pack('Cn', 0x82, $length)) . $data;
}

sub signature { return der(0x30, map { der(0x02, chr(1 + int rand 127) . random_bytes(31)) } 1, 2) }

# certificate returns a certificate with a random key and signature, which nobody verifies.
sub certificate {
    my ($name, $from, $until) = @_;
    my $algorithm = der(0x30, der(0x06, pack 'H*', '2a8648ce3d040302'));
    my $named = sub { der(0x30, der(0x31, der(0x30, der(0x06, pack 'H*', '550403'), der(0x0c, $_[0])))) };
    my $key = der(0x30, der(0x30, der(0x06, pack 'H*', '2a8648ce3d0201'), der(0x06, pack 'H*', '2a8648ce3d030107')), der(0x03, "\0\4", random_bytes(64)));
    my $names = der(0xa3, der(0x30, der(0x30, der(0x06, pack 'H*', '551d11'), der(0x04, der(0x30, der(0x82, $name))))));
    my $content = der(0x30, der(0xa0, der(0x02, "\2")), der(0x02, "\1" . random_bytes(8)), $algorithm, $named->('Example CA'),
        der(0x30, der(0x17, $from), der(0x17, $until)), $named->($name), $key, $names);
    return der(0x30, $content, $algorithm, der(0x03, "\0", signature()));
}

1;
