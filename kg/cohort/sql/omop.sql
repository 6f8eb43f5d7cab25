-- The tables of an OMOP common data model 5.4 as those of a cohort.
-- In: cdm_*, known_concept, and the tables of codes (omop_operator, omop_sex, omop_flag, omop_status).
-- Concepts are read by their codes; a concept that no term has stands for what it is a kind of.
-- Dates and values stay text, and are read where those of all sources are; -1 stands for a number
-- that is none. What the model wants and a row lacks is named, and the row is not used.
{%- set form = '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?'
  + '(Z|[+-][0-9]{2}:[0-9]{2})?)?$' -%}
{%- macro day(text) -%}
CASE WHEN regexp_matches({{ text }}, '{{ form }}')
      AND TRY_CAST(left({{ text }}, 19) AS TIMESTAMP) IS NOT NULL
    THEN TRY_CAST(left({{ text }}, 10) AS DATE) END
{%- endmacro %}

CREATE OR REPLACE VIEW omop_result AS
SELECT nullif(m.person_id, -1) AS patient, coalesce(k.text, n.text) AS marker,
  m.value_as_number AS value,
  coalesce(u.concept_code, m.unit_source_value,
    'concept ' || nullif(m.unit_concept_id, 0)) AS unit,
  m.range_low AS low, m.range_high AS high,
  CASE WHEN c.concept_id IS NOT NULL THEN nullif(c.comparator, '=')
    ELSE coalesce(nullif(o.concept_name, '='), 'concept ' || nullif(m.operator_concept_id, 0))
  END AS comparator,
  CASE WHEN w.word IS NOT NULL THEN f.concept_name END AS flag,
  CASE WHEN m.measurement_date IS NOT NULL AND {{ day('m.measurement_date') }} IS NULL
      THEN m.measurement_date
    WHEN regexp_matches(m.measurement_datetime, '[T ]00:00(:00([.]0+)?)?$')
      THEN coalesce(left(m.measurement_date, 10), left(m.measurement_datetime, 10))
    ELSE coalesce(m.measurement_datetime, left(m.measurement_date, 10)) END AS taken,
  CASE WHEN coalesce(m.measurement_date, m.measurement_datetime) IS NULL THEN 'its date is not given'
  END AS unread
FROM cdm_measurement m
LEFT JOIN known_concept k ON k.kind = 'marker' AND k.concept_id = m.measurement_concept_id
LEFT JOIN concept_text n ON n.concept_id = m.measurement_concept_id
LEFT JOIN cdm_concept u ON u.concept_id = m.unit_concept_id AND u.concept_id <> 0
LEFT JOIN cdm_concept o ON o.concept_id = m.operator_concept_id AND o.concept_id <> 0
LEFT JOIN omop_operator c ON c.concept_id = m.operator_concept_id
LEFT JOIN cdm_concept f ON f.concept_id = m.value_as_concept_id AND f.concept_id <> 0
LEFT JOIN omop_flag w ON w.word = lower(f.concept_name);

-- The day that is asked about: where none is named, that of the latest result.
CREATE OR REPLACE TABLE omop_day AS
WITH known AS (
  SELECT DISTINCT text FROM known_concept WHERE kind = 'marker'
), dated AS (
  SELECT r.patient, {{ day('r.taken') }} AS day
  FROM omop_result r JOIN known k ON k.text = r.marker
  WHERE coalesce(r.value, r.flag) IS NOT NULL
)
SELECT p.person_id, coalesce({{ day_asked }}, max(d.day), {{ today }}) AS day
FROM (SELECT DISTINCT person_id FROM cdm_person) p
LEFT JOIN dated d ON d.patient = p.person_id AND d.day <= {{ today }}
GROUP BY p.person_id;

CREATE OR REPLACE VIEW omop_person AS
WITH born AS (
  SELECT p.person_id, gender_concept_id, year_of_birth, d.day,
    TRY_CAST(printf('%04d-%02d-%02d', year_of_birth, coalesce(month_of_birth, 7),
      coalesce(day_of_birth, 1)) AS DATE) AS birth
  FROM cdm_person p LEFT JOIN omop_day d ON d.person_id = p.person_id
)
SELECT nullif(person_id, -1) AS patient,
  coalesce(s.sex, lower(g.concept_name), 'concept ' || nullif(gender_concept_id, 0)) AS sex,
  CASE WHEN year_of_birth IS NULL THEN NULL
    WHEN birth <= b.day THEN CAST(year(b.day) - year(birth) - CASE
        WHEN 100 * month(b.day) + day(b.day) < 100 * month(birth) + day(birth) THEN 1 ELSE 0
      END AS VARCHAR)
    ELSE 'not born' END AS age, b.day
FROM born b
LEFT JOIN omop_sex s ON s.concept_id = b.gender_concept_id
LEFT JOIN cdm_concept g ON g.concept_id = b.gender_concept_id AND g.concept_id <> 0;

CREATE OR REPLACE VIEW omop_condition AS
WITH read AS (
  SELECT c.*, d.day, {{ day('condition_start_date') }} AS start,
    {{ day('condition_end_date') }} AS stop,
    coalesce(s.concept_name, c.condition_status_source_value) AS status
  FROM cdm_condition_occurrence c
  LEFT JOIN omop_day d ON d.person_id = c.person_id
  LEFT JOIN cdm_concept s
    ON s.concept_id = c.condition_status_concept_id AND s.concept_id <> 0
)
SELECT nullif(c.person_id, -1) AS patient, coalesce(k.text, n.text) AS term, 'yes' AS said,
  CASE WHEN condition_start_date IS NULL THEN 'its first day is not given'
    WHEN start IS NULL THEN 'its first day is no date'
    WHEN condition_end_date IS NOT NULL AND stop IS NULL THEN 'its last day is no date'
    WHEN stop < start THEN 'its dates run backwards'
    WHEN start > day THEN 'it starts after the day'
    WHEN stop < day THEN 'it ended before the day'
    ELSE s.reason END AS unread
FROM read c
LEFT JOIN omop_status s ON s.word = lower(c.status)
LEFT JOIN known_concept k ON k.kind = 'condition' AND k.concept_id = c.condition_concept_id
LEFT JOIN concept_text n ON n.concept_id = c.condition_concept_id;

-- A drug has a last day in the model; without one it is not known whether it is given.
CREATE OR REPLACE VIEW omop_treatment AS
SELECT nullif(d.person_id, -1) AS patient, coalesce(k.text, n.text) AS term, 'yes' AS said,
  d.drug_exposure_start_date AS start, d.drug_exposure_end_date AS stop,
  CASE WHEN d.drug_exposure_start_date IS NULL THEN 'its first day is not given'
    WHEN d.drug_exposure_end_date IS NULL THEN 'its last day is not given' END AS unread
FROM cdm_drug_exposure d
LEFT JOIN known_concept k ON k.kind = 'treatment' AND k.concept_id = d.drug_concept_id
LEFT JOIN concept_text n ON n.concept_id = d.drug_concept_id;
