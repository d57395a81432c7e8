package logs

import (
	"fmt"

	"github.com/pluggarr/pluggarr/host/worker"
)

const (
	// queueBytes is what waits at most for a slower party, in bytes.
	queueBytes = 1 << 20
	// lineBytes is what a line takes in memory besides its texts, in bytes.
	lineBytes = 128
)

// queue holds lines for a slower party. The zero value is empty.
type queue struct {
	lines []worker.Line
	bytes int
	lost  loss // the lines that came while it was full
}

// loss counts lines that are gone.
type loss struct {
	lines int
	run   string // the run of all of them; "" when they have several or none
}

// add takes a line, or counts it as lost. Once one is lost so are all until the
// queue is emptied: the loss is then in one place, which can be shown.
func (q *queue) add(l worker.Line) {
	n := len(l.Message) + len(l.Attrs) + len(l.Run) + lineBytes
	if q.lost.lines > 0 || q.bytes+n > queueBytes {
		q.lost.add(l.Run)
		return
	}
	q.lines = append(q.lines, l)
	q.bytes += n
}

// take empties the queue. When lines were lost, a last line tells that and why.
func (q *queue) take(why string) []worker.Line {
	lines := q.lines
	if q.lost.lines > 0 {
		lines = append(lines, q.lost.line(why))
	}
	*q = queue{}
	return lines
}

func (s *loss) add(run string) {
	if s.lines == 0 {
		s.run = run
	} else if s.run != run {
		s.run = ""
	}
	s.lines++
}

// line says what was lost. It belongs to the run that lost it, so that the log
// of a run does not look complete.
func (s *loss) line(why string) worker.Line {
	text := "1 line was dropped: "
	if s.lines > 1 {
		text = fmt.Sprintf("%d lines were dropped: ", s.lines)
	}
	return worker.Line{Time: now(), Source: SourceHost, Run: s.run, Level: "warning", Message: text + why}
}
