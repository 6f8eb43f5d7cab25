-- What was given, with the types that everything behind reads, and a count of what cannot be used.
-- In: given_person, given_condition, given_treatment, given_result, each row of text or as typed.

CREATE TEMP TABLE person AS
WITH once AS (
  SELECT patient, any_value(sex) AS sex, any_value(age) AS age, any_value(day) AS day
  FROM (SELECT DISTINCT CAST(patient AS VARCHAR) AS patient, sex, age, day FROM given_person)
  WHERE patient IS NOT NULL GROUP BY patient HAVING count(*) = 1
), typed AS (
  SELECT p.patient, s.term AS sex, p.sex IS NOT NULL AND s.term IS NULL AS bad_sex,
    TRY_CAST(p.age AS DECIMAL(18, 9)) AS age, p.age IS NOT NULL AS has_age,
    TRY_CAST(p.day AS DATE) AS day, p.day IS NOT NULL AS has_day
  FROM once p LEFT JOIN sex_text s ON s.text = CAST(p.sex AS VARCHAR)
), checked AS (
  SELECT patient, sex, bad_sex, has_age, has_day,
    CASE WHEN age BETWEEN 0 AND {{ oldest }} THEN age END AS age,
    CASE WHEN day <= {{ today }} THEN day END AS own_day
  FROM typed
), asked AS (
  SELECT *, coalesce(own_day, {{ day }}) AS day, coalesce(own_day, {{ day }}, {{ today }}) AS last_day
  FROM checked
)
SELECT patient, sex, age, day, last_day, bad_sex, has_age AND age IS NULL AS bad_age,
  has_day AND own_day IS NULL AS bad_day,
  CASE WHEN age IS NOT NULL THEN make_date(
    greatest(year(last_day) - CAST(floor(age) AS INTEGER) - 1, 1), month(last_day),
    least(day(last_day), 28)) END AS first_day
FROM asked;

CREATE TEMP TABLE given_said AS
WITH given AS (
  SELECT CAST(patient AS VARCHAR) AS patient, 'condition' AS kind, term, said,
    NULL AS start, NULL AS stop
  FROM given_condition
  UNION ALL
  SELECT CAST(patient AS VARCHAR), 'treatment', term, said, CAST(start AS VARCHAR),
    CAST(stop AS VARCHAR)
  FROM given_treatment
)
SELECT patient, kind, CAST(term AS VARCHAR) AS text,
  coalesce(nullif(lower(trim(CAST(said AS VARCHAR))), ''), 'yes') AS said,
  TRY_CAST(start AS DATE) AS start, TRY_CAST(stop AS DATE) AS stop,
  coalesce((start IS NOT NULL AND TRY_CAST(start AS DATE) IS NULL)
    OR (stop IS NOT NULL AND TRY_CAST(stop AS DATE) IS NULL)
    OR TRY_CAST(stop AS DATE) < TRY_CAST(start AS DATE), FALSE) AS bad_dates
FROM given;

CREATE TEMP TABLE said AS
SELECT DISTINCT g.patient, t.term, t.says AS said, g.kind = 'treatment' AS is_given,
  g.start, g.stop
FROM given_said g
JOIN term_text t ON t.kind = g.kind AND t.said = g.said AND t.text = g.text
JOIN person p ON p.patient = g.patient
WHERE t.term IS NOT NULL;

CREATE TEMP TABLE result_in AS
SELECT row_number() OVER () AS line, CAST(patient AS VARCHAR) AS patient,
  CAST(marker AS VARCHAR) AS marker_text,
  TRY_CAST(value AS DECIMAL(18, 9)) AS value,
  value IS NOT NULL AND TRY_CAST(value AS DECIMAL(18, 9)) IS NULL AS bad_value,
  nullif(trim(CAST(unit AS VARCHAR)), '') AS unit_text,
  TRY_CAST(low AS DECIMAL(18, 9)) AS low,
  low IS NOT NULL AND TRY_CAST(low AS DECIMAL(18, 9)) IS NULL AS bad_low,
  TRY_CAST(high AS DECIMAL(18, 9)) AS high,
  high IS NOT NULL AND TRY_CAST(high AS DECIMAL(18, 9)) IS NULL AS bad_high,
  nullif(trim(CAST(range_unit AS VARCHAR)), '') AS range_unit_text,
  coalesce(c.comparator, '') AS comparator,
  g.comparator IS NOT NULL AND c.comparator IS NULL AS bad_comparator,
  nullif(trim(CAST(flag AS VARCHAR)), '') AS flag_text,
  {{ taken_day }} AS day, {{ taken_moment }} AS moment,
  taken IS NOT NULL AND {{ taken_day }} IS NULL AS bad_day,
  TRY_CAST(change AS DECIMAL(18, 9)) AS change,
  change IS NOT NULL AND TRY_CAST(change AS DECIMAL(18, 9)) IS NULL AS bad_change,
  TRY_CAST(treatment_day AS DECIMAL(18, 9)) AS treatment_day,
  treatment_day IS NOT NULL AND TRY_CAST(treatment_day AS DECIMAL(18, 9)) IS NULL
    AS bad_treatment_day,
  nullif(trim(CAST(during AS VARCHAR)), '') AS during_text
FROM given_result g
LEFT JOIN comparator_text c ON c.text = trim(CAST(g.comparator AS VARCHAR));
