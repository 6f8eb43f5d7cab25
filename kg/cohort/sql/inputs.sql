-- The patients of one part, by numbers in place of their keys, and what is said of them.
-- In: given_person, given_said, given_result, given_tested.

CREATE TEMP TABLE person AS
WITH repeated AS (
  SELECT patient FROM given_person WHERE patient IS NOT NULL GROUP BY patient HAVING count(*) > 1
), once AS (
  SELECT g.patient AS key, sex, age, bad_age, day, bad_day
  FROM given_person g ANTI JOIN repeated r ON r.patient = g.patient WHERE g.patient IS NOT NULL
  UNION ALL
  SELECT patient, any_value(sex), any_value(age), any_value(bad_age), any_value(day), any_value(bad_day)
  FROM (
    SELECT DISTINCT g.patient, sex, age, bad_age, day, bad_day
    FROM given_person g SEMI JOIN repeated r ON r.patient = g.patient
  ) told GROUP BY patient HAVING count(*) = 1
), checked AS (
  SELECT row_number() OVER (ORDER BY key) AS patient, key, t.term AS sex,
    p.sex IS NOT NULL AND t.term IS NULL AS bad_sex,
    CASE WHEN age BETWEEN 0 AND {{ oldest }} THEN age END AS age,
    bad_age OR (age IS NOT NULL AND age NOT BETWEEN 0 AND {{ oldest }}) AS bad_age,
    CASE WHEN day <= {{ today }} THEN day END AS own_day,
    bad_day OR coalesce(day > {{ today }}, FALSE) AS bad_day
  FROM once p LEFT JOIN sex_text t ON t.text = p.sex
), asked AS (
  SELECT *, coalesce(own_day, {{ day_asked }}) AS day,
    coalesce(own_day, {{ day_asked }}, {{ today }}) AS last_day
  FROM checked
)
SELECT CAST(patient AS INTEGER) AS patient, key, sex, age, day, last_day, bad_sex, bad_age, bad_day,
  CASE WHEN age IS NOT NULL THEN make_date(
    greatest(year(last_day) - CAST(floor(age) AS INTEGER) - 1, 1), month(last_day),
    least(day(last_day), 28)) END AS first_day
FROM asked;

CREATE TEMP TABLE told_of_patient AS
SELECT p.patient, s.saying, s.start, s.stop
FROM given_said s JOIN person p ON p.key = s.patient
WHERE s.unread IS NULL;

CREATE OR REPLACE TEMP VIEW said AS
SELECT t.patient, s.term, s.said, s.is_given, t.start, t.stop
FROM told_of_patient t JOIN saying s ON s.saying = t.saying;

CREATE TEMP TABLE patient_key AS SELECT patient, CAST(key AS VARCHAR) AS key FROM person;
