"""The tables of a state file, as the migrations that led to them."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE account (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    -- Scopes are one JSON array, or NULL for all of them.
    CREATE TABLE api_keys (
        seq INTEGER PRIMARY KEY, name TEXT NOT NULL, secret TEXT NOT NULL UNIQUE, scopes TEXT
    ) STRICT;
    CREATE TABLE users (name TEXT PRIMARY KEY, password TEXT NOT NULL, scopes TEXT) STRICT, WITHOUT ROWID;

    -- Requests let through in the last window of each operation.
    CREATE TABLE windows (
        operation TEXT PRIMARY KEY, number INTEGER NOT NULL, used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE applications (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT) STRICT;
    CREATE TABLE entities (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT) STRICT;

    -- The two ids are the number's own link, which is never without an application (platform.md 2.3).
    CREATE TABLE numbers (
        seq INTEGER PRIMARY KEY,
        number_key TEXT NOT NULL UNIQUE,
        number TEXT NOT NULL,
        country TEXT NOT NULL,
        type TEXT NOT NULL,
        capabilities TEXT NOT NULL,
        application_id TEXT NOT NULL DEFAULT 'default' REFERENCES applications (id),
        entity_id TEXT REFERENCES entities (id)
    ) STRICT;
    CREATE INDEX numbers_by_application ON numbers (application_id);
    CREATE INDEX numbers_by_entity ON numbers (entity_id);
    CREATE TABLE domains (seq INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE senders (
        seq INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (type, name)
    ) STRICT;

    CREATE TABLE associations (
        seq INTEGER PRIMARY KEY,
        resource_type TEXT NOT NULL,
        channel TEXT NOT NULL,
        application_id TEXT NOT NULL REFERENCES applications (id),
        entity_id TEXT REFERENCES entities (id),
        resource_id TEXT NOT NULL
    ) STRICT;
    -- No id is empty, so the empty one stands for none: a plain UNIQUE lets two NULLs pass.
    CREATE UNIQUE INDEX associations_identity
        ON associations (application_id, ifnull(entity_id, ''), resource_id, channel, resource_type);
    CREATE INDEX associations_by_entity ON associations (entity_id);
    CREATE INDEX associations_by_resource ON associations (resource_id);

    CREATE TABLE strategies (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        application_id TEXT,
        entity_id TEXT,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX strategies_by_application ON strategies (application_id);
    CREATE INDEX strategies_by_entity ON strategies (entity_id);

    CREATE TABLE securities (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL) STRICT;
    CREATE TABLE profiles (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        auth_id TEXT REFERENCES securities (id),
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX profiles_by_security ON profiles (auth_id);
    CREATE TABLE subscriptions (
        seq INTEGER PRIMARY KEY,
        channel TEXT NOT NULL,
        id TEXT NOT NULL,
        profile_id TEXT NOT NULL REFERENCES profiles (id),
        body TEXT NOT NULL,
        UNIQUE (channel, id)
    ) STRICT;
    CREATE INDEX subscriptions_by_profile ON subscriptions (profile_id);
    -- What a subscription can be found by, taken out of its body.
    CREATE TABLE subscription_terms (
        subscription INTEGER NOT NULL REFERENCES subscriptions (seq) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (subscription, kind, value)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX subscription_terms_by_value ON subscription_terms (value, kind)
    """,
)
"""What brings a file from version N to N + 1; released ones stay as they are. A semicolon ends a statement,
wherever it stands."""
