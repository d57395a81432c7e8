package services_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pluggarr/pluggarr/host/services"
	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/sdk"
	"github.com/pluggarr/pluggarr/sdk/sdktest"
	"github.com/pluggarr/pluggarr/sdk/wire"
)

// keys lists what a plugin keeps, as others see it.
func keys(t *testing.T, db *store.Store, plugin string) string {
	t.Helper()
	items, err := db.Items(t.Context(), plugin, "")
	if err != nil {
		t.Fatal(err)
	}
	var all string
	for _, item := range items {
		all += item.Key + " "
	}
	return all
}

func TestTx(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, cfg store.Config) {
		s, db := open(t, services.Config{}, cfg)
		mine := errors.New("mine")
		ask(t, s, "p", func(ctx *sdk.Context) error {
			err := ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
				var n int
				if err := tx.Storage.Set(ctx, "in", 1); err != nil {
					return err
				}
				if err := ctx.Host.Storage.Set(ctx, "joined", 1); err != nil {
					return err
				}
				if found, err := tx.Storage.Get(ctx, "joined", &n); !found || err != nil {
					return fmt.Errorf("what the plugin wrote is not seen within: %w", err)
				}
				if found, err := ctx.Host.Storage.Get(ctx, "in", &n); found || err != nil {
					return fmt.Errorf("what is not committed is seen without: %w", err)
				}
				if err := tx.Storage.Set(ctx, "", 1); err == nil {
					return errors.New("a wrong call was taken")
				}
				for _, h := range []*sdk.Host{tx, ctx.Host} {
					if err := h.Tx(ctx, func(*sdk.Host) error { return nil }); err == nil || !strings.Contains(err.Error(), "has one open already") {
						return fmt.Errorf("a transaction within another: %w", err)
					}
				}
				ctx.Log.Info("still here")
				ctx.Progress(1, 2, "half")
				return tx.Storage.Set(ctx, "after a wrong call", 1)
			})
			if err != nil {
				return err
			}
			err = ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
				return errors.Join(tx.Storage.Set(ctx, "undone", 1), ctx.Host.Storage.Set(ctx, "undone too", 1), mine)
			})
			if !errors.Is(err, mine) {
				return fmt.Errorf("Tx = %w, want the function's error", err)
			}
			func() {
				defer func() { _ = recover() }()
				_ = ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
					_ = tx.Storage.Set(ctx, "panicked", 1)
					panic("x")
				})
			}()
			return ctx.Host.Storage.Set(ctx, "last", 1)
		})
		if got := keys(t, db, "p"); got != "after a wrong call in joined last " {
			t.Errorf("it keeps %s", got)
		}
	})
}

// A transaction that takes too long is undone, says so to whoever uses it, and
// lets the next begin.
func TestTxIsLate(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, cfg store.Config) {
		s, db := open(t, services.Config{}, cfg)
		ask(t, s, "p", func(ctx *sdk.Context) error {
			var last, err error
			for last == nil { // a slow machine may not even begin in time
				short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
				err = ctx.Host.Tx(short, func(tx *sdk.Host) error {
					for last == nil {
						last = tx.Storage.Set(ctx, "late", 1)
					}
					return nil // as a plugin that looks at no errors
				})
				cancel()
			}
			for _, err := range []error{last, err} {
				if !errors.Is(err, sdk.ErrTxOver) || !strings.Contains(err.Error(), "it took too long: it has") {
					return fmt.Errorf("a late transaction: %w", err)
				}
			}
			return ctx.Host.Tx(ctx, func(tx *sdk.Host) error { return tx.Storage.Set(ctx, "next", 1) })
		})
		if got := keys(t, db, "p"); got != "next " {
			t.Errorf("it keeps %s", got)
		}
	})
}

// A transaction that nothing uses is undone: others wait for it. Who comes back
// to it after others had theirs is still told why.
func TestTxIsIdle(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, cfg store.Config) {
		s, db := open(t, services.Config{Limits: services.Limits{TxIdle: 50 * time.Millisecond}}, cfg)
		session := s.Session("p")
		defer session.Close()
		began, next := make(chan struct{}), make(chan struct{})
		begin, proceed := sync.OnceFunc(func() { close(began) }), sync.OnceFunc(func() { close(next) })
		idle := sdktest.StartWith(t, asking(func(ctx *sdk.Context) error {
			err := ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
				_ = tx.Storage.Set(ctx, "idle", 1)
				begin()
				<-next
				return tx.Storage.Set(ctx, "idle", 2)
			})
			if !errors.Is(err, sdk.ErrTxOver) || !strings.Contains(err.Error(), "nothing used it for 50ms") {
				return fmt.Errorf("an idle transaction: %w", err)
			}
			return nil
		}), session)
		waiting := sdktest.StartWith(t, asking(func(ctx *sdk.Context) error {
			_ = ctx.Host.Tx(ctx, func(*sdk.Host) error { // on a slow machine it is idle before it ends
				proceed()
				return nil
			})
			return nil
		}), session)
		var runs sync.WaitGroup
		runs.Go(func() {
			defer begin()
			if out := idle.Run(t.Context(), sdktest.Call{Action: "ask"}); out.Err != nil {
				t.Error(out.Err)
			}
		})
		<-began
		if out := waiting.Run(t.Context(), sdktest.Call{Action: "ask"}); out.Err != nil {
			t.Error(out.Err)
		}
		proceed()
		runs.Wait()
		if got := keys(t, db, "p"); got != "" {
			t.Errorf("it keeps %s", got)
		}
	})
}

