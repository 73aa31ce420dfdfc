-- A paper form that was typed in once and waits for a second person to type it again. It becomes an answer, and leaves
-- this table, when the two agree or the difference was settled with the paper in hand.
CREATE TABLE paper_entries (
    round  INTEGER NOT NULL,
    form   TEXT    NOT NULL CHECK (length(form) BETWEEN 1 AND 64),
    desk   INTEGER NOT NULL,
    device INTEGER NOT NULL REFERENCES devices (id),
    typed  TEXT    NOT NULL,
    PRIMARY KEY (round, form),
    FOREIGN KEY (round, desk) REFERENCES round_desks (round, desk)
);

-- How often two entries of the same form differed: forms and items compared, and items that differed.
CREATE TABLE paper_checks (
    round     INTEGER NOT NULL,
    desk      INTEGER NOT NULL,
    forms     BIGINT  NOT NULL CHECK (forms >= 0),
    items     BIGINT  NOT NULL CHECK (items >= 0),
    different BIGINT  NOT NULL CHECK (different BETWEEN 0 AND items),
    PRIMARY KEY (round, desk),
    FOREIGN KEY (round, desk) REFERENCES round_desks (round, desk)
);

-- Which answer an interviewer's form number stands for, so that a call-back can be held against it. This join exists for
-- interviews only, where somebody was present anyway; no citizen's own answer has a number beside it.
CREATE TABLE interviews (
    round    INTEGER NOT NULL,
    device   INTEGER NOT NULL REFERENCES devices (id),
    number   BIGINT  NOT NULL CHECK (number >= 1),
    response BYTEA   NOT NULL CHECK (octet_length(response) = 16),
    PRIMARY KEY (round, device, number),
    FOREIGN KEY (round, response) REFERENCES responses (round, id)
);
