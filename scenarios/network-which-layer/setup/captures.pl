# Writes the seven captures, and for each a pattern of the right answers.
# Usage: captures.pl FOLDER PATTERN-FOLDER, with the scenario's params in the environment.
use strict;
use warnings;

our (%machines, %believed, $damage, $now, @frames);
require './frames.pl';
require './protocols.pl';

my ($folder, $patterns) = @ARGV;
my %param = %ENV;
srand $param{seed};
%machines = (
    workspace => {ip => "$param{lan}.$param{client}"},
    desk => {ip => "$param{lan}.$param{desk}"},
    router => {ip => "$param{lan}.1"},
    server => {ip => $param{server}, far => 1},
    names => {ip => $param{names}, far => 1},
);
$_->{mac} = join ':', '02', map { sprintf '%02x', 16 + int rand 240 } 1 .. 5 for @machines{qw(workspace desk router)};

my $site = "$param{app}.$param{domain}";
my $mail = "mail.$param{domain}";
my $page = http_answer('200 OK', 'text/html; charset=utf-8', "<h1>$site</h1><p>$param{town}: $param{count}</p>\n");
my $begin; # the time of a capture's first frame

# at runs a conversation that begins some seconds after the capture.
sub at {
    my ($seconds, $conversation) = @_;
    local $now = $begin + $seconds;
    return $conversation->();
}

sub wrong { $_->{wrong} = 1 for @_ }

# look_up_site looks up the site's name, as every visit of a page begins.
sub look_up_site { return look_up($_[0], $site, $param{server}) }

