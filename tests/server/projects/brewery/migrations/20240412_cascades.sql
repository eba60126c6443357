DROP TYPE brewing_stage CASCADE;
DROP TABLE makers CASCADE;
DROP TABLE IF EXISTS labels, no_such_table;
DROP SCHEMA cellar CASCADE;
