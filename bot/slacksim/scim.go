package slacksim

import "net/http"

func (s *slack) serveSCIM(rw http.ResponseWriter, r *http.Request) { http.NotFound(rw, r) }
