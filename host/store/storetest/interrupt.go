package storetest

import (
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
)

// interruptedRefreshes notes which refreshes a host that died left behind.
func interruptedRefreshes(t *testing.T, s *store.Store) {
	statuses := map[string]string{
		store.StatusParsing: store.StatusError, store.StatusFetching: store.StatusError,
		store.StatusSuccess: store.StatusSuccess, store.StatusIdle: store.StatusIdle,
	}
	for status := range statuses {
		must(t, store.Create(t.Context(), s, &store.M3UAccount{Name: status, Status: status, AccountType: "STD", IsActive: true}))
		must(t, store.Create(t.Context(), s, &store.EPGSource{Name: status, Status: status, SourceType: store.SourceXMLTV, IsActive: true}))
	}
	must(t, s.InterruptRefreshes(t.Context(), "why"))
	check := func(name, status, message string) {
		want, ours := statuses[name]
		if ours && (status != want || (message == "why") != (want == store.StatusError)) {
			t.Errorf("what was %q is %q: %q", name, status, message)
		}
	}
	for _, row := range all[store.M3UAccount](t, s) {
		check(row.Name, row.Status, row.LastMessage)
	}
	for _, row := range all[store.EPGSource](t, s) {
		check(row.Name, row.Status, row.LastMessage)
	}
}
