package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/host"
	"github.com/pluggarr/pluggarr/host/store"
)

func newAPIKey() *cobra.Command {
	cfg := &config{}
	user, name := "", ""
	scope := choice{
		value: string(store.ScopeAdmin),
		of:    []string{string(store.ScopeAdmin), string(store.ScopeRun), string(store.ScopeRead)},
	}
	cmd := &cobra.Command{
		Use:   "apikey",
		Short: "Make a key for the REST API",
		Long: `Makes an API key and prints it, and nothing else. It is shown this once: the host
keeps a hash. Send it as the header "X-API-Key: KEY".

It works on the data folder itself, whether a host runs or not. When there is no
admin yet, one is made, with no password.`,
		Example: `  K=$(pluggarr apikey)
  curl -H "X-API-Key: $K" http://127.0.0.1:9191/api/plugins/plugins/
  pluggarr apikey --scope read --name dashboard
  pluggarr apikey --data /var/lib/pluggarr --user admin`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			key, err := makeKey(cmd.Context(), cfg, user, store.NewKey{Name: name, Scope: store.KeyScope(scope.value)})
			if err != nil {
				return err
			}
			if isTerminal(cmd.ErrOrStderr()) {
				fmt.Fprintln(cmd.ErrOrStderr(), "Keep it: it is not shown again. Send it as the header X-API-Key.")
			}
			fmt.Fprintln(cmd.OutOrStdout(), key)
			return nil
		},
	}
	cmd.Flags().StringVar(&user, "user", "", `whose key it is (default the first admin; one called "admin" is made when there is none)`)
	cmd.Flags().StringVar(&name, "name", "", "your word for the key, to tell keys apart")
	cmd.Flags().Var(&scope, "scope", "what the key allows: admin, run (look and run actions) or read (look)")
	cfg.attach(cmd, append(dataFlags(), "database")...)
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	return cmd
}

// makeKey makes a key for user, where "" is the first admin.
func makeKey(ctx context.Context, cfg *config, user string, want store.NewKey) (key string, err error) {
	db, err := openStore(ctx, cfg)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	owner, err := keyOwner(ctx, db, user)
	if err != nil {
		return "", err
	}
	want.UserID = owner.ID
	key, _, err = db.CreateKey(ctx, want)
	return key, err
}

// keyOwner finds the user, or makes the first admin by that name.
func keyOwner(ctx context.Context, db *store.Store, name string) (*store.User, error) {
	if name != "" {
		owner, err := db.UserByName(ctx, name)
		if err == nil && !owner.IsActive {
			return nil, fmt.Errorf("the user %q is locked out: a key of theirs would open nothing", name)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return owner, err
		}
	}
	admin := name
	if admin == "" {
		admin = "admin"
	}
	owner, err := db.EnsureAdmin(ctx, admin)
	if err != nil {
		return nil, err
	}
	if name != "" && owner.Username != name {
		return nil, fmt.Errorf("there is no user %q: leave --user out for the admin, %q", name, owner.Username)
	}
	return owner, nil
}

// openStore opens the database that a host with cfg uses.
func openStore(ctx context.Context, cfg *config) (*store.Store, error) {
	return store.Open(ctx, host.StoreConfig(host.Config{Data: cfg.data, Database: cfg.database}))
}
