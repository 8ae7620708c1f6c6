// Package store is the durable memory: handled events, decisions, actions and
// their results, the mirror of each workspace, grants, graces, bindings and the
// audit, on SQLite or PostgreSQL.
//
// It owns the schema, transactions and the order in which waiting actions may be
// claimed. It must never decide, call Slack, read a clock of its own, or let a
// row of one workspace be reached through another: every statement names the
// team. Texts, addresses and tokens that it keeps never appear in its errors.
//
// Decision: one SQL text with $1 placeholders serves both engines, written by
// hand, and every write of a workspace runs one after the other (SQLite has one
// writer; PostgreSQL takes a lock per team). A workspace has one owner anyway,
// so nothing is lost, and the audit's chain, the queue's order and "at most
// once" need no further locking.
//
// Where several processes share a PostgreSQL memory, who owns a workspace is a
// row with an epoch that counts the takeovers, and every write checks it under
// that lock (Leases): the clock of a process that was stopped for a while, or
// cut off, need not be trusted. What the others receive waits in a table until
// the owner's commit takes it away (Handover).
//
// The order of the queue is kept in a table of heads, the oldest waiting action
// of each key, instead of being found by comparing actions: claiming then costs
// the same whether one or a hundred thousand wait behind a key.
package store
