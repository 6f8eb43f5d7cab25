-- What was given, with the types that everything behind reads, and a count of what cannot be used.
-- In: given_person, given_condition, given_treatment, given_result; every cell is text, trimmed,
-- and NULL where it is empty. A cell that cannot be read makes its row unread: it is never taken
-- as an empty one.
{%- macro number(text) -%}
CASE WHEN regexp_matches({{ text }}, '^[+-]?([0-9]+([.][0-9]{1,9}0*)?|[.][0-9]{1,9}0*)$')
    THEN TRY_CAST({{ text }} AS DECIMAL(18, 9)) END
{%- endmacro -%}
{%- set zone = '(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])' -%}
{%- set form = '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?'
  + zone + '?)?$' -%}
{%- macro day(text) -%}
CASE WHEN regexp_matches({{ text }}, '{{ form }}') AND left({{ text }}, 4) <> '0000'
    THEN TRY_CAST(left({{ text }}, 10) AS DATE) END
{%- endmacro %}

CREATE TEMP TABLE person AS
WITH once AS (
  SELECT patient, any_value(sex) AS sex, any_value(age) AS age, any_value(day) AS day
  FROM (SELECT DISTINCT patient, sex, age, day FROM given_person)
  WHERE patient IS NOT NULL GROUP BY patient HAVING count(*) = 1
), typed AS (
  SELECT p.patient, s.term AS sex, p.sex IS NOT NULL AND s.term IS NULL AS bad_sex,
    {{ number('p.age') }} AS age, p.age IS NOT NULL AS has_age,
    {{ day('p.day') }} AS day, p.day IS NOT NULL AS has_day
  FROM once p LEFT JOIN sex_text s ON s.text = p.sex
), checked AS (
  SELECT patient, sex, bad_sex, has_age, has_day,
    CASE WHEN age BETWEEN 0 AND {{ oldest }} THEN age END AS age,
    CASE WHEN day <= {{ today }} THEN day END AS own_day
  FROM typed
), asked AS (
  SELECT *, coalesce(own_day, {{ day_asked }}) AS day,
    coalesce(own_day, {{ day_asked }}, {{ today }}) AS last_day
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
  SELECT patient, 'condition' AS kind, term, said, unread, NULL AS start, NULL AS stop
  FROM given_condition
  UNION ALL
  SELECT patient, 'treatment', term, said, unread, start, stop FROM given_treatment
), typed AS (
  SELECT patient, kind, term AS text, coalesce(lower(said), 'yes') AS said, unread,
    start AS start_text, stop AS stop_text,
    {{ day('start') }} AS start, {{ day('stop') }} AS stop
  FROM given
)
SELECT patient, kind, text, said, start, stop,
  CASE WHEN unread IS NOT NULL THEN unread
    WHEN start_text IS NOT NULL AND start IS NULL THEN 'its first day is no date'
    WHEN stop_text IS NOT NULL AND stop IS NULL THEN 'its last day is no date'
  END AS unread
FROM typed;

CREATE TEMP TABLE said AS
SELECT DISTINCT g.patient, t.term, t.says AS said, g.kind = 'treatment' AS is_given,
  g.start, g.stop
FROM given_said g
JOIN term_text t ON t.kind = g.kind AND t.said = g.said AND t.text = g.text
JOIN person p ON p.patient = g.patient
WHERE t.term IS NOT NULL AND g.unread IS NULL;

CREATE TEMP TABLE result_in AS
WITH written AS (
  SELECT row_number() OVER () AS line, patient, marker AS marker_text, unread,
    value AS value_text, {{ number('value') }} AS value, unit AS unit_text,
    low AS low_text, {{ number('low') }} AS low, high AS high_text, {{ number('high') }} AS high,
    range_unit AS range_unit_text, comparator AS comparator_text, flag AS flag_text,
    taken AS taken_text, {{ day('taken') }} AS written_day,
    CASE WHEN length(taken) > 10 THEN TRY_CAST(
      regexp_replace(taken, '{{ zone }}$', '') AS TIMESTAMP) END AS written_moment,
    CASE WHEN length(taken) > 10 THEN regexp_extract(taken, '{{ zone }}$') END AS zone,
    change AS change_text, {{ number('change') }} AS change,
    treatment_day AS treatment_day_text, {{ number('treatment_day') }} AS treatment_day,
    during AS during_text
  FROM given_result
), read AS (
  SELECT *, written_day IS NOT NULL AND (length(taken_text) = 10 OR written_moment IS NOT NULL)
      AS has_day,
    CASE left(zone, 1) WHEN '+' THEN -1 ELSE 1 END * (60 * coalesce(
      TRY_CAST(substr(zone, 2, 2) AS INTEGER), 0) + coalesce(
      TRY_CAST(substr(zone, 5, 2) AS INTEGER), 0)) AS to_utc
  FROM written
)
SELECT line, patient, marker_text, r.unread, value, value_text IS NOT NULL AND value IS NULL AS bad_value,
  unit_text, low, low_text IS NOT NULL AND low IS NULL AS bad_low,
  high, high_text IS NOT NULL AND high IS NULL AS bad_high, range_unit_text,
  coalesce(c.comparator, '') AS comparator,
  comparator_text IS NOT NULL AND c.comparator IS NULL AS bad_comparator, flag_text,
  CASE WHEN has_day THEN replace(taken_text, ' ', 'T') END AS taken,
  CASE WHEN has_day THEN written_day END AS day,
  CASE WHEN has_day THEN written_moment END AS moment,
  CASE WHEN has_day AND zone <> '' THEN written_moment + to_utc * INTERVAL 1 MINUTE END AS instant,
  taken_text IS NOT NULL AND NOT has_day AS bad_day,
  change, change_text IS NOT NULL AND change IS NULL AS bad_change,
  treatment_day, treatment_day_text IS NOT NULL AND treatment_day IS NULL AS bad_treatment_day,
  during_text
FROM read r
LEFT JOIN comparator_text c ON c.text = r.comparator_text;
