-- Results: which of them are asked about, and what is left aside and why.
-- In: person, said, given_result, and what each reading says.

-- What is told of the time of a result beyond its day, and of a change: few have either.
CREATE TEMP TABLE timed AS
SELECT line, taken, moment, instant FROM given_result WHERE taken IS NOT NULL;

CREATE TEMP TABLE stated_change AS
SELECT line, change, treatment_day FROM given_result
WHERE coalesce(change, treatment_day) IS NOT NULL;

-- The results of patients: whether each says anything, whether it is of a time that can be asked about,
-- and why it cannot be used, if it cannot.
CREATE TEMP TABLE measured AS
WITH read AS (
  SELECT r.line, p.patient, coalesce(s.reading, d.reading) AS reading, d.marker, r.day,
    CASE WHEN s.reading IS NULL THEN d.unsafe ELSE s.unsafe END AS unsafe,
    CASE
      WHEN r.day > p.last_day THEN 'after the day that is asked about'
      WHEN r.day < p.first_day THEN 'before a patient of that age was born'
    END AS refused,
    CASE
      WHEN coalesce(r.unread, d.unread) IS NOT NULL THEN coalesce(r.unread, d.unread)
      WHEN d.bad_comparator THEN 'its comparator is none that is known'
      WHEN r.change < -100 OR r.change > 1000000 THEN 'its change is no number that can be'
      WHEN r.treatment_day < 0 THEN 'its day of treatment is none that can be'
      WHEN d.is_during AND t.term IS NULL THEN 'its treatment is not given to the patient'
      WHEN d.is_empty THEN 'neither a value nor a flag'
    END AS unread
  FROM given_result r
  JOIN person p ON p.key = r.patient
  JOIN reading d ON d.written = r.written AND d.place = 0
  LEFT JOIN filled f ON d.wants_range AND f.wording = d.wording
    AND f.sex IS NOT DISTINCT FROM p.sex AND f.age IS NOT DISTINCT FROM floor(p.age)
  LEFT JOIN reading s ON s.written = r.written AND s.place = f.place
  LEFT JOIN (
    SELECT DISTINCT patient, term FROM said
    SEMI JOIN (SELECT during FROM wording) w ON w.during = term
    WHERE said = 'yes' AND is_given
  ) t ON t.patient = p.patient AND t.term = d.during
)
SELECT line, patient, reading, marker, day, unread IS NULL AS is_read, refused IS NULL AS is_then,
  coalesce(unread, unsafe, refused) AS why
FROM read;

-- Those that can be used, and whether each is too old for the day that is asked about: where none is
-- named, that of the latest result.
CREATE TEMP TABLE dated AS
WITH asked AS (
  SELECT patient, day FROM person WHERE day IS NOT NULL
  UNION ALL
  SELECT m.patient, max(m.day)
  FROM measured m JOIN person p ON p.patient = m.patient
  WHERE p.day IS NULL AND m.is_read AND m.day <= p.last_day GROUP BY m.patient
)
SELECT m.line, m.patient, m.marker, m.reading, m.day,
  coalesce(k.usable_days > 0 AND m.day + k.usable_days < a.day, FALSE) AS outlived
FROM measured m
JOIN marker k ON k.marker = m.marker
LEFT JOIN asked a ON a.patient = m.patient
WHERE m.why IS NULL;

-- Most results are the only one of their measurement that may still hold.
CREATE TEMP TABLE several AS
SELECT patient, marker FROM dated WHERE NOT outlived GROUP BY patient, marker HAVING count(*) > 1;

CREATE OR REPLACE TEMP VIEW alone AS
SELECT d.line, d.patient, d.marker, d.reading, d.day
FROM dated d ANTI JOIN several s ON s.patient = d.patient AND s.marker = d.marker
WHERE NOT d.outlived;

-- The latest results of each measurement; undated ones cannot be told apart.
-- Where every one has a time with its zone, the instants decide; otherwise the days as written, and
-- the times of one day where all are with a zone or all without.
CREATE TEMP TABLE latest_of_many AS
WITH sound AS (
  SELECT d.line, d.patient, d.marker, d.day, t.moment, t.instant
  FROM dated d
  SEMI JOIN several s ON s.patient = d.patient AND s.marker = d.marker
  LEFT JOIN timed t ON t.line = d.line
  WHERE NOT d.outlived
), whole AS (
  SELECT patient, marker, bool_or(day IS NULL) AS undated, max(day) AS last_day,
    bool_and(instant IS NOT NULL) AS zoned, max(instant) AS last_instant
  FROM sound GROUP BY patient, marker
), current_day AS (
  SELECT s.*, w.undated, w.zoned
  FROM sound s JOIN whole w ON w.patient = s.patient AND w.marker = s.marker
  WHERE w.undated OR CASE WHEN w.zoned THEN s.instant = w.last_instant ELSE s.day = w.last_day END
), newest AS (
  SELECT patient, marker, max(day) AS day, bool_and(instant IS NOT NULL) AS zoned,
    bool_and(moment IS NOT NULL) AND (bool_and(zoned) OR count(instant) IN (0, count(*))) AS timed,
    max(coalesce(instant, moment)) AS last_moment
  FROM current_day GROUP BY patient, marker
)
SELECT c.line, c.patient, c.marker, c.undated, n.day AS newest_day, n.timed, n.zoned, n.last_moment
FROM current_day c JOIN newest n ON n.patient = c.patient AND n.marker = c.marker
WHERE c.undated OR NOT n.timed OR coalesce(c.instant, c.moment) = n.last_moment;

