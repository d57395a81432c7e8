package celery_test

import (
	"strconv"
	"testing"

	"github.com/pluggarr/pluggarr/host/celery"
)

func TestOutbox(t *testing.T) {
	t.Parallel()
	var o celery.Outbox
	o.Put("p", celery.Message{ID: "a", Then: []celery.Next{{ID: "b"}, {ID: "c"}}}, 7)
	o.Put("p", celery.Message{ID: "b", Then: []celery.Next{{ID: "c"}}}, 8)
	for _, tt := range []struct {
		plugin, id string
		job        int64
		itself, ok bool
	}{
		{"p", "a", 7, true, true},
		{"p", "b", 8, true, true},
		{"p", "c", 8, false, true},
		{"q", "a", 0, false, false},
		{"p", "z", 0, false, false},
	} {
		got, itself, ok := o.Find(tt.plugin, tt.id)
		if got.Job != tt.job || itself != tt.itself || ok != tt.ok {
			t.Errorf("Find(%q, %q) = %+v, %t, %t, want job %d, %t, %t", tt.plugin, tt.id, got, itself, ok, tt.job, tt.itself, tt.ok)
		}
	}
	for n := range 10_000 {
		o.Put("p", celery.Message{ID: strconv.Itoa(n)}, 9)
	}
	if _, _, ok := o.Find("p", "a"); ok {
		t.Error("Find() still knows the oldest message of 10,003")
	}
}
