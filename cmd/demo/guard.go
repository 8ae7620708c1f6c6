package demo

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// Loopback complains about an address that the demo does not listen on.
func Loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen address %q: give host:port, as in 127.0.0.1:8080", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("listen address %q: the demo listens on this machine only; use 127.0.0.1", address)
	}
	return nil
}

// policy is what a browser may load and run for this page: its own files.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded refuses requests that another site made a browser send: names other
// than this address, and posts from another origin.
func guarded(next http.Handler, address string) http.Handler {
	_, port, _ := net.SplitHostPort(address)
	ours := map[string]bool{address: true}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]"} {
		ours[host+":"+port] = true
		if port == "80" {
			ours[host] = true
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		from, err := url.Parse(origin)
		if !ours[r.Host] || err != nil || origin != "" && !ours[from.Host] {
			http.Error(w, "This page answers only on this machine.", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}
