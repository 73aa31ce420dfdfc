DROP TABLE late_arrivals;
DROP TABLE publication_files;
DROP TABLE publications;
