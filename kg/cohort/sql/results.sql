-- Results: which of them are asked about, and what is left aside and why.
-- In: person, said, given_result, and what each reading says.

-- The results of patients, each with a number of its own.
CREATE TEMP TABLE measured AS
WITH read AS (
  SELECT p.patient, d.reading, d.marker, d.during, r.taken, r.day, r.moment, r.instant, r.change,
    r.treatment_day, r.day <= p.last_day AS is_past,
    CASE
      WHEN r.day > p.last_day THEN 'after the day that is asked about'
      WHEN r.day < p.first_day THEN 'before a patient of that age was born'
    END AS refused,
    CASE
      WHEN r.unread IS NOT NULL THEN r.unread
      WHEN d.bad_comparator THEN 'its comparator is none that is known'
      WHEN r.change < -100 OR r.change > 1000000 THEN 'its change is no number that can be'
      WHEN r.treatment_day < 0 THEN 'its day of treatment is none that can be'
      WHEN d.is_during AND t.term IS NULL THEN 'its treatment is not given to the patient'
      WHEN d.is_empty THEN 'neither a value nor a flag'
    END AS unread, d.unsafe, d.usable_days, d.state, d.conflict
  FROM given_result r
  JOIN person p ON p.key = r.patient
  LEFT JOIN filled f ON f.wording = r.wording AND f.sex IS NOT DISTINCT FROM p.sex
    AND f.age IS NOT DISTINCT FROM floor(p.age)
    AND r.value IS NOT NULL AND r.low IS NULL AND r.high IS NULL
  JOIN (
    SELECT d.*, k.usable_days, p.state, p.conflict
    FROM reading d JOIN marker k ON k.marker = d.marker LEFT JOIN placed p ON p.reading = d.reading
  ) d ON d.wording = r.wording AND d.value IS NOT DISTINCT FROM r.value
    AND d.low IS NOT DISTINCT FROM coalesce(r.low, f.low)
    AND d.high_given IS NOT DISTINCT FROM coalesce(r.high, f.high)
    AND d.site_unit IS NOT DISTINCT FROM f.unit
  LEFT JOIN (
    SELECT DISTINCT patient, term FROM said
    SEMI JOIN (SELECT during FROM wording) w ON w.during = term
    WHERE said = 'yes' AND is_given
  ) t ON t.patient = p.patient AND t.term = d.during
)
SELECT CAST(row_number() OVER () AS INTEGER) AS line, patient, reading, marker, during, taken, day, moment,
  instant, change, treatment_day, is_past, refused, unread, coalesce(unread, unsafe) AS unsafe, usable_days,
  state, conflict
FROM read;

CREATE TEMP TABLE asked AS
SELECT p.patient, coalesce(p.day, m.last_day) AS asked_day
FROM person p LEFT JOIN (
  SELECT patient, max(day) AS last_day FROM measured WHERE unread IS NULL AND is_past GROUP BY patient
) m ON m.patient = p.patient;

-- Most results are the only one of their measurement that may still hold.
CREATE TEMP TABLE lone AS
SELECT any_value(m.line) AS line
FROM measured m JOIN asked a ON a.patient = m.patient
WHERE m.unsafe IS NULL AND m.refused IS NULL
  AND (m.usable_days > 0 AND m.day + m.usable_days < a.asked_day) IS NOT TRUE
GROUP BY m.patient, m.marker HAVING count(*) = 1;

CREATE TEMP TABLE dated AS
SELECT m.line, m.patient, m.marker, m.reading, m.day, m.moment, m.instant, m.refused,
  m.usable_days > 0 AND m.day + m.usable_days < a.asked_day AS outlived,
  m.state, m.conflict, l.line IS NOT NULL AS is_lone
FROM measured m
JOIN asked a ON a.patient = m.patient
LEFT JOIN lone l ON l.line = m.line
WHERE m.unsafe IS NULL;

-- The latest results of each measurement; undated ones cannot be told apart.
-- Where every one has a time with its zone, the instants decide; otherwise the days as written, and
-- the times of one day where all are with a zone or all without.
CREATE TEMP TABLE latest_of_many AS
WITH sound AS (
  SELECT line, patient, marker, day, moment, instant,
    bool_or(day IS NULL) OVER one AS undated, max(day) OVER one AS last_day,
    bool_and(instant IS NOT NULL) OVER one AS zoned, max(instant) OVER one AS last_instant
  FROM dated WHERE refused IS NULL AND outlived IS NOT TRUE AND NOT is_lone
  WINDOW one AS (PARTITION BY patient, marker)
), current_day AS (
  SELECT *, max(day) OVER one AS newest_day, bool_and(instant IS NOT NULL) OVER one AS day_zoned,
    bool_and(moment IS NOT NULL) OVER one
      AND (zoned OR count(instant) OVER one IN (0, count(*) OVER one)) AS timed,
    max(coalesce(instant, moment)) OVER one AS last_moment
  FROM sound WHERE undated OR CASE WHEN zoned THEN instant = last_instant ELSE day = last_day END
  WINDOW one AS (PARTITION BY patient, marker)
)
SELECT line, patient, marker, undated, newest_day, timed, day_zoned AS zoned, last_moment
FROM current_day WHERE undated OR NOT timed OR coalesce(instant, moment) = last_moment;

