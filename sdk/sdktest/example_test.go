package sdktest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/pluggarr/pluggarr/sdk/sdktest"
)

// A plugin's test is a call with what a user would give, and a look at what
// came of it. In a test, t is its own.
func ExampleRun() {
	t := &exampleTest{}
	defer t.end()

	out := sdktest.Run(t, plugin(), sdktest.Call{
		Action:   "greet",
		Settings: sdktest.Values{"name": "Ada"},
	})
	fmt.Println(string(out.Result), out.Err)
	fmt.Println(out.Log[0].Level, out.Log[0].Message)
	// Output:
	// {"status":"ok","message":"Hello, Ada! 0"} <nil>
	// info greeting Ada
}

// exampleTest stands for a test where there is none.
type exampleTest struct {
	testing.TB
	cleanups []func()
}

func (*exampleTest) Helper()                   {}
func (*exampleTest) Context() context.Context  { return context.Background() }
func (t *exampleTest) Cleanup(f func())        { t.cleanups = append(t.cleanups, f) }
func (*exampleTest) Errorf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (*exampleTest) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }

func (t *exampleTest) end() {
	for _, f := range t.cleanups {
		f()
	}
}
