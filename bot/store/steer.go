package store

// Kinds of notes about what administrators decide, or have yet to.
const (
	NoteHeld    NoteKind = "held"    // by key: what waits for them, as JSON
	NoteSpared  NoteKind = "spared"  // by channel and user: why somebody stays although a rule does not let them
	NoteAdded   NoteKind = "added"   // by channel and user: who added somebody about whom nothing could be said yet
	NoteDoubted NoteKind = "doubted" // by key: what cannot be decided, since the note's time
)
