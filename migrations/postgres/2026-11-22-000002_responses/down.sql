DROP TABLE comments;
DROP TABLE responses;
