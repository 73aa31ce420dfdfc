ALTER TABLE comments DROP COLUMN standing;
