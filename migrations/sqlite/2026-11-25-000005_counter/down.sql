DROP TABLE access_keys;
DROP TABLE devices;
DROP TABLE receipt_key;
DROP TABLE receipt_blocks;
ALTER TABLE responses DROP COLUMN admission;
