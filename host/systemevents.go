package host

import (
	"context"
	"reflect"
	"strings"
)

// happened writes down an event of Dispatcharr's that the host itself raises,
// and then tells plugins.
func (h *Host) happened(ctx context.Context, name string, payload any) {
	if err := h.store.LogSystemEvent(context.WithoutCancel(ctx), name, details(payload)); err != nil {
		h.cfg.Log.Warn("an event is not in the list of system events", "error", err)
	}
	h.publish(name, payload)
}

// details are all of a payload, also what plugins are not told because it says
// nothing.
func details(payload any) map[string]any {
	all := map[string]any{}
	v := reflect.ValueOf(payload)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		all[name] = v.Field(i).Interface()
	}
	return all
}
