package kv

// Hold keeps the server busy until release is called, as a script does that does not end.
func (s *Server) Hold() (release func()) {
	s.redis.Lock()
	return s.redis.Unlock
}
