-- The tables of an OMOP common data model 5.4 as those of a cohort. In: cdm_*, known_concept.
-- Concepts are read by their codes; a concept that no term has stands for what it is a kind of.
-- Sexes and comparators are the standard concepts of the model, which not every set describes.

CREATE OR REPLACE VIEW omop_person AS
WITH born AS (
  SELECT person_id, gender_concept_id, year_of_birth, {{ day }} AS day,
    make_date(year_of_birth, coalesce(month_of_birth, 7), coalesce(day_of_birth, 1)) AS birth
  FROM cdm_person
)
SELECT person_id AS patient,
  CASE gender_concept_id WHEN 8532 THEN 'female' WHEN 8507 THEN 'male'
    ELSE lower(g.concept_name) END AS sex,
  CASE WHEN b.birth <= b.day THEN datesub('year', b.birth, b.day) END AS age, b.day
FROM born b LEFT JOIN cdm_concept g ON g.concept_id = b.gender_concept_id AND g.concept_id <> 0;

CREATE OR REPLACE VIEW omop_condition AS
SELECT c.person_id AS patient, coalesce(k.text, n.text) AS term, 'yes' AS said
FROM cdm_condition_occurrence c
LEFT JOIN known_concept k ON k.kind = 'condition' AND k.concept_id = c.condition_concept_id
LEFT JOIN concept_text n ON n.concept_id = c.condition_concept_id
WHERE c.condition_start_date <= {{ day }}
  AND (c.condition_end_date IS NULL OR c.condition_end_date >= {{ day }});

CREATE OR REPLACE VIEW omop_treatment AS
SELECT d.person_id AS patient, coalesce(k.text, n.text) AS term, 'yes' AS said,
  d.drug_exposure_start_date AS start, d.drug_exposure_end_date AS stop
FROM cdm_drug_exposure d
LEFT JOIN known_concept k ON k.kind = 'treatment' AND k.concept_id = d.drug_concept_id
LEFT JOIN concept_text n ON n.concept_id = d.drug_concept_id;

CREATE OR REPLACE VIEW omop_result AS
SELECT m.person_id AS patient, coalesce(k.text, n.text) AS marker, m.value_as_number AS value,
  coalesce(u.concept_code, nullif(m.unit_source_value, '')) AS unit,
  m.range_low AS low, m.range_high AS high,
  CASE m.operator_concept_id
    WHEN 4171756 THEN '<' WHEN 4171754 THEN '<=' WHEN 4172704 THEN '>' WHEN 4171755 THEN '>='
    WHEN 4172703 THEN NULL ELSE nullif(o.concept_name, '=')
  END AS comparator,
  CASE WHEN lower(f.concept_name) IN ('high', 'low', 'normal', 'abnormal') THEN f.concept_name END
    AS flag,
  CASE WHEN CAST(m.measurement_datetime AS TIME) <> TIME '00:00:00'
    THEN strftime(m.measurement_datetime, '%Y-%m-%dT%H:%M:%S')
    ELSE CAST(m.measurement_date AS VARCHAR) END AS taken
FROM cdm_measurement m
LEFT JOIN known_concept k ON k.kind = 'marker' AND k.concept_id = m.measurement_concept_id
LEFT JOIN concept_text n ON n.concept_id = m.measurement_concept_id
LEFT JOIN cdm_concept u ON u.concept_id = m.unit_concept_id AND u.concept_id <> 0
LEFT JOIN cdm_concept o ON o.concept_id = m.operator_concept_id AND o.concept_id <> 0
LEFT JOIN cdm_concept f ON f.concept_id = m.value_as_concept_id AND f.concept_id <> 0;
