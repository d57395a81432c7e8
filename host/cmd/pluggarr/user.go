package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/pluggarr/pluggarr/host/auth"
	"github.com/pluggarr/pluggarr/host/store"
)

func newUser() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Look after those who may log in",
		Long: `Makes users, sets their passwords and lists them. It works on the data folder
itself, whether a host runs or not.

A user's level says what they may do: 10 is an admin, who may do everything, 1 a
standard user, who may look at plugins, 0 a streamer, who may not.`,
		Example: `  pluggarr user add ann --level 10
  pluggarr user passwd ann
  pluggarr user list`,
		Args: takes(0, 0, "one of the commands add, passwd and list"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newUserAdd(), newUserPasswd(), newUserList())
	return cmd
}

// onUsers completes a command that works on the database.
func onUsers(cmd *cobra.Command, do func(cmd *cobra.Command, db *store.Store, args []string) error) *cobra.Command {
	cfg := &config{}
	cfg.attach(cmd, append(dataFlags(), "database")...)
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		db, err := openStore(cmd.Context(), cfg)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return do(cmd, db, args)
	}
	return cmd
}

const aboutPasswords = `The password is asked for twice on a terminal, where it is not shown, and else is
the one line that comes in. --password-file names a file that holds it, "-" being
what comes in.`

func passwordFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "password-file", "", `file with the password, "-" for standard input`)
}

func newUserAdd() *cobra.Command {
	file := ""
	level := choice{value: "1", of: []string{"10", "1", "0"}}
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a user",
		Long:  "Makes a user who logs in by name and password.\n\n" + aboutPasswords,
		Example: `  pluggarr user add ann --level 10
  pluggarr user add bob --password-file bob.txt
  pass show pluggarr/bob | pluggarr user add bob`,
		Args: takes(1, 1, "the NAME of the user"),
	}
	cmd.Flags().Var(&level, "level", "what the user may do: 10 for an admin, 1 to look, 0 for a streamer")
	passwordFlag(cmd, &file)
	return onUsers(cmd, func(cmd *cobra.Command, db *store.Store, args []string) error {
		name, err := auth.Username(args[0])
		if err != nil {
			return usageError{err}
		}
		if _, err := db.UserByName(cmd.Context(), name); err == nil {
			return fmt.Errorf("there is a user %q: 'pluggarr user passwd %s' sets a password", name, name)
		}
		number, err := strconv.Atoi(level.value)
		if err != nil {
			return usageError{err}
		}
		user := &store.User{Username: name, IsActive: true}
		if err := auth.SetLevel(user, number); err != nil {
			return usageError{err}
		}
		if user.Password, err = newPassword(cmd, file); err != nil {
			return err
		}
		return db.CreateUser(cmd.Context(), user)
	})
}

func newUserPasswd() *cobra.Command {
	file := ""
	cmd := &cobra.Command{
		Use:   "passwd NAME",
		Short: "Set a user's password",
		Long: `Sets a user's password. Whoever is logged in by the old one is so no longer; API
keys stay.

` + aboutPasswords,
		Example: `  pluggarr user passwd ann
  pluggarr user passwd ann --password-file ann.txt`,
		Args: takes(1, 1, "the NAME of the user"),
	}
	passwordFlag(cmd, &file)
	return onUsers(cmd, func(cmd *cobra.Command, db *store.Store, args []string) error {
		user, err := db.UserByName(cmd.Context(), args[0])
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no user %q: 'pluggarr user list' names those there are", args[0])
		}
		if err != nil {
			return err
		}
		encoded, err := newPassword(cmd, file)
		if err != nil {
			return err
		}
		_, err = db.UpdateUser(cmd.Context(), user.ID, func(u *store.User) error {
			u.Password = encoded
			return nil
		})
		return err
	})
}

// newPassword asks for a password and returns its hash.
func newPassword(cmd *cobra.Command, file string) (string, error) {
	password, err := readPassword(cmd, file)
	if err != nil {
		return "", err
	}
	if err := auth.CheckPassword(password); err != nil {
		return "", err
	}
	return auth.HashPassword(password)
}

// listed is a user as the command line shows them.
type listed struct {
	ID        int64      `json:"id"`
	Username  string     `json:"username"`
	Level     int        `json:"user_level"`
	Active    bool       `json:"is_active"`
	Password  bool       `json:"has_password"`
	Email     string     `json:"email"`
	LastLogin *time.Time `json:"last_login"`
	Joined    time.Time  `json:"date_joined"`
}

func newUserList() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the users",
		Long:    "Lists the users: their level, whether they are locked out, whether they have a\npassword or API keys only, and when they last logged in.",
		Example: "  pluggarr user list\n  pluggarr user list --json",
		Args:    takes(0, 0, "no arguments"),
	}
	jsonFlag(cmd, &asJSON)
	return onUsers(cmd, func(cmd *cobra.Command, db *store.Store, _ []string) error {
		users, err := db.Users(cmd.Context())
		if err != nil {
			return err
		}
		all := make([]listed, len(users))
		for i, u := range users {
			all[i] = listed{u.ID, u.Username, u.UserLevel, u.IsActive, auth.HasPassword(&u), u.Email, nil, u.DateJoined}
			if !u.LastLogin.IsZero() {
				all[i].LastLogin = &u.LastLogin
			}
		}
		if asJSON {
			raw, err := json.Marshal(all)
			if err != nil {
				return fmt.Errorf("write the users: %w", err)
			}
			return writeJSON(cmd.OutOrStdout(), raw)
		}
		if len(all) == 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), "no users: pluggarr user add NAME --level 10 makes an admin")
			return nil
		}
		return writeTable(cmd.OutOrStdout(), userRows(all))
	})
}

func userRows(users []listed) [][]string {
	word := map[bool]string{true: "yes", false: "no"}
	rows := [][]string{{"NAME", "LEVEL", "ACTIVE", "PASSWORD", "LAST LOGIN"}}
	for _, u := range users {
		level := strconv.Itoa(u.Level)
		switch {
		case u.Level >= store.LevelAdmin:
			level = "admin"
		case u.Level == 1:
			level = "standard"
		case u.Level == 0:
			level = "streamer"
		}
		last := "never"
		if u.LastLogin != nil {
			last = u.LastLogin.Local().Format("2006-01-02 15:04")
		}
		rows = append(rows, []string{firstLine(u.Username), level, word[u.Active], word[u.Password], last})
	}
	return rows
}
