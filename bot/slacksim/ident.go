package slacksim

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
)

var base32Upper = base32.StdEncoding.WithPadding(base32.NoPadding)

// ident derives an id from a seed and what the thing is called: the same file
// yields the same ids on every start and every machine.
func ident(seed int64, prefix, kind, name string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s\x00%s", seed, kind, name))
	return prefix + base32Upper.EncodeToString(sum[:])[:10]
}

// freeID is ident for things whose names may come back after a deletion: nothing
// in the workspace has the id or ever had it.
func (w *workspace) freeID(prefix, kind, name string) string {
	id := ident(w.slack.seed, prefix, w.id+"/"+kind, name)
	for n := 2; w.ids[id]; n++ {
		id = ident(w.slack.seed, prefix, w.id+"/"+kind, fmt.Sprintf("%s\x00%d", name, n))
	}
	return id
}

// secret is random on every start: a token is never derived from a file.
func secret(prefix string) string {
	var b [18]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return prefix + hex.EncodeToString(b[:])
}
