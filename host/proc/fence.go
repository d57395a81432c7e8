package proc

import "time"

// lookEvery is how often the number of the machine's processes is looked at,
// which costs one small read. A shell that does nothing but fork makes some
// hundred processes in that time.
const lookEvery = 100 * time.Millisecond

// Fence ends process groups of this Starter's processes in which more than most
// processes live, and tells of each. A plugin that does nothing but start
// processes takes itself away, not the machine; where memory is counted process
// by process, that is also how all of them together are bounded. The end
// of such a process is a [*LimitError]. It needs an owner, ends with Close, and
// does nothing but on Linux.
func (s *Starter) Fence(most int, told func(pid, processes int)) {
	f := fence{starter: s, most: most, told: told, quiet: tasks()}
	s.fences.Go(func() {
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				f.look()
			case <-s.stopped:
				return
			}
		}
	})
}

// fence is what one Fence remembers.
type fence struct {
	starter *Starter
	most    int
	told    func(pid, processes int)
	quiet   int // as many tasks as the machine had when all was well
}

// look counts processes by group when the machine has many more tasks than it
// had.
func (f *fence) look() {
	total := tasks()
	f.quiet = min(f.quiet, total)
	if total <= f.quiet+f.most/2 {
		return
	}
	f.quiet = total
	for group, pids := range groups() {
		if len(pids) > f.most && group > 0 && f.end(group, pids) {
			f.told(group, len(pids))
		}
	}
}

// end ends a group if it is one of this fence's, whose process learns why
// before it learns that.
func (f *fence) end(group int, pids []int) bool {
	mark := f.mark(pids)
	if mark == "" {
		return false
	}
	if p, ok := f.starter.running.Load(mark); ok {
		p.(*Process).fence(innerGroup(pids, group), f.most) //nolint:forcetypeassert,errcheck // Start puts nothing else there
	}
	return killGroup(group) == nil
}
