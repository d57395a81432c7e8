package services_test

import (
	"cmp"
	"os"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
	"github.com/pluggarr/pluggarr/host/worker/workertest"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
)

// playWorker makes this test binary play the interpreter's process.
const playWorker = "PLUGGARR_TEST_WORKER=1"

func TestMain(m *testing.M) {
	if slices.Contains(os.Environ(), playWorker) {
		workertest.Play()
	}
	goleak.VerifyTestMain(m)
}

// bothDatabases runs a test on SQLite and on PostgreSQL.
func bothDatabases(t *testing.T, test func(t *testing.T, cfg store.Config)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, storetest.SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, storetest.Postgres(t))
	})
}

// asking returns a plugin with one action, "ask", that runs f.
func asking(f func(ctx *sdk.Context) error) sdk.Plugin {
	return sdk.Plugin{Name: "Asking", Actions: []sdk.Action{{
		ID: "ask", Label: "Ask", Run: sdk.Handle(func(ctx *sdk.Context, _ struct{}) (sdk.Result, error) { return sdk.OK(""), f(ctx) }),
	}}}
}

// open makes services over a fresh database. Transactions have long, for
// machines that are slow.
func open(t testing.TB, cfg services.Config, db store.Config) (*services.Services, *store.Store) {
	t.Helper()
	cfg.Store = storetest.Open(t, db)
	cfg.Limits.Tx = cmp.Or(cfg.Limits.Tx, time.Hour)
	cfg.Limits.TxIdle = cmp.Or(cfg.Limits.TxIdle, time.Hour)
	return services.New(cfg), cfg.Store
}

// ask lets a plugin named key do f, in a session of its own, and fails the test
// when that fails.
func ask(t testing.TB, s *services.Services, key string, f func(ctx *sdk.Context) error) {
	t.Helper()
	session := s.Session(key)
	defer session.Close()
	if out := sdktest.Run(t, asking(f), sdktest.Call{Action: "ask", Host: session}); out.Err != nil {
		t.Fatalf("%s: %v", key, out.Err)
	}
}

func storetestSQLite(t testing.TB) store.Config {
	t.Helper()
	return storetest.SQLite(t)
}