sub visit {
    my ($who, $answer) = @_;
    look_up_site($who);
    return get($who, $site, "/$param{page}/", $answer // $page);
}

# elsewhere returns a hardware address that nobody has, and that is easily taken for another.
sub elsewhere { return substr($machines{$_[0]}{mac}, 0, 15) . sprintf '%02x', 1 + int rand 14 }

# lost_connection tries to connect, again and again, and gets no answer.
sub lost_connection {
    my ($who, $tried) = @_;
    my $connection = connection($who, 'server', 80);
    for my $pause (1, 2, 4) {
        $tried->($connection);
        pass($pause);
    }
}

# Each returns the machine that has to be corrected.
my %faults = (
    1 => sub {
        my ($who) = @_;
        visit($who);
        ping($_, 'router') for qw(workspace desk);
        look_up('workspace', $mail, "$param{dmz}.9");
        visit('desk');
        ping('workspace', 'desk');
        return $param{cable};
    },
    2 => sub {
        my ($who) = @_;
        my ($holder, $other) = $param{neighbour} eq 'router' ? ('router', $who) : ($who, 'router');
        $believed{$holder}{$other} = elsewhere($other);
        lost_connection($who, sub {
            my ($connection) = @_;
            my $sent = segment($connection, 'a', 'SYN', '', lost => 1);
            $sent = segment($connection, 'b', 'SYN,ACK', '', lost => 1) if $holder eq 'router';
            wrong($sent);
        });
        return $holder;
    },
    3 => sub {
        my ($who) = @_;
        if ($param{route} eq 'unreachable') {
            lost_connection($who, sub {
                my $sent = segment($_[0], 'a', 'SYN', '', lost => 1);
                pass(0.0003);
                wrong(unreachable('router', $who, 0, $sent));
            });
            return 'router';
        }
        for my $pause (1, 1, 1, 2) {
            wrong(arp_request($who, $param{route} eq 'gateway' ? "$param{lan}.254" : $param{server}));
            pass($pause);
        }
        return $who;
    },
    4 => sub {
        my ($who) = @_;
        look_up_site($who);
        ping($who, 'server');
        my $connection = connection($who, 'server', $param{port} eq 'asked' ? 8080 : 80);
        if ($param{port} eq 'window') {
            shake_hands($connection);
            say($connection, 'a', http_request($site, "/$param{page}/"));
            segment($connection, 'b', 'ACK', substr http_answer('200 OK', 'text/html; charset=utf-8', '-' x 9000), 0, 1400);
            for my $pause (0.2, 0.4, 0.8, 1.6) {
                wrong(segment($connection, 'a', 'ACK', '', window => 0));
                pass($pause);
                segment($connection, 'b', 'ACK', '-', lost => 1); # a probe
            }
            return $who;
        }
        for my $try (1, 2) {
            my $sent = segment($connection, 'a', 'SYN', '');
            pass(0.0008);
            my $refused = $param{port} eq 'prohibited' ? unreachable('router', $who, 13, $sent) : segment($connection, 'b', 'RST,ACK', '', window => 0);
            wrong($refused, $param{port} eq 'asked' ? $sent : ());
            pass(1);
            $connection = connection($who, 'server', $connection->{b}{port});
        }
        return {refused => 'server', asked => $who, prohibited => 'router'}->{$param{port}};
    },
    5 => sub {
        my ($who) = @_;
        my %refusal = (window => 0, ttl => $param{keeper} eq 'router' ? 64 : 63);
        look_up_site($who);
        my @open = map { connection($who, 'server', 443) } 1 .. ($param{session} eq 'limit' ? $param{few} : 2);
        for my $connection (@open) {
            shake_hands($connection);
            say($connection, 'a', client_hello($site));
            say($connection, 'b', tls_record(22, 0x0303, random_bytes(120)) . tls_record(23, 0x0303, random_bytes(700)));
            say($connection, $_, tls_record(23, 0x0303, random_bytes(90))) for qw(a b);
        }
        if ($param{session} eq 'idle') {
            pass(300);
            segment($open[0], 'a', 'PSH,ACK', tls_record(23, 0x0303, random_bytes(90)));
            pass(0.001);
            wrong(segment($open[0], 'b', 'RST', '', %refusal));
            return $param{keeper};
        }
        for my $try (1, 2) {
            my $further = connection($who, 'server', 443);
            segment($further, 'a', 'SYN', '');
            pass(0.0008);
            wrong(segment($further, 'b', 'RST,ACK', '', %refusal));
            pass(0.5);
        }
        say($_, 'b', tls_record(23, 0x0303, random_bytes(400))) for @open;
        return $param{keeper};
    },
    6 => sub {
        my ($who) = @_;
        if ($param{presentation} eq 'charset') {
            wrong((visit($who, $page =~ s/utf-8/iso-8859-1/r))[1]);
            return 'server';
        }
        look_up_site($who);
        my $connection = connection($who, 'server', 443);
        shake_hands($connection);
        if ($param{presentation} eq 'old') {
            wrong(say($connection, 'a', client_hello($site, 0x0301)), say($connection, 'b', alert(0x0301, 70)));
            hang_up($connection);
            return $who;
        }
        say($connection, 'a', client_hello($site));
        wrong(say($connection, 'b', server_hello("*.$param{domain}", '250101000000Z', '251231235959Z')), say($connection, 'a', alert(0x0303, 45)));
        hang_up($connection);
        return 'server';
    },
    7 => sub {
        my ($who) = @_;
        if ($param{application} eq 'path') {
            wrong((visit($who, http_answer('404 Not Found', 'text/html; charset=utf-8', "<h1>404 Not Found</h1>\n")))[1]);
            return 'server';
        }
        if ($param{application} eq 'host') {
            look_up_site($who);
            my $default = http_answer('404 Not Found', 'text/html; charset=utf-8', "<h1>www.$param{domain}</h1><p>There is no such page.</p>\n");
            wrong(get($who, "$param{app}.intranet.example", "/$param{page}/", $default));
            return $who;
        }
        my $nobody = "$param{dmz}." . ($param{last} + 100);
        wrong(look_up($who, $site, $nobody));
        my $connection = connection($who, 'server', 80, to => $nobody);
        for my $pause (3, 3) {
            my $sent = segment($connection, 'a', 'SYN', '', lost => 1);
            pass($pause);
            unreachable('router', $who, 1, $sent);
        }
        return 'names';
    },
);

# What works meanwhile. A fault would show in some of it, too; that is left out.
sub background {
    my ($layer, $who, $other) = @_;
    at(0, sub { resolve_neighbour($other, 'router'); ping($other, 'router') });
    at(0.1 + rand 0.3, sub { resolve_neighbour('workspace', 'desk'); ping('workspace', 'desk') }) if rand() < 0.7;
    at(0.1 + rand 1, sub { ping($other, 'router') }) for 1 .. int rand 3;
    return if $layer == 3 && $param{route} eq 'unreachable';
    at(0.2 + rand 1, sub { look_up($other, $mail, "$param{dmz}.9") }) for 1 .. 1 + int rand 2;
    at(0.5 + rand 2, sub { ping($other, 'server') }) if rand() < 0.6;
    at(0.2 + rand 3, sub { visit($other) }) if $layer < 4 || $layer == 5 || $layer == 6 && $param{presentation} ne 'charset';
    at(200 + rand 90, sub { ping($other, 'router'); resolve_neighbour($other, 'desk') if $other ne 'desk' }) if $layer == 5 && $param{session} eq 'idle';
}

sub capture {
    my ($letter, $layer) = @_;
    (@frames, %believed) = ();
    my ($who, $other) = rand() < 0.5 ? qw(workspace desk) : qw(desk workspace);
    ($who, $other) = ($param{neighbour}, $param{neighbour} eq 'desk' ? 'workspace' : 'desk') if $layer == 2 && $param{neighbour} ne 'router';
    # 9 March 2026, in the morning
    $begin = 1773043200 + 86400 * int(rand 12) + int(rand 14400) + rand 1;
    $damage = $layer == 1 ? {cable => $param{cable}, kind => $param{damage}, first => int rand 3, count => 0} : undef;
    background($layer, $who, $other);
    my $machine = at(0.6 + rand 1.5, sub { $faults{$layer}->($who) });
    my @wrong = write_capture("$folder/$letter.pcap");
    # Of what goes wrong again and again, the first frame counts; of a wrong request and its refusal, both do.
    my $both = $layer == 4 && $param{port} eq 'asked' || $layer == 6 && $param{presentation} ne 'charset' || $layer == 7 && $param{application} eq 'host';
    write_pattern($letter, $layer, $machine, join '|', @wrong[0 .. $both]);
}

# write_pattern writes what matches the right answers to a question. A layer has a number and a name, and a
# machine a name and addresses.
sub write_pattern {
    my ($question, $layer, $machine, @evidence) = @_;
    my $named = (qw(physical data[-\s]?link network transport session presentation application))[$layer - 1];
    my @called = ($machine, map { quotemeta } $machines{$machine}{ip}, $machine eq 'router' ? "$param{dmz}.1" : ());
    open my $file, '>', "$patterns/$question" or die "$patterns/$question: $!";
    print $file '^', join(' ', map { "($_)" } "$layer|$named( layer)?", @evidence, join '|', @called), '$';
    close $file or die "$patterns/$question: $!";
}

write_pattern('live', $param{live_layer}, $param{live_host});
my @order = split /\n/, $param{order};
capture(chr(ord('a') + $_), $order[$_]) for 0 .. 6;
