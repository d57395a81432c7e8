package host

import (
	"context"

	"github.com/pluggarr/pluggarr/host/registry"
	"github.com/pluggarr/pluggarr/host/services"
)

// sessions makes who answers what plugins ask of the host.
func (h *Host) sessions() func(plugin string) registry.Session {
	all := services.New(services.Config{
		Store: h.store, Queue: tasksQueue{queue{h.jobs}, func() *registry.Registry { return h.plugins }}, Limits: h.cfg.Services, Version: h.cfg.Version, Log: h.cfg.Log,
		Python: python{h}, Celery: h.celery,
		Emit: func(_ context.Context, e services.Emission) error { return h.plugins.Emit(registry.Emission(e)) },
	})
	return func(plugin string) registry.Session { return all.Session(plugin) }
}
