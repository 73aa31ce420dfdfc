DROP TABLE interviews;
DROP TABLE paper_checks;
DROP TABLE paper_entries;