CREATE OR REPLACE TEMP VIEW latest AS
SELECT * FROM latest_of_many
UNION ALL
SELECT line, patient, marker, day IS NULL, day, moment IS NOT NULL, instant IS NOT NULL,
  coalesce(instant, moment) FROM dated WHERE is_lone;

-- A later result that cannot be used: what is older no longer says what holds.
CREATE TEMP TABLE silenced AS
SELECT DISTINCT c.patient, c.marker
FROM latest c JOIN measured m ON m.patient = c.patient AND m.marker = c.marker
WHERE m.unsafe IS NOT NULL AND m.day IS NOT NULL AND m.refused IS NULL AND NOT c.undated
  AND CASE WHEN c.zoned AND m.instant IS NOT NULL THEN m.instant > c.last_moment
    ELSE m.day > c.newest_day OR (m.day = c.newest_day AND c.timed AND NOT c.zoned
      AND m.instant IS NULL AND m.moment > c.last_moment) END;

-- Of several results that are equally recent: what they agree on, or that they contradict.
CREATE TEMP TABLE chosen_of_many AS
WITH spoken AS (
  SELECT l.line, l.patient, l.marker FROM latest_of_many l
  ANTI JOIN silenced s ON s.patient = l.patient AND s.marker = l.marker
), several AS (
  SELECT patient, marker FROM spoken GROUP BY patient, marker HAVING count(*) > 1
), told AS (
  SELECT line, patient, marker, value, state, is_placed, may_be_low, may_be_normal, may_be_high, day, taken,
    (value, CASE WHEN value IS NOT NULL THEN unit END, low, high,
      CASE WHEN value IS NOT NULL THEN range_unit END, value IS NOT NULL AND unit_given, comparator, flag,
      is_placed, is_placed AND may_be_low, is_placed AND may_be_normal, is_placed AND may_be_high,
      day, taken, change, treatment_day, during, partly, bound, bound_sign) AS said,
    bool_or(conflict) OVER one AS in_conflict,
    row_number() OVER (PARTITION BY patient, marker ORDER BY {{ order }}) AS place,
    min(nullif(state, '')) OVER one AS one_state, max(nullif(state, '')) OVER one AS other_state
  FROM (
    SELECT d.line, d.patient, d.marker, d.state, d.conflict, d.day, m.taken, m.change, m.treatment_day,
      m.during, p.is_placed, p.may_be_low, p.may_be_normal, p.may_be_high, p.value, p.unit, p.low, p.high,
      p.range_unit, p.unit_given, p.comparator, p.flag, p.partly, p.wording,
      CASE WHEN p.partly = 'a bound that does not say the side' THEN r.value END AS bound,
      CASE WHEN p.partly = 'a bound that does not say the side' THEN r.comparator END AS bound_sign
    FROM dated d
    SEMI JOIN (SELECT line FROM spoken SEMI JOIN several USING (patient, marker)) s ON s.line = d.line
    JOIN measured m ON m.line = d.line
    JOIN placed p ON p.reading = d.reading
    JOIN reading r ON r.reading = d.reading
  ) said_of
  WINDOW one AS (PARTITION BY patient, marker)
), alike AS (
  SELECT patient, marker, any_value(one_state) AS one_state,
    coalesce(bool_or(in_conflict OR coalesce(one_state <> other_state, FALSE) OR (state = '' AND is_placed
      AND NOT CASE one_state WHEN 'high' THEN may_be_high WHEN 'low' THEN may_be_low
        WHEN 'normal' THEN may_be_normal ELSE one_state IS NULL END)), FALSE) AS contradicts,
    count(DISTINCT said) FILTER (state <> '') AS telling,
    count(DISTINCT said) FILTER (state <> '' AND value IS NOT NULL) AS valued,
    arg_min(line, place) FILTER (state <> '') AS first_told,
    count(DISTINCT (day, taken)) FILTER (state <> '') AS days,
    arg_min(line, place) FILTER (state <> '' AND value IS NOT NULL) AS first_valued,
    count(DISTINCT said) FILTER (state = '') AS silent,
    arg_min(line, place) FILTER (state = '') AS first_silent
  FROM told GROUP BY patient, marker
)
SELECT line, d.patient, d.marker, d.conflict AS contradicts, FALSE AS only_state, TRUE AS of_one_day
FROM dated d
SEMI JOIN (SELECT line FROM spoken ANTI JOIN several USING (patient, marker)) s USING (line)
UNION ALL
SELECT CASE
    WHEN one_state IS NULL THEN CASE WHEN silent = 1 THEN first_silent END
    WHEN valued = 1 THEN first_valued ELSE first_told
  END, patient, marker, contradicts, one_state IS NOT NULL AND telling > 1 AND valued <> 1, days = 1
FROM alike;

CREATE OR REPLACE TEMP VIEW chosen AS
SELECT line, patient, marker, contradicts, only_state FROM chosen_of_many
UNION ALL
SELECT line, patient, marker, conflict, FALSE FROM dated ANTI JOIN silenced USING (patient, marker)
WHERE is_lone;

CREATE TEMP TABLE indexed AS
SELECT line, patient, marker, reading, state, day, FALSE AS only_state
FROM dated ANTI JOIN silenced USING (patient, marker)
WHERE is_lone AND NOT conflict
UNION ALL
SELECT l.line, l.patient, l.marker, l.reading, l.state,
  CASE WHEN c.of_one_day OR NOT c.only_state THEN l.day END, c.only_state
FROM chosen_of_many c JOIN dated l ON l.line = c.line
WHERE NOT c.contradicts;
