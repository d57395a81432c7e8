package store_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

func BenchmarkOpenAgain(b *testing.B) {
	for name, fresh := range databases() {
		b.Run(name, func(b *testing.B) {
			cfg := fresh(b)
			storetest.Open(b, cfg)
			for b.Loop() {
				s, err := store.Open(b.Context(), cfg)
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkInsertAndFinishRun(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		for b.Loop() {
			run := &store.Run{Plugin: "a", Action: "go", Trigger: store.TriggerAPI}
			if err := s.InsertRun(b.Context(), run); err != nil {
				b.Fatal(err)
			}
			run.Status, run.Result = store.RunOK, json.RawMessage(`{"status": "ok", "processed": 7}`)
			if err := s.FinishRun(b.Context(), run); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkInsertAndFinishRunsTogether is eight who run something at the same time.
func BenchmarkInsertAndFinishRunsTogether(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		b.SetParallelism(max(1, 8/runtime.GOMAXPROCS(0)))
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				run := &store.Run{Plugin: "a", Action: "go", Trigger: store.TriggerAPI}
				if err := s.InsertRun(b.Context(), run); err != nil {
					b.Error(err)
				}
				run.Status, run.Result = store.RunOK, json.RawMessage(`{"status": "ok", "processed": 7}`)
				if err := s.FinishRun(b.Context(), run); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkSyncThousandUnchangedPlugins(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		metas := make([]store.PluginMeta, 1000)
		for i := range metas {
			metas[i] = store.PluginMeta{Key: fmt.Sprintf("plugin_%d", i), Name: "Plugin", Version: "1.0"}
		}
		for b.Loop() {
			if err := s.SyncPlugins(b.Context(), metas); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkKeyByHash(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		admin, err := s.EnsureAdmin(b.Context(), "admin")
		if err != nil {
			b.Fatal(err)
		}
		raw, _, err := s.CreateKey(b.Context(), store.NewKey{UserID: admin.ID, Scope: store.ScopeAdmin})
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := s.KeyByHash(b.Context(), store.HashKey(raw)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// each measures on every kind of database.
func each(b *testing.B, measure func(b *testing.B, s *store.Store)) {
	for name, fresh := range databases() {
		b.Run(name, func(b *testing.B) { measure(b, storetest.Open(b, fresh(b))) })
	}
}
