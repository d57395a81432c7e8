package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pluggarr/pluggarr/host/celery"
	"github.com/pluggarr/pluggarr/host/jobs"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// TaskOutcome says what became of a message that a plugin sent.
func (p python) TaskOutcome(ctx context.Context, plugin, id string) (celery.Outcome, error) {
	sent, itself, ok := p.outbox.Find(plugin, id)
	if !ok {
		return celery.Outcome{}, nil
	}
	job, err := p.jobs.Get(ctx, sent.Job)
	if errors.Is(err, jobs.ErrNotFound) { // it ended long ago
		return celery.Outcome{}, nil
	}
	if err != nil {
		return celery.Outcome{}, err
	}
	out := outcome(job)
	if itself || out.State == celery.Failure || out.State == celery.Revoked { // what follows never begins
		return out, nil
	}
	return celery.Outcome{State: celery.Pending}, nil
}

// outcome is a job in Celery's words.
func outcome(j jobs.Job) celery.Outcome {
	switch j.State {
	case jobs.Running:
		return celery.Outcome{State: celery.Started}
	case jobs.Retrying:
		return celery.Outcome{State: celery.Retry, Error: j.Error}
	case jobs.OK:
		return celery.Outcome{State: celery.Success, Result: returned(j)}
	case jobs.Failed:
		return celery.Outcome{State: celery.Failure, Error: j.Error}
	case jobs.Cancelled:
		return celery.Outcome{State: celery.Revoked, Error: j.Error}
	}
	return celery.Outcome{State: celery.Pending}
}

// returned is what a task returned. That of a refresh is a sentence for
// plugins, whoever asked for it.
func returned(j jobs.Job) json.RawMessage {
	said := ""
	switch j.Kind {
	case jobs.KindM3U:
		var told sdk.M3URefreshed
		if json.Unmarshal(j.Output, &told) == nil {
			said = accountRefreshed(told)
		}
	case jobs.KindEPG:
		var told sdk.EPGRefreshed
		if json.Unmarshal(j.Output, &told) == nil {
			said = sourceRefreshed(told)
		}
	}
	if text, err := json.Marshal(said); err == nil && said != "" {
		return text
	}
	return j.Output
}

// raised puts the kind of a task's own failure before its words, for who asks
// what became of the task, as in "ValueError: no luck".
func raised(err error) error {
	answer, ok := errors.AsType[*wire.Error](err)
	if !ok || answer.Code != wire.CodePlugin {
		return err
	}
	var failure wire.PluginFailure
	if json.Unmarshal(answer.Data, &failure) != nil || failure.Type == "" {
		return err
	}
	return fmt.Errorf("%s: %w", failure.Type, err)
}
