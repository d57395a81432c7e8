package compat_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/pluggarr/pluggarr/host/store"
	"github.com/pluggarr/pluggarr/host/store/storetest"
)

// djangoPython is a Python that has what plugins import: that of the tools.
func djangoPython(t testing.TB) string {
	t.Helper()
	const tools = "../.cache/venv/bin/python"
	err := exec.CommandContext(t.Context(), tools, "-c", "import django").Run()
	switch {
	case err == nil:
		return tools
	case os.Getenv("CI") != "":
		t.Fatalf("the tools' Python has no Django, run .ci/venv: %v", err)
	}
	t.Skip("the tools' Python has no Django: run .ci/venv")
	return ""
}

// TestModels compares every field of every model with its real column.
func TestModels(t *testing.T) {
	t.Parallel()
	python := djangoPython(t)
	for name, fresh := range map[string]func(testing.TB) store.Config{
		"sqlite": storetest.SQLite, "postgres": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := fresh(t)
			storetest.Open(t, cfg)
			url := cfg.Database
			if url == "" {
				url = "sqlite:///" + cfg.Path
			}
			cmd := exec.CommandContext(t.Context(), python, "testdata/columns.py")
			cmd.Env = append(os.Environ(), "DATABASE_URL="+url, "PYTHONDONTWRITEBYTECODE=1")
			out, err := cmd.CombinedOutput()
			if text := strings.TrimSpace(string(out)); err != nil || text != "done" {
				t.Errorf("the models do not fit (%v):\n%s", err, text)
			}
		})
	}
}