// Whoever dies within a transaction leaves nothing behind, and blocks nobody.
func TestTxOfTheDead(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, cfg store.Config) {
		s, db := open(t, services.Config{Limits: services.Limits{Tx: time.Hour}}, cfg)
		session := s.Session("p")
		wrote := make(chan struct{})
		write := sync.OnceFunc(func() { close(wrote) })
		plugin := asking(func(ctx *sdk.Context) error {
			return ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
				if err := tx.Storage.Set(ctx, "dead", 1); err != nil {
					return err
				}
				write()
				<-ctx.Done()
				return ctx.Err()
			})
		})
		ctx, cancel := context.WithCancel(t.Context())
		var plays sync.WaitGroup
		plays.Go(func() {
			<-wrote
			session.Close() // as the worker does when the stream ends
			if err := db.SaveItems(t.Context(), "q", []store.StoredItem{{Key: "alive", Value: []byte("1")}}); err != nil {
				t.Error(err)
			}
			cancel()
		})
		sdktest.Start(t, plugin) // one that was never asked ends as well
		_ = sdktest.StartWith(t, plugin, session).Run(ctx, sdktest.Call{Action: "ask"})
		write()
		plays.Wait()
		if got := keys(t, db, "p") + keys(t, db, "q"); got != "alive " {
			t.Errorf("they keep %s", got)
		}
		if _, err := session.Call(t.Context(), wire.MethodTxBegin, nil); err == nil {
			t.Error("a transaction was begun for a process that is gone")
		}
	})
}

// Two plugins, and two runs of one, take turns.
func TestTxTakeTurns(t *testing.T) {
	t.Parallel()
	bothDatabases(t, func(t *testing.T, cfg store.Config) {
		s, db := open(t, services.Config{}, cfg)
		add := func(ctx *sdk.Context) error {
			return ctx.Host.Tx(ctx, func(tx *sdk.Host) error {
				var n int
				if _, err := tx.Storage.Get(ctx, "n", &n); err != nil {
					return err
				}
				return tx.Storage.Set(ctx, "n", n+1)
			})
		}
		a, b := s.Session("p"), s.Session("q")
		defer a.Close()
		defer b.Close()
		p, q := sdktest.StartWith(t, asking(add), a), sdktest.StartWith(t, asking(add), b)
		var runs sync.WaitGroup
		for range 20 {
			for _, plugin := range []*sdktest.Plugin{p, q} {
				runs.Go(func() {
					if out := plugin.Run(t.Context(), sdktest.Call{Action: "ask"}); out.Err != nil {
						t.Error(out.Err)
					}
				})
			}
		}
		runs.Wait()
		for _, plugin := range []string{"p", "q"} {
			item, err := db.Item(t.Context(), plugin, "n")
			if err != nil || string(item.Value) != "20" {
				t.Errorf("%s counted to %s, %v, want 20", plugin, item.Value, err)
			}
		}
	})
}

// What would wait for the plugin's own transaction is refused at once.
func TestTxRefusesWhatWritesApart(t *testing.T) {
	t.Parallel()
	s, _ := open(t, services.Config{Queue: &queue{}}, storetestSQLite(t))
	session := s.Session("p")
	defer session.Close()
	if _, err := session.Call(t.Context(), wire.MethodTxBegin, nil); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"tasks.cancel", "plugins.run", "celery.send", "celery.call", "celery.revoke"} {
		if _, err := session.Call(t.Context(), method, []byte(`{}`)); err == nil || !strings.Contains(err.Error(), "transaction open") {
			t.Errorf("%s within a transaction = %v", method, err)
		}
	}
}

func TestTxCallsOutOfOrder(t *testing.T) {
	t.Parallel()
	s, _ := open(t, services.Config{}, storetestSQLite(t))
	session := s.Session("p")
	defer session.Close()
	for _, c := range []struct {
		method, params string
		code           int
	}{
		{wire.MethodTxCommit, `{"tx":1}`, wire.CodeTxOver},
		{wire.MethodTxCommit, ``, wire.CodeTxOver},
		{wire.MethodTxRollback, `{"tx":9}`, 0},
		{wire.MethodTxBegin, `{"tx":1}`, wire.CodeInvalidParams},
		{wire.MethodTxBegin, `[]`, wire.CodeInvalidParams},
		{"storage.list", `{"tx":5}`, wire.CodeTxOver},
		{"storage.list", `{"tx":"x"}`, wire.CodeInvalidParams},
		{"storage.nothing", `{}`, wire.CodeUnknownMethod},
	} {
		_, err := session.Call(t.Context(), c.method, []byte(c.params))
		code := 0
		if failure, ok := errors.AsType[*wire.Error](err); ok {
			code = failure.Code
		}
		if code != c.code {
			t.Errorf("%s %s = %v, want code %d", c.method, c.params, err, c.code)
		}
	}
}
