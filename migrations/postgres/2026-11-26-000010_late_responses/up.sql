-- The answers that came to a round after it was published, each with the instant it came: whoever asks for the answers behind an
-- earlier revision gets them without these. Of all others only the day is known.
CREATE TABLE late_responses (
    round    INTEGER   NOT NULL,
    response BYTEA     NOT NULL,
    arrived  TIMESTAMP NOT NULL,
    PRIMARY KEY (round, response),
    FOREIGN KEY (round, response) REFERENCES responses (round, id)
);
