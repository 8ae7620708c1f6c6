-- +goose Up

-- Which replica owns each workspace, until when, and how often it has changed
-- hands. The server's clock alone says what has run out.
CREATE TABLE leases (
    team   TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch  BIGINT NOT NULL,
    until  TIMESTAMPTZ NOT NULL
);

-- Envelopes on their way from the replica that received them to the one that
-- owns their workspace, and replies on their way back.
CREATE TABLE handovers (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team     TEXT NOT NULL,
    sender   TEXT NOT NULL,                    -- the replica that waits for the reply
    envelope TEXT NOT NULL,
    event    TEXT NOT NULL,
    kind     TEXT NOT NULL,                    -- Slack's envelope type
    payload  BYTEA NOT NULL,
    attempt  INTEGER NOT NULL,
    received BIGINT NOT NULL,
    asks     BOOLEAN NOT NULL,                 -- somebody waits for a reply
    given_up BOOLEAN NOT NULL DEFAULT FALSE,   -- they were told that it follows later
    reply    BYTEA,                            -- NULL: not handled
    at       TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX handovers_waiting ON handovers (team, id) WHERE reply IS NULL;
CREATE INDEX handovers_replied ON handovers (sender, id) WHERE reply IS NOT NULL;
