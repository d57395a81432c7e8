package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	variablePrefix = "PLUGGARR_"
	configFile     = "pluggarr.yaml"
)

// config is all that can be configured. Each value has a flag, a variable and a
// key of the configuration file; see [config.define].
type config struct {
	listen, data, plugins, database, python string
	allowHosts                              []string
	allowExecutables                        bool
	grace, idle, load, runGo, runPython     time.Duration
	memory                                  size
	files, processes                        int
	level, format                           choice
	url, key                                string

	path string // of the configuration file; "" means none was named
}

// dataFlags are for commands that look at the data folder.
func dataFlags() []string { return []string{"data", "config"} }

// clientFlags are for commands that ask a host.
func clientFlags() []string { return []string{"url", "key", "data", "config"} }

// define makes the flags of everything there is.
func (c *config) define() *pflag.FlagSet {
	c.memory = size(1 << 30)
	c.level = choice{value: "info", of: []string{"debug", "info", "warn", "error"}}
	c.format = choice{value: "text", of: []string{"text", "json"}}
	f := pflag.NewFlagSet("pluggarr", pflag.ContinueOnError)
	f.StringVar(&c.listen, "listen", "127.0.0.1:9191", "address of the REST API; port 0 takes any free one")
	f.StringVar(&c.data, "data", "./data", "folder for all that is kept")
	f.StringVar(&c.plugins, "plugins", "", "folder of the plugins (default $DISPATCHARR_PLUGINS_DIR, else plugins in the data folder)")
	f.StringVar(&c.database, "database", "", "PostgreSQL address, postgres://user:password@host/name (default SQLite in the data folder)")
	f.StringVar(&c.python, "python", "", "interpreter for Python plugins, 3.10 or newer (default the best of $PATH)")
	f.StringSliceVar(&c.allowHosts, "allow-host", nil, "name under which a browser may reach a host on loopback; may be repeated")
	f.BoolVar(&c.allowExecutables, "allow-executables", false, "run compiled programs that plugins bring along")
	f.DurationVar(&c.grace, "grace", 5*time.Second, "time to end a run or a plugin before it is killed")
	f.DurationVar(&c.idle, "idle", 10*time.Minute, "stop a Go plugin that nobody called for so long; 0 for never")
	f.DurationVar(&c.load, "load-timeout", time.Minute, "time a plugin has to load")
	f.DurationVar(&c.runGo, "run-timeout-go", time.Hour, "time a run of a Go plugin may take; 0 for no limit")
	f.DurationVar(&c.runPython, "run-timeout-python", 0, "time a run of a Python plugin may take; 0 for no limit")
	f.Var(&c.memory, "memory", "memory a plugin's process may take; 0 for no limit")
	f.IntVar(&c.files, "files", 1024, "files a plugin's process may have open; 0 for no limit of its own")
	f.IntVar(&c.processes, "processes", 256, "processes a plugin may have at once, with all it starts; 0 for no limit")
	f.Var(&c.level, "log-level", "what to print: debug, info, warn or error")
	f.Var(&c.format, "log-format", "how to print it: text or json")
	f.StringVar(&c.url, "url", "", "where the host is (default the host of the data folder, else http://127.0.0.1:9191)")
	f.StringVar(&c.key, "key", "", "API key; better as $PLUGGARR_KEY, which other users cannot see (default that of the host of the data folder)")
	f.StringVar(&c.path, "config", "", "configuration file (default ./pluggarr.yaml, else pluggarr.yaml in the data folder)")
	return f
}

// attach gives cmd the named flags, and lets it start with everything loaded
// into c. Where cmd has a flag of that name which means something else, ours has
// "host-" before it.
func (c *config) attach(cmd *cobra.Command, names ...string) {
	all := c.define()
	for _, name := range names {
		flag := all.Lookup(name)
		if own := cmd.Flags().Lookup(name); own != nil {
			own.Annotations = map[string][]string{configured: {""}}
			renamed := *flag
			renamed.Name = "host-" + name
			renamed.Annotations = map[string][]string{configured: {name}}
			flag = &renamed
		}
		cmd.Flags().AddFlag(flag)
	}
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.loadInto(cmd.Flags(), all); err != nil {
			return usageError{err}
		}
		return nil
	}
}

// configured annotates a flag whose variable and key are not of its own name, but
// of this one, or of none when it is "".
const configured = "pluggarr_configured"

// configName is the name of a flag's variable and key.
func configName(f *pflag.Flag) string {
	if name, ok := f.Annotations[configured]; ok {
		return name[0]
	}
	return f.Name
}

