-- Why an answer was flagged when it came in, one bit a reason; the time and the device that told it are not kept.
ALTER TABLE responses ADD COLUMN flags INTEGER NOT NULL DEFAULT 0 CHECK (flags BETWEEN 0 AND 255);
