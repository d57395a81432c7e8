package store

// References are the foreign keys by "table.column": the table they name and
// what becomes of the row.
func References() map[string]string {
	all := map[string]string{}
	for _, ref := range referencesWhere(func(reference) bool { return true }) {
		action := "SET_NULL"
		if ref.cascade {
			action = "CASCADE"
		}
		all[ref.table+"."+ref.column] = ref.parent + " " + action
	}
	return all
}

// Writing says whether somebody writes the changes of all who wait.
func Writing(s *Store) bool { return len(s.batch.turn) > 0 }

// Waiting is how many changes wait for that.
func Waiting(s *Store) int {
	s.batch.mu.Lock()
	defer s.batch.mu.Unlock()
	return len(s.batch.waiting)
}