// loadInto sets every flag that was not given from its variable, else from the
// file. all are the flags that exist.
func (c *config) loadInto(given, all *pflag.FlagSet) error {
	variables, err := fromVariables()
	if err != nil {
		return err
	}
	path, err := c.findFile(given, variables)
	if err != nil {
		return err
	}
	values := koanf.New("\x00")
	if path != "" {
		if err := readFile(values, path, all); err != nil {
			return err
		}
	}
	if err := values.Merge(variables); err != nil {
		return fmt.Errorf("merge the configuration: %w", err)
	}
	given.VisitAll(func(f *pflag.Flag) {
		name := configName(f)
		if err != nil || f.Changed || name == "" || !values.Exists(name) || all.Lookup(name) == nil {
			return
		}
		source := path + ": " + name
		if variables.Exists(name) {
			source = variable(name)
		}
		if wrong := set(f, values.Get(name)); wrong != nil {
			err = fmt.Errorf("%s: %w", source, wrong)
		}
	})
	if err != nil {
		return err
	}
	return c.complete()
}

// complete checks what no flag checks by itself and fills in the rest.
func (c *config) complete() error {
	data, err := filepath.Abs(c.data)
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	c.data = data
	if c.plugins == "" {
		c.plugins = os.Getenv("DISPATCHARR_PLUGINS_DIR")
	}
	for name, value := range map[string]time.Duration{"grace": c.grace, "load-timeout": c.load} {
		if value <= 0 {
			return fmt.Errorf("--%s has to be more than 0", name)
		}
	}
	for name, value := range map[string]time.Duration{
		"idle": c.idle, "run-timeout-go": c.runGo, "run-timeout-python": c.runPython,
	} {
		if value < 0 {
			return fmt.Errorf("--%s has to be 0 or more", name)
		}
	}
	if c.files < 0 {
		return errors.New("--files has to be 0 or more")
	}
	return nil
}

// variable is the name of a flag's variable.
func variable(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fromVariables reads the variables, each by the name of its flag. An empty one
// counts as none.
func fromVariables() (*koanf.Koanf, error) {
	values := koanf.New("\x00")
	err := values.Load(env.Provider("\x00", env.Opt{Prefix: variablePrefix, TransformFunc: func(name, value string) (string, any) {
		if name == variablePrefix+"API_KEY" && os.Getenv(variable("key")) == "" {
			name = variable("key")
		}
		if value == "" {
			return "", nil
		}
		return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, variablePrefix)), "_", "-"), value
	}}), nil)
	if err != nil {
		return nil, fmt.Errorf("read the variables: %w", err)
	}
	return values, nil
}

// findFile returns the configuration file to read; "" for none.
func (c *config) findFile(given *pflag.FlagSet, variables *koanf.Koanf) (string, error) {
	chosen := func(flag string) string {
		f := given.Lookup(flag)
		if f == nil { // a command without a data folder
			return ""
		}
		if !f.Changed && variables.Exists(flag) {
			return variables.String(flag)
		}
		return f.Value.String()
	}
	if path := chosen("config"); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("read the configuration: %w", err)
		}
		return path, nil
	}
	for _, path := range []string{configFile, filepath.Join(chosen("data"), configFile)} {
		_, err := os.Stat(path)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return "", fmt.Errorf("look for the configuration: %w", err)
		}
	}
	return "", nil
}

// readFile reads a configuration file and refuses keys that no flag has.
func readFile(into *koanf.Koanf, path string, all *pflag.FlagSet) error {
	if err := into.Load(file.Provider(path), yaml.Parser()); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	var names []string
	all.VisitAll(func(f *pflag.Flag) {
		if f.Name != "config" {
			names = append(names, f.Name)
		}
	})
	for key := range into.Raw() {
		if slices.Contains(names, key) {
			continue
		}
		if near := nearest(key, names); near != "" {
			return fmt.Errorf("%s: there is no key %q: did you mean %q?", path, key, near)
		}
		return fmt.Errorf("%s: there is no key %q: the keys are %s", path, key, strings.Join(names, ", "))
	}
	return nil
}

// set gives a flag a value from a variable or the file.
func set(f *pflag.Flag, value any) error {
	if list, ok := value.([]any); ok {
		several, ok := f.Value.(pflag.SliceValue)
		if !ok {
			return errors.New("has to be one value, not a list")
		}
		texts := make([]string, len(list))
		for i, one := range list {
			texts[i] = fmt.Sprint(one)
		}
		if err := several.Replace(texts); err != nil {
			return fmt.Errorf("%q: %w", texts, err)
		}
		return nil
	}
	switch value.(type) {
	case nil:
		return nil
	case map[string]any:
		return errors.New("has to be one value, not a list of keys")
	}
	if err := f.Value.Set(fmt.Sprint(value)); err != nil {
		return fmt.Errorf("%q: %w", value, err)
	}
	return nil
}
