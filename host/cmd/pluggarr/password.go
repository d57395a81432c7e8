package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

// maxPasswordFile is more than any password has.
const maxPasswordFile = 64 << 10

// readPassword reads a password from the file, "-" being standard input; without
// one it asks for it on a terminal, else it takes standard input too.
func readPassword(cmd *cobra.Command, file string) (string, error) {
	in := cmd.InOrStdin()
	if file != "" && file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		defer opened.Close()
		return onlyLine(opened)
	}
	terminal, ok := in.(*os.File)
	if !ok || file == "-" || !isTerminal(terminal) {
		return onlyLine(in)
	}
	out := cmd.ErrOrStderr()
	first, err := ask(cmd.Context(), terminal, out, "Password: ")
	if err != nil {
		return "", err
	}
	second, err := ask(cmd.Context(), terminal, out, "Again: ")
	if err == nil && first != second {
		err = errors.New("the two passwords differ: nothing was changed")
	}
	return first, err
}

// onlyLine reads all there is, which has to be one line.
func onlyLine(from io.Reader) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(from, maxPasswordFile))
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	if strings.ContainsAny(line, "\r\n") {
		return "", errors.New("the password has more than one line: give it alone")
	}
	return line, nil
}

// ask reads one line from a terminal that does not show it meanwhile.
func ask(ctx context.Context, terminal *os.File, out io.Writer, prompt string) (string, error) {
	fd := int(terminal.Fd())
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return "", fmt.Errorf("ask for the password: %w", err)
	}
	silent := *before
	silent.Lflag &^= unix.ECHO
	silent.Lflag |= unix.ICANON | unix.ISIG
	silent.Iflag |= unix.ICRNL
	if err := unix.IoctlSetTermios(fd, setTermios, &silent); err != nil {
		return "", fmt.Errorf("ask for the password: %w", err)
	}
	defer func() {
		_ = unix.IoctlSetTermios(fd, setTermios, before) // it was a terminal a moment ago
		fmt.Fprintln(out)
	}()
	fmt.Fprint(out, prompt)
	type line struct {
		text string
		err  error
	}
	got := make(chan line, 1)
	// Nothing ends a read from a terminal: after Ctrl-C the process does.
	go func() {
		text, err := readLine(terminal)
		got <- line{text, err}
	}()
	select {
	case l := <-got:
		return l.text, l.err
	case <-ctx.Done():
		return "", fmt.Errorf("ask for the password: %w", ctx.Err())
	}
}

// readLine reads up to the end of a line and nothing of the next.
func readLine(from io.Reader) (string, error) {
	var text []byte
	one := make([]byte, 1)
	for len(text) < maxPasswordFile {
		n, err := from.Read(one)
		if n == 1 && one[0] == '\n' {
			break
		}
		text = append(text, one[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
	}
	return strings.TrimSuffix(string(text), "\r"), nil
}
