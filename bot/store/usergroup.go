package store

import "usher/rules"

// noteUsergroup holds the kinds of what is remembered of user groups: each note
// is one user group's, by its id; ids with commas.
const noteUsergroup = "usergroup-"

// NoteUsergroup is the kind of note that keeps one part of what is remembered of
// user groups.
func NoteUsergroup(part rules.Part) NoteKind {
	if part == rules.PartRuled {
		return noteUsergroup + "base"
	}
	return NoteKind(noteUsergroup + string(part))
}
