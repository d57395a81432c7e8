# A plugin in Perl, for worker.pl: a hash of what it is called, its settings,
# its actions, and the function that runs them.
use strict;
use warnings;

my $plugin = {
    name        => 'Counter',
    version     => '1.0.0',
    description => 'Counts, in Perl.',
    fields      => [{ id => 'limit', label => 'Count to', type => 'number', default => 3 }],
    actions     => [{ id => 'count', label => 'Count' }],
    run         => sub {
        my ($context, $action, $params) = @_;
        return { status => 'error', message => "Unknown action $action" } if $action ne 'count';
        my $limit = $context->{settings}{limit};
        $context->progress($_, $limit, "at $_") for 1 .. $limit;
        $context->log(info => 'counted', { to => $limit });
        return { status => 'ok', counted => $limit };
    },
};
$plugin;
