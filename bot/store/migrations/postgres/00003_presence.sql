-- +goose Up

-- Which replicas are there, for which workspaces they have tokens, and until
-- when that is to be believed: it says who is to own how much, and where.
CREATE TABLE replicas (
    name  TEXT NOT NULL PRIMARY KEY,
    host  TEXT NOT NULL,
    teams TEXT[] NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL
);
