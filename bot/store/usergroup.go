package store

// NoteUsergroupBase is, by user group, whom its rule put into it: ids with commas.
const NoteUsergroupBase NoteKind = "usergroup-base"
