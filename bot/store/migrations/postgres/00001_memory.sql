-- +goose Up

-- Event ids that were answered, kept well over Slack's five minutes of retries.
CREATE TABLE handled (
    team  TEXT NOT NULL,
    event TEXT NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (team, event)
);
CREATE INDEX handled_at ON handled (at);

-- Everything that is to be done or was done. Times are nanoseconds since 1970, 0 for none.
CREATE TABLE actions (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team      TEXT NOT NULL,
    key       TEXT NOT NULL,
    kind      TEXT NOT NULL,
    body      TEXT NOT NULL,
    same      BIGINT NOT NULL,             -- a hash of kind and body
    priority  INTEGER NOT NULL,
    changes   INTEGER NOT NULL,            -- 1: a pause or a brake holds it
    event     TEXT NOT NULL,               -- the event id that caused it
    run       TEXT NOT NULL DEFAULT '',    -- the plan run it belongs to
    created   BIGINT NOT NULL,
    at        BIGINT NOT NULL,             -- its place in its key: when it was to start
    due       BIGINT NOT NULL,             -- when it may be tried next
    attempts  INTEGER NOT NULL DEFAULT 0,
    hold      TEXT NOT NULL DEFAULT '',    -- why it waits for a person
    settled   BIGINT NOT NULL DEFAULT 0,   -- when it came to an end
    class     TEXT NOT NULL DEFAULT '',
    code      TEXT NOT NULL DEFAULT '',
    sentence  TEXT NOT NULL DEFAULT '',
    value     TEXT NOT NULL DEFAULT '',
    history   TEXT NOT NULL DEFAULT '',
    echo      INTEGER NOT NULL DEFAULT 0   -- 1: its end has not been heard by the lane yet
);
CREATE INDEX actions_waiting ON actions (team, key, at, id) WHERE settled = 0 AND hold = '';
CREATE INDEX actions_kind ON actions (team, key, kind, id) WHERE settled = 0;
CREATE INDEX actions_same ON actions (team, same) WHERE settled = 0;
CREATE INDEX actions_held ON actions (team, hold) WHERE settled = 0 AND hold <> '';
CREATE INDEX actions_ended ON actions (team, class, id) WHERE settled > 0;
CREATE INDEX actions_over ON actions (team, id) WHERE settled > 0;
CREATE INDEX actions_settled ON actions (settled) WHERE settled > 0;
CREATE INDEX actions_echo ON actions (team, id) WHERE echo = 1;
CREATE INDEX actions_run ON actions (team, run, id) WHERE run <> '';
CREATE INDEX actions_event ON actions (team, event);

-- The oldest waiting action of each key: what may be claimed.
CREATE TABLE heads (
    team     TEXT NOT NULL,
    key      TEXT NOT NULL,
    action   BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    due      BIGINT NOT NULL,            -- while claimed: the end of the lease
    priority INTEGER NOT NULL,
    owner    TEXT NOT NULL DEFAULT '',   -- who has claimed it
    PRIMARY KEY (team, key)
);
CREATE INDEX heads_due ON heads (team, priority, due, action);
CREATE INDEX heads_owner ON heads (owner) WHERE owner <> '';

-- Notices that are sent at most once.
CREATE TABLE told (
    team TEXT NOT NULL,
    once TEXT NOT NULL,
    at   BIGINT NOT NULL,
    PRIMARY KEY (team, once)
);

CREATE TABLE pauses (
    team   TEXT NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    reason TEXT NOT NULL
);

-- What is known of each workspace, one row per thing.
CREATE TABLE mirror (
    team TEXT NOT NULL,
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (team, kind, id)
);

CREATE TABLE grants (
    team    TEXT NOT NULL,
    channel TEXT NOT NULL,
    member  TEXT NOT NULL,
    ends    BIGINT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (team, channel, member)
);

CREATE TABLE graces (
    team    TEXT NOT NULL,
    channel TEXT NOT NULL,
    member  TEXT NOT NULL,
    since   BIGINT NOT NULL,
    PRIMARY KEY (team, channel, member)
);

-- What the names in a policy stand for, once and for all.
CREATE TABLE bindings (
    team TEXT NOT NULL,
    name TEXT NOT NULL,
    id   TEXT NOT NULL,
    PRIMARY KEY (team, name)
);

CREATE TABLE homes (
    team      TEXT NOT NULL,
    member    TEXT NOT NULL,
    opened    BIGINT NOT NULL DEFAULT 0,
    body      TEXT NOT NULL DEFAULT '',  -- the last Home that was asked for
    published TEXT NOT NULL DEFAULT '',  -- the fingerprint of the one they have
    PRIMARY KEY (team, member)
);

-- Small facts by name: sizes of sources, when a socket was last heard, the policy in force.
CREATE TABLE notes (
    team  TEXT NOT NULL,
    kind  TEXT NOT NULL,
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (team, kind, name)
);

CREATE TABLE runs (
    team  TEXT NOT NULL,
    id    TEXT NOT NULL,
    at    BIGINT NOT NULL,
    state TEXT NOT NULL,
    hash  TEXT NOT NULL,
    body  TEXT NOT NULL,
    PRIMARY KEY (team, id)
);
CREATE INDEX runs_at ON runs (team, at);

-- The audit: append-only, each row chained to the one before by its hash.
CREATE TABLE audit (
    team    TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    event   TEXT NOT NULL,
    action  BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    channel TEXT NOT NULL,
    member  TEXT NOT NULL,
    cluster TEXT NOT NULL,
    verdict TEXT NOT NULL,
    line    TEXT NOT NULL,
    body    TEXT NOT NULL,
    prev    TEXT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (team, seq)
);
CREATE INDEX audit_cluster ON audit (team, cluster, seq) WHERE kind = 'decision';
CREATE INDEX audit_channel ON audit (team, channel, seq);
CREATE INDEX audit_member ON audit (team, member, seq);
CREATE INDEX audit_at ON audit (team, at);

-- Where each chain begins (after what retention dropped) and ends.
CREATE TABLE chains (
    team       TEXT NOT NULL PRIMARY KEY,
    first_seq  BIGINT NOT NULL,
    first_prev TEXT NOT NULL,
    last_seq   BIGINT NOT NULL,
    last_hash  TEXT NOT NULL
);
