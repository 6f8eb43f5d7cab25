-- What is read of a source: the rows of what is covered, with the types that everything behind reads.
-- In: source_*, and what their words mean. A cell that cannot be read is noted as bad, or makes its
-- row unread: it is never taken as an empty one. Cells of types that can only be right are not
-- looked at again.

-- What each wording says: which units and limits it is of, and what may lie in them.
CREATE OR REPLACE TABLE wording AS
SELECT w.wording, w.marker, k.low_is_normal, k.high_is_normal, k.to_judge,
  w.unit_text, w.range_unit_text, w.flag_text, coalesce(c.comparator, '') AS comparator,
  w.comparator_text IS NOT NULL AND c.comparator IS NULL AS bad_comparator,
  w.during_text IS NOT NULL AS is_during, d.term AS during,
  w.unit_text IS NOT NULL AS unit_given, w.in_unit,
  CASE WHEN w.flag_text IS NULL THEN '' ELSE coalesce(f.word, '?') END AS flag_word,
  coalesce(s.word, '') AS flag, w.unit, w.range_unit,
  coalesce(w.unit = k.of_limit, FALSE) AS is_multiple, x.num, x.den,
  v.least_num, v.least_den, v.most_num, v.most_den,
  r.least_num AS range_least_num, r.least_den AS range_least_den,
  r.most_num AS range_most_num, r.most_den AS range_most_den,
  r.limit_least_num, r.limit_least_den, r.limit_most_num, r.limit_most_den
FROM (
  SELECT c.*, c.unit_text IS NOT NULL OR c.range_unit_text IS NOT NULL AS in_unit,
    CASE WHEN c.unit_text IS NULL AND c.range_unit_text IS NULL THEN '' ELSE v.unit END AS unit,
    CASE WHEN c.unit_text IS NULL AND c.range_unit_text IS NULL THEN ''
      WHEN c.range_unit_text IS NULL THEN v.unit ELSE u.unit END AS range_unit
  FROM wording_cell c
  LEFT JOIN unit_text v ON v.marker = c.marker AND v.text = coalesce(c.unit_text, c.range_unit_text)
  LEFT JOIN unit_text u ON u.marker = c.marker AND u.text = c.range_unit_text
) w
JOIN marker k ON k.marker = w.marker
LEFT JOIN comparator_text c ON c.text = w.comparator_text
LEFT JOIN drug_text d ON d.text = w.during_text
LEFT JOIN flag_text f ON f.text = w.flag_text
LEFT JOIN state s ON s.marker = w.marker AND s.word = f.word
LEFT JOIN scale x ON x.marker = w.marker AND x.unit = w.unit AND x.to_unit = w.range_unit
LEFT JOIN unit v ON v.marker = w.marker AND v.unit = w.unit
LEFT JOIN unit r ON r.marker = w.marker AND r.unit = w.range_unit;

-- What is written beside a wording: a value and limits, each different row of cells read once.
CREATE OR REPLACE TABLE written AS
SELECT *, value IS NOT NULL AND low IS NULL AND high IS NULL AS wants_range
FROM (
  SELECT CAST(row_number() OVER () AS INTEGER) AS written, c.cells_key, w.wording,
    {%- for each in ('value', 'low', 'high') %}
    {{ number(each, 'result', each ~ '_cell') }} AS {{ each }},
    {%- endfor %}
    CASE
      WHEN {{ bad_number('value', 'result', 'value_cell') }} THEN 'its value is no number of at most nine places'
      WHEN {{ bad_number('low', 'result', 'low_cell') }} OR {{ bad_number('high', 'result', 'high_cell') }}
        THEN 'a limit is no number of at most nine places'
    END AS unread
  FROM result_cell c
  JOIN wording_cell w ON w.marker = c.marker
    {%- for each in ('unit', 'range_unit', 'flag', 'comparator', 'during') if each in given %}
    AND w.{{ each }}_cell IS NOT DISTINCT FROM c.{{ each }}_cell
    {%- endfor %}
) numbers;

-- What is said of a condition or treatment, by a number.
CREATE OR REPLACE TABLE saying AS
SELECT CAST(row_number() OVER (ORDER BY kind, term, says) AS INTEGER) AS saying, kind, kind = 'treatment' AS is_given,
  term, says AS said
FROM (SELECT DISTINCT kind, term, says FROM term_text WHERE term IS NOT NULL) different;

CREATE OR REPLACE TABLE known_term AS
SELECT c.kind, c.term_cell, c.said_cell, s.saying
FROM term_cell c JOIN term_text t ON t.kind = c.kind AND t.said = c.said AND t.text = c.text
JOIN saying s ON s.kind = t.kind AND s.term = t.term AND s.said = t.says;

