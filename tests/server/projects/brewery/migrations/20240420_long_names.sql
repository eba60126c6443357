CREATE TABLE measurements_of_the_temperature_in_the_fermentation_tanks_of_all_breweries (
    the_first_column_with_a_rather_long_name_that_goes_on INT UNIQUE,
    the_second_column_with_a_rather_long_name_that_goes_on INT,
    counter_of_all_measurements_in_this_table SERIAL,
    UNIQUE (the_first_column_with_a_rather_long_name_that_goes_on,
            the_second_column_with_a_rather_long_name_that_goes_on),
    "Überlänge der Säule, die für einen Namen in Wahrheit viel zu lang ist" TEXT UNIQUE
);
CREATE INDEX ON measurements_of_the_temperature_in_the_fermentation_tanks_of_all_breweries
    (the_second_column_with_a_rather_long_name_that_goes_on);
CREATE TABLE "Größe" ("Ä" INT PRIMARY KEY, ÖL INT, U&"d\0061ta" INT, "say ""hi""" INT UNIQUE, "select" INT);