-- A later result that cannot be used: what is older no longer says what holds.
CREATE TEMP TABLE silenced AS
WITH unusable AS (
  SELECT m.patient, m.marker, m.day, t.moment, t.instant
  FROM measured m LEFT JOIN timed t ON t.line = m.line
  WHERE m.why IS NOT NULL AND m.is_then AND m.day IS NOT NULL
), latest AS (
  SELECT patient, marker, undated, newest_day, timed, zoned, last_moment FROM latest_of_many
  UNION ALL
  SELECT a.patient, a.marker, a.day IS NULL, a.day, t.moment IS NOT NULL, t.instant IS NOT NULL,
    coalesce(t.instant, t.moment)
  FROM alone a
  SEMI JOIN unusable u ON u.patient = a.patient AND u.marker = a.marker
  LEFT JOIN timed t ON t.line = a.line
)
SELECT DISTINCT c.patient, c.marker
FROM latest c JOIN unusable u ON u.patient = c.patient AND u.marker = c.marker
WHERE NOT c.undated
  AND CASE WHEN c.zoned AND u.instant IS NOT NULL THEN u.instant > c.last_moment
    ELSE u.day > c.newest_day OR (u.day = c.newest_day AND c.timed AND NOT c.zoned
      AND u.instant IS NULL AND u.moment > c.last_moment) END;

-- Of several results that are equally recent: what they agree on, or that they contradict.
CREATE TEMP TABLE chosen_of_many AS
WITH spoken AS (
  SELECT l.line, l.patient, l.marker FROM latest_of_many l
  ANTI JOIN silenced s ON s.patient = l.patient AND s.marker = l.marker
), equal AS (
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
    SELECT d.line, d.patient, d.marker, p.state, p.conflict, d.day, t.taken, c.change, c.treatment_day,
      r.during, p.is_placed, p.may_be_low, p.may_be_normal, p.may_be_high, p.value, p.unit, p.low, p.high,
      p.range_unit, p.unit_given, p.comparator, p.flag, p.partly, p.wording,
      CASE WHEN p.partly = 'a bound that does not say the side' THEN r.value END AS bound,
      CASE WHEN p.partly = 'a bound that does not say the side' THEN r.comparator END AS bound_sign
    FROM dated d
    SEMI JOIN (SELECT line FROM spoken SEMI JOIN equal USING (patient, marker)) s ON s.line = d.line
    JOIN placed p ON p.reading = d.reading
    JOIN reading r ON r.reading = d.reading
    LEFT JOIN timed t ON t.line = d.line
    LEFT JOIN stated_change c ON c.line = d.line
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
SELECT d.line, d.patient, d.marker, p.conflict AS contradicts, FALSE AS only_state, TRUE AS of_one_day
FROM dated d
SEMI JOIN (SELECT line FROM spoken ANTI JOIN equal USING (patient, marker)) s ON s.line = d.line
JOIN placed p ON p.reading = d.reading
UNION ALL
SELECT CASE
    WHEN one_state IS NULL THEN CASE WHEN silent = 1 THEN first_silent END
    WHEN valued = 1 THEN first_valued ELSE first_told
  END, patient, marker, contradicts, one_state IS NOT NULL AND telling > 1 AND valued <> 1, days = 1
FROM alike;

CREATE OR REPLACE TEMP VIEW heard AS
SELECT a.line, a.patient, a.marker, a.reading, a.day, p.conflict
FROM alone a
ANTI JOIN silenced s ON s.patient = a.patient AND s.marker = a.marker
JOIN placed p ON p.reading = a.reading;

CREATE TEMP TABLE indexed AS
SELECT line, patient, marker, reading, day, FALSE AS only_state FROM heard WHERE NOT conflict
UNION ALL
SELECT d.line, d.patient, d.marker, d.reading,
  CASE WHEN c.of_one_day OR NOT c.only_state THEN d.day END, c.only_state
FROM chosen_of_many c JOIN dated d ON d.line = c.line
WHERE NOT c.contradicts;
