-- `received` is a day: a finer time would say from whom an answer came.
CREATE TABLE responses (
    round    INTEGER          NOT NULL,
    id       BYTEA            NOT NULL CHECK (octet_length(id) = 16),
    desk     INTEGER          NOT NULL,
    channel  SMALLINT         NOT NULL CHECK (channel BETWEEN 1 AND 5),
    digest   BYTEA            NOT NULL CHECK (octet_length(digest) = 32),
    received DATE             NOT NULL,
    packed   BYTEA            NOT NULL,
    weight   DOUBLE PRECISION CHECK (weight > 0 AND weight < 'Infinity'),
    PRIMARY KEY (round, id),
    FOREIGN KEY (round, desk) REFERENCES round_desks (round, desk)
);

-- Answers of a round arrive together and lie together, so block ranges find them; keeping such an index costs an insert
-- next to nothing.
CREATE INDEX responses_by_round ON responses USING brin (round) WITH (pages_per_range = 16, autosummarize = on);

-- Free text has its own retention, so it is kept apart and can go without touching an answer.
CREATE TABLE comments (
    round    INTEGER NOT NULL,
    response BYTEA   NOT NULL,
    item     TEXT    NOT NULL CHECK (length(item) BETWEEN 1 AND 64),
    body     TEXT    NOT NULL,
    PRIMARY KEY (round, response, item),
    FOREIGN KEY (round, response) REFERENCES responses (round, id)
);
