package ingest

// numbers are the channel numbers that are in use.
type numbers struct {
	taken map[float64]int
	after map[float64]float64 // where the search that began at a number goes on
}

func newNumbers(taken []float64) *numbers {
	n := &numbers{taken: make(map[float64]int, len(taken)), after: map[float64]float64{}}
	for _, number := range taken {
		n.taken[number]++
	}
	return n
}

// free says that a channel gives up its number.
func (n *numbers) free(number float64) {
	if n.taken[number]--; n.taken[number] <= 0 {
		delete(n.taken, number)
	}
	clear(n.after)
}

// take takes a number and says whether nobody had it.
func (n *numbers) take(number float64) bool {
	if n.taken[number] > 0 {
		return false
	}
	n.taken[number]++
	return true
}

// next takes the first number from first on, in steps of 1, that nobody has; it
// is false when that is above last. A nil last means that there is no end.
func (n *numbers) next(first float64, last *float64) (float64, bool) {
	number, begun := n.after[first]
	if !begun {
		number = first
	}
	for !n.take(number) {
		if number+1 == number {
			return 0, false // nobody counts as far as that
		}
		number++
	}
	if last != nil && number > *last {
		n.taken[number]--
		n.after[first] = number
		return 0, false
	}
	n.after[first] = number + 1
	return number, true
}
