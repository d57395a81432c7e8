package kv_test

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pluggarr/pluggarr/host/kv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client speaks as little of the protocol as the test needs.
type client struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func dial(t *testing.T, at *url.URL) *client {
	t.Helper()
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return &client{t, conn, bufio.NewReader(conn)}
}

// do sends a command and returns the first line of its answer, of a text the text.
func (c *client) do(words ...string) string {
	c.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := c.Write([]byte(b.String())); err != nil {
		c.t.Fatal(err)
	}
	line, err := c.in.ReadString('\n')
	if err == nil && line[0] == '$' && line != "$-1\r\n" {
		line, err = c.in.ReadString('\n')
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func TestServer(t *testing.T) {
	t.Parallel()
	s, err := kv.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	at, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	if got := dial(t, at).do("GET", "a"); !strings.HasPrefix(got, "-NOAUTH") {
		t.Errorf("without a password: %q", got)
	}
	c := dial(t, at)
	password, _ := at.User.Password()
	// The last lines are how plugins take a lock and give it back only when it is still theirs.
	const release = `if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[1]) else return 0 end`
	for _, step := range []struct {
		command []string
		want    string
	}{
		{[]string{"AUTH", password}, "+OK"},
		{[]string{"SET", "gone", "x", "PX", "1"}, "+OK"},
		{[]string{"SET", "lock", "me", "NX", "EX", "300"}, "+OK"},
		{[]string{"SET", "lock", "you", "NX", "EX", "300"}, "$-1"},
		{[]string{"EVAL", release, "1", "lock", "you"}, ":0"},
		{[]string{"EVAL", release, "1", "lock", "me"}, ":1"},
		{[]string{"EXISTS", "lock"}, ":0"},
	} {
		if got := c.do(step.command...); got != step.want {
			t.Errorf("%v = %q, want %q", step.command, got, step.want)
		}
	}
	for deadline := time.Now().Add(time.Minute); c.do("EXISTS", "gone") != ":0"; {
		if time.Now().After(deadline) {
			t.Fatal("a key outlived its time")
		}
	}
}

func TestCloseDoesNotWaitForAnEndlessScript(t *testing.T) {
	t.Parallel()
	s, err := kv.Start()
	if err != nil {
		t.Fatal(err)
	}
	release := s.Hold()
	s.Close() // returns
	release()
	s.Close()
}