CREATE OR REPLACE VIEW load_person AS
SELECT {{ key('person') }} AS patient, {{ text('sex', 'person', 'sex') }} AS sex,
  {{ number('age', 'person') }} AS age, {{ bad_number('age', 'person') }} AS bad_age,
  {{ day('day', 'person') }} AS day, {{ bad_day('day', 'person') }} AS bad_day
FROM source_person;

-- Counted, and not told apart by DISTINCT: so the keys that are numbers are gathered in an array.
CREATE OR REPLACE VIEW load_tested AS
SELECT patient FROM (
  SELECT {{ key('result') }} AS patient FROM source_result
) tested GROUP BY patient HAVING count(*) > 0;

CREATE OR REPLACE VIEW load_said AS
SELECT {{ key('condition') }} AS patient, k.saying, CAST(NULL AS DATE) AS start,
  CAST(NULL AS DATE) AS stop, {{ text('unread', 'condition', 'unread') }} AS unread
FROM source_condition c JOIN known_term k ON k.kind = 'condition'
  AND k.term_cell = CAST(c.term AS VARCHAR)
  AND k.said_cell IS NOT DISTINCT FROM CAST(c.said AS VARCHAR)
UNION ALL
SELECT {{ key('treatment') }}, k.saying, {{ day('start', 'treatment') }}, {{ day('stop', 'treatment') }},
  CASE WHEN {{ text('unread', 'treatment', 'unread') }} IS NOT NULL THEN {{ text('unread', 'treatment', 'unread') }}
    WHEN {{ bad_day('start', 'treatment') }} THEN 'its first day is no date'
    WHEN {{ bad_day('stop', 'treatment') }} THEN 'its last day is no date' END
FROM source_treatment c JOIN known_term k ON k.kind = 'treatment'
  AND k.term_cell = CAST(c.term AS VARCHAR)
  AND k.said_cell IS NOT DISTINCT FROM CAST(c.said AS VARCHAR);

CREATE OR REPLACE VIEW load_result AS
WITH known AS (
  -- The key is made of rows that are covered, and not of all.
  SELECT r.patient, r.taken, r.change, r.treatment_day, r.unread, {{ cells_key }} AS cells_key
  FROM source_result r JOIN known_marker k ON k.cell = CAST(r.marker AS VARCHAR)
), worded AS (
  SELECT r.patient, r.taken, r.change, r.treatment_day, r.unread, w.written
  FROM known r JOIN written w ON w.cells_key = r.cells_key
)
{%- if is_day('taken', 'result') %}, read AS (
  SELECT *, CAST(NULL AS VARCHAR) AS moment_text, {{ day('taken', 'result') }} AS day,
    CAST(NULL AS TIMESTAMP) AS moment, CAST(NULL AS TIMESTAMP) AS instant,
    {{ bad_day('taken', 'result') }} AS bad_taken
  FROM worded
)
{%- else %}, told AS (
  SELECT *, {{ text('taken', 'result', 'taken') }} AS taken_text FROM worded
), parted AS (
  SELECT *, {{ day_of('taken_text') }} AS written_day,
    CASE WHEN length(taken_text) > 10 THEN TRY_CAST(
      regexp_replace(taken_text, '{{ zone }}$', '') AS TIMESTAMP) END AS written_moment,
    CASE WHEN length(taken_text) > 10 THEN regexp_extract(taken_text, '{{ zone }}$') END AS zone
  FROM told
), placed AS (
  SELECT *, written_day IS NOT NULL AND (length(taken_text) = 10 OR written_moment IS NOT NULL)
      AS has_day,
    CASE left(zone, 1) WHEN '+' THEN -1 ELSE 1 END * (60 * coalesce(
      TRY_CAST(substr(zone, 2, 2) AS INTEGER), 0) + coalesce(
      TRY_CAST(substr(zone, 5, 2) AS INTEGER), 0)) AS to_utc
  FROM parted
), read AS (
  SELECT *, CASE WHEN has_day AND length(taken_text) > 10 THEN replace(taken_text, ' ', 'T') END AS moment_text,
    CASE WHEN has_day THEN written_day END AS day,
    CASE WHEN has_day THEN written_moment END AS moment,
    CASE WHEN has_day AND zone <> '' THEN written_moment + to_utc * INTERVAL 1 MINUTE END AS instant,
    taken_text IS NOT NULL AND NOT has_day AS bad_taken
  FROM placed
)
{%- endif %}
SELECT {{ key('result') }} AS patient, written, moment_text AS taken, day, moment, instant,
  {{ number('change', 'result') }} AS change, {{ number('treatment_day', 'result') }} AS treatment_day,
  CASE
    WHEN {{ text('unread', 'result', 'unread') }} IS NOT NULL THEN {{ text('unread', 'result', 'unread') }}
    WHEN {{ bad_number('change', 'result') }} THEN 'its change is no number that can be'
    WHEN {{ bad_number('treatment_day', 'result') }} THEN 'its day of treatment is none that can be'
    WHEN bad_taken THEN 'its date is no date'
  END AS unread
FROM read;
