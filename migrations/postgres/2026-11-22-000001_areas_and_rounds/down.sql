DROP TABLE directory;
DROP TABLE round_desks;
DROP TABLE rounds;
DROP TABLE questionnaires;
DROP TABLE areas;
