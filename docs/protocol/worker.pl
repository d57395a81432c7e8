#!/usr/bin/perl
# A worker in Perl: it runs the plugin.pl of its plugin's folder. It needs what
# every Perl brings, and stays alone in its process: one call at a time, except
# that a run which reports progress or logs lets the others in meanwhile.
use strict;
use warnings;
use Fcntl qw(F_SETFD FD_CLOEXEC);
use JSON::PP ();

use constant { VERSION => 1, FD => 3, MAX_FRAME => 64 << 20 };

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $plugin;       # what plugin.pl returned, once hello loaded it
my $buffer = '';  # what the host sent and nobody looked at yet
my %cancelled;    # ids of runs whose caller no longer waits
my $host;         # our end of the socket pair
if (!open $host, '+<&=', FD or !-S $host) {
    print STDERR "$0 is a worker for Pluggarr and is started by its host.\n";
    exit 2;
}
fcntl $host, F_SETFD, FD_CLOEXEC;    # programs that the plugin starts have no business here
$| = 1;                              # what the plugin prints is its log, a line at a time
$SIG{PIPE} = 'IGNORE';

# Sends one frame: one JSON object on one line.
sub send_frame {
    my $line = $json->encode({ jsonrpc => '2.0', @_ }) . "\n";
    die { code => -32603, message => 'the answer is too long' } if length $line > MAX_FRAME;
    while (length $line) {
        my $sent = syswrite $host, $line;
        exit 1 unless $sent;         # the host is gone
        substr $line, 0, $sent, '';
    }
}

# Returns the next frame; at the end of the stream the process ends. Without
# wait it returns nothing when no frame is there yet.
sub next_frame {
    my ($wait) = @_;
    my $seen = 0;                    # nothing is searched twice
    while ((my $end = index $buffer, "\n", $seen) < 0) {
        $seen = length $buffer;
        exit 1 if $seen > MAX_FRAME;
        my $ready = '';
        vec($ready, FD, 1) = 1;
        return if !$wait && !select $ready, undef, undef, 0;
        exit 0 unless sysread $host, $buffer, 64 << 10, $seen;
    }
    my $line = substr $buffer, 0, 1 + index($buffer, "\n"), '';
    return $line =~ /\S/ ? $json->decode($line) : next_frame($wait);
}

# Takes one frame: a call is answered, a cancellation noted. Answers and unknown
# notifications mean nothing to us.
sub take {
    my ($frame) = @_;
    my ($id, $name) = @$frame{qw(id method)};
    return if !defined $name;
    $cancelled{ $frame->{params}{id} } = 1 if $name eq '$/cancel';
    return if !defined $id;
    eval { send_frame(id => $id, result => call($name, $frame->{params} // {}, $id)); 1 } and return;
    my $error = $@;
    if (ref $error ne 'HASH' || !$error->{code}) {    # the plugin's own die, or what cannot be encoded
        chomp(my $text = "$error");
        $error = { code => -32000, message => $text =~ s/ at \S+ line \d+\.$//r, data => { type => 'die', traceback => $text } };
    }
    send_frame(id => $id, error => $error);
}

sub call {
    my ($name, $params, $id) = @_;
    my %methods = (
        hello    => \&hello,
        describe => \&describe,
        start    => sub { $plugin->{start}->($params->{settings}) if $plugin->{start}; undef },
        run      => \&run,
        stop     => sub { $plugin->{stop}->($params->{reason}) if $plugin->{stop}; undef },
    );
    my $method = $methods{$name} or die { code => -32601, message => "unknown method \"$name\"" };
    die { code => -32600, message => "$name before hello" } if !$plugin && $name ne 'hello';
    return $method->($params, $id);
}

sub hello {
    my ($params) = @_;
    die { code => -32600, message => 'hello was said before' } if $plugin;
    die { code => -32003, message => "the host speaks protocol $params->{protocol}, this worker " . VERSION }
        if $params->{protocol} != VERSION;
    my $path = "$params->{dir}/plugin.pl";
    my $loaded = do $path;
    if (ref $loaded ne 'HASH') {
        chomp(my $why = $@ || $! || 'it has to return a hash');
        my @problems = $why =~ /^(.+?) at \S+ line (\d+)/ ? { file => 'plugin.pl', line => 0 + $2, column => 0, message => $1 } : ();
        die { code => -32005, message => "plugin.pl: $why", data => { problems => \@problems } };
    }
    $plugin = $loaded;
    return { protocol => VERSION, runtime => 'perl', version => sprintf '%vd', $^V };
}

# The plain form of a description, with fields and actions as Python plugins
# have them.
sub describe {
    my %d = map { $_ => $plugin->{$_} // '' } qw(name version description author help_url);
    return {
        %d, runtime => 'python', fields => $plugin->{fields} // [], raw_actions => $plugin->{actions} // [],
        has_start => $json->decode($plugin->{start} ? 'true' : 'false'),
        has_stop  => $json->decode($plugin->{stop}  ? 'true' : 'false'),
    };
}

sub run {
    my ($params, $id) = @_;
    my $context = bless { id => $id, run => $params->{run}, settings => $params->{settings}, event => $params->{event} }, 'Context';
    my @result = eval { $plugin->{run}->($context, $params->{action}, $params->{params}) };
    my $error = $@;
    my $ended = delete $cancelled{$id};
    die $error if $error;
    die { code => -32001, message => 'cancelled' } if $ended && !@result;
    return $result[0];
}

# What a plugin's run is given: its settings and event, a log, and a way to say
# how far it is. Both end the run when its caller no longer waits.
sub Context::log {
    my ($self, $level, $message, $attrs) = @_;
    my %attrs = $attrs ? (attrs => $attrs) : ();
    send_frame(method => 'log', params => { run => $self->{run}, level => $level, message => $message, %attrs });
    $self->check;
}

sub Context::progress {
    my ($self, $done, $total, $message) = @_;
    send_frame(method => 'progress', params => { run => $self->{run}, done => $done, total => $total, message => $message // '' });
    $self->check;
}

sub Context::check {
    my ($self) = @_;
    while (my $frame = next_frame(0)) { take($frame) }
    die { code => -32001, message => 'cancelled' } if $cancelled{ $self->{id} };
}

take(next_frame(1)) while 1;
