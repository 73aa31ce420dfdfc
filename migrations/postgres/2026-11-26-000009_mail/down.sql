DROP TABLE bounces;
DROP TABLE outbox;
DROP TABLE letter_parts;
DROP TABLE letters;
DROP TABLE recipients;
