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
    # All families, books kept of every change, rates of every kind. What is configured may outlive what it
    # names, by rule: numbers and associations no longer refer to applications and entities.
    """
    ALTER TABLE numbers RENAME TO old_numbers;
    DROP INDEX numbers_by_application;
    DROP INDEX numbers_by_entity;
    CREATE TABLE numbers (
        seq INTEGER PRIMARY KEY,
        number_key TEXT NOT NULL UNIQUE,
        number TEXT NOT NULL,
        country TEXT NOT NULL,
        type TEXT NOT NULL,
        capabilities TEXT NOT NULL,
        application_id TEXT NOT NULL DEFAULT 'default',
        entity_id TEXT,
        body TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
    INSERT INTO numbers (seq, number_key, number, country, type, capabilities, application_id, entity_id)
        SELECT seq, number_key, number, country, type, capabilities, application_id, entity_id
        FROM old_numbers;
    DROP TABLE old_numbers;
    CREATE INDEX numbers_by_application ON numbers (application_id);
    CREATE INDEX numbers_by_entity ON numbers (entity_id);
    CREATE INDEX numbers_by_number ON numbers (number);

    -- A key tells only the sender's place, so that equal accounts have equal ones.
    ALTER TABLE senders RENAME TO old_senders;
    CREATE TABLE senders (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        type TEXT NOT NULL,
        name TEXT NOT NULL,
        country TEXT NOT NULL DEFAULT '',
        body TEXT NOT NULL DEFAULT '{}',
        UNIQUE (type, name, country)
    ) STRICT;
    INSERT INTO senders (seq, key, type, name)
        SELECT seq, printf('5E4D0000%024X', seq), type, name FROM old_senders;
    DROP TABLE old_senders;

    -- The two ids are what a domain was registered with, which no operation shows or changes. Seq is its id.
    ALTER TABLE domains ADD COLUMN application_id TEXT NOT NULL DEFAULT 'default';
    ALTER TABLE domains ADD COLUMN entity_id TEXT;
    ALTER TABLE domains ADD COLUMN created_at REAL NOT NULL DEFAULT 1704067200.0;
    ALTER TABLE domains ADD COLUMN dkim_key_length INTEGER NOT NULL DEFAULT 2048;
    ALTER TABLE domains ADD COLUMN targeted_daily_traffic INTEGER NOT NULL DEFAULT 1000;
    ALTER TABLE domains ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE domains ADD COLUMN tracks_clicks INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE domains ADD COLUMN tracks_opens INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE domains ADD COLUMN tracks_unsubscribe INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE domains ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX domains_by_application ON domains (application_id);
    CREATE INDEX domains_by_entity ON domains (entity_id);

    ALTER TABLE associations RENAME TO old_associations;
    DROP INDEX associations_identity;
    DROP INDEX associations_by_entity;
    DROP INDEX associations_by_resource;
    CREATE TABLE associations (
        seq INTEGER PRIMARY KEY,
        resource_type TEXT NOT NULL,
        channel TEXT NOT NULL,
        application_id TEXT NOT NULL,
        entity_id TEXT,
        resource_id TEXT NOT NULL
    ) STRICT;
    INSERT INTO associations SELECT * FROM old_associations;
    DROP TABLE old_associations;
    CREATE UNIQUE INDEX associations_identity
        ON associations (application_id, ifnull(entity_id, ''), resource_id, channel, resource_type);
    CREATE INDEX associations_by_entity ON associations (entity_id);
    CREATE INDEX associations_by_resource ON associations (resource_id);

    -- The resource is a number's key or a sender's, and keyword NULL takes what no other keyword does.
    CREATE TABLE inbound_configurations (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        channel TEXT NOT NULL,
        resource_key TEXT NOT NULL,
        keyword TEXT,
        application_id TEXT,
        entity_id TEXT,
        body TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX inbound_identity
        ON inbound_configurations (resource_key, channel, ifnull(keyword, ''));
    CREATE INDEX inbound_by_application ON inbound_configurations (application_id);
    CREATE INDEX inbound_by_entity ON inbound_configurations (entity_id);

    -- Times are seconds since the epoch, NULL for no bound. Scopes NULL: all of them. Linked stays 1 when
    -- every link is gone, so that no key becomes unrestricted by itself. A role has what the sandbox itself
    -- hands out, however it is called by now.
    ALTER TABLE api_keys RENAME TO old_api_keys;
    CREATE TABLE api_keys (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        secret TEXT NOT NULL UNIQUE,
        scopes TEXT,
        enabled INTEGER NOT NULL DEFAULT 1,
        valid_from REAL,
        valid_to REAL,
        linked INTEGER NOT NULL DEFAULT 0,
        role TEXT,
        body TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
    INSERT INTO api_keys (seq, id, name, role, secret, scopes)
        SELECT seq, printf('%032X', seq), name, name, secret, scopes FROM old_api_keys;
    DROP TABLE old_api_keys;
    -- What a key is tied to: its `platform`, in the order it was given.
    CREATE TABLE key_links (
        seq INTEGER PRIMARY KEY,
        api_key INTEGER NOT NULL REFERENCES api_keys (seq) ON DELETE CASCADE,
        key TEXT NOT NULL,
        application_id TEXT NOT NULL,
        entity_id TEXT,
        action TEXT
    ) STRICT;
    CREATE INDEX key_links_by_key ON key_links (api_key);
    CREATE INDEX key_links_by_application ON key_links (application_id);
    CREATE INDEX key_links_by_entity ON key_links (entity_id);
    -- An address binds the session to it.
    CREATE TABLE sessions (
        seq INTEGER PRIMARY KEY,
        token TEXT NOT NULL UNIQUE,
        user TEXT NOT NULL,
        address TEXT,
        started_at REAL NOT NULL,
        used_at REAL NOT NULL
    ) STRICT;
    CREATE TABLE oauth_clients (id TEXT PRIMARY KEY, secret TEXT NOT NULL, scopes TEXT) STRICT, WITHOUT ROWID;
    -- Here rather than with the seed: accounts that are older have none yet.
    INSERT INTO oauth_clients (id, secret) VALUES ('sandbox-client', lower(hex(randomblob(24))));
    CREATE TABLE oauth_tokens (
        token TEXT PRIMARY KEY, client TEXT NOT NULL, expires_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Token buckets: what was in one when it was last drawn from.
    CREATE TABLE buckets (
        operation TEXT PRIMARY KEY, tokens REAL NOT NULL, drawn_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE windows RENAME TO old_windows;
    CREATE TABLE windows (
        operation TEXT PRIMARY KEY, start REAL NOT NULL, used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    DROP TABLE old_windows;

    -- Messages that were sent or came in. Status is its group, NULL for what came in. The moment is in
    -- milliseconds, as fine as it is shown. Reported is 1 once a report or an inbox has handed it out.
    CREATE TABLE messages (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        direction TEXT NOT NULL,
        channel TEXT NOT NULL,
        sender TEXT NOT NULL,
        destination TEXT NOT NULL,
        bulk_id TEXT,
        application_id TEXT,
        entity_id TEXT,
        status TEXT,
        at_ms INTEGER NOT NULL,
        reported INTEGER NOT NULL DEFAULT 0,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX messages_by_channel ON messages (channel, direction, at_ms);
    CREATE INDEX messages_by_application ON messages (application_id);
    CREATE INDEX messages_by_entity ON messages (entity_id);

    -- Every change of the account: what it was before and after, as the platform shows it.
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        key TEXT NOT NULL,
        operation TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        before TEXT,
        after TEXT
    ) STRICT;
    CREATE INDEX audit_by_object ON audit (kind, id);

    -- What goes wrong on purpose, in order, where seen counts the requests that matched.
    CREATE TABLE faults (
        position INTEGER PRIMARY KEY, fault TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
        used INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
)
"""What brings a file from version N to N + 1; released ones stay as they are. A semicolon ends a statement,
wherever it stands."""
