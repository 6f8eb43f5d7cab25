-- Treatments: which are given on the day asked about, and how results stand to those before them.

CREATE TEMP TABLE denied AS
SELECT t.patient, t.saying, s.term
FROM told_of_patient t JOIN saying s ON s.saying = t.saying WHERE s.said = 'no';

-- What is given and denied as well is used for nothing: no result stands before it or under it.
CREATE TEMP TABLE course AS
SELECT DISTINCT s.patient, s.term, coalesce(p.day, i.day, p.last_day) AS day,
  CASE WHEN s.stop < s.start THEN NULL ELSE s.start END AS start,
  CASE WHEN s.stop < s.start THEN NULL ELSE s.stop END AS stop
FROM said s
JOIN person p ON p.patient = s.patient
LEFT JOIN (SELECT patient, max(day) AS day FROM indexed GROUP BY patient) i ON i.patient = s.patient
ANTI JOIN (
  SELECT n.patient, o.said FROM denied n JOIN opposed o ON o.denied = n.term
) n ON n.patient = s.patient AND n.said = s.term
WHERE s.said = 'yes' AND s.is_given;

CREATE TEMP TABLE given AS
SELECT patient, term, start, stop FROM course
WHERE (stop IS NULL OR stop >= day) AND (start IS NULL OR start <= day);

-- The results that may be a baseline of a later one.
CREATE TEMP TABLE earlier AS
SELECT e.line, e.patient, e.marker, e.day, t.taken, t.moment, t.instant, c.change, c.treatment_day,
  d.value, d.unit, d.low, d.high, d.wording, k.usable_days
FROM dated e
LEFT JOIN several s ON s.patient = e.patient AND s.marker = e.marker
JOIN marker k ON k.marker = e.marker
JOIN placed d ON d.reading = e.reading
LEFT JOIN timed t ON t.line = e.line
LEFT JOIN stated_change c ON c.line = e.line
WHERE (e.outlived OR s.patient IS NOT NULL) AND NOT d.conflict AND d.value > 0 AND d.comparator = ''
  AND NOT EXISTS (SELECT 1 FROM latest_of_many l WHERE l.line = e.line);

-- The results about which something is stated of a treatment.
CREATE TEMP TABLE stated_of AS
SELECT i.line, c.change, c.treatment_day, d.during
FROM indexed i
JOIN reading d ON d.reading = i.reading
LEFT JOIN stated_change c ON c.line = i.line
WHERE NOT i.only_state AND (d.during IS NOT NULL OR c.line IS NOT NULL);

-- The results that were taken under a treatment, of those to which that makes a difference: there is
-- something before it, something about it is stated, or rules ask how such results stand to one.
CREATE TEMP TABLE covered AS
SELECT i.line, i.patient, i.marker, i.reading, i.only_state, i.day, g.term, g.start, g.stop, d.unit,
  CASE WHEN NOT i.only_state AND d.comparator = '' THEN d.value END AS now
FROM indexed i
JOIN given g ON g.patient = i.patient
JOIN placed d ON d.reading = i.reading
LEFT JOIN (SELECT DISTINCT patient, marker FROM earlier) e ON e.patient = i.patient AND e.marker = i.marker
LEFT JOIN stated_of s ON s.line = i.line
LEFT JOIN (
  SELECT marker FROM under UNION SELECT marker FROM number_cell WHERE number IN ('change', 'day')
) k ON k.marker = i.marker
WHERE g.start <= i.day AND (g.stop IS NULL OR i.day <= g.stop)
  AND (e.patient IS NOT NULL OR k.marker IS NOT NULL OR s.line IS NOT NULL);

-- The latest values before each of these treatments.
CREATE TEMP TABLE latest_before AS
WITH before AS (
  SELECT c.line, e.line AS baseline_line, c.term, c.start, c.stop,
    c.now, e.value, e.unit, f.num, f.den,
    e.low, e.high, e.wording, e.day, e.taken, e.moment, e.instant, e.change, e.treatment_day,
    max(e.day) OVER one AS last_day, max(e.instant) OVER one AS last_instant,
    bool_and(e.instant IS NOT NULL) OVER one AS zoned
  FROM covered c
  JOIN earlier e ON e.patient = c.patient AND e.marker = c.marker
    AND e.day <= c.start AND NOT (e.usable_days > 0 AND e.day + e.usable_days < c.start)
  LEFT JOIN scale f ON f.marker = c.marker AND f.unit = c.unit AND f.to_unit = e.unit
  WINDOW one AS (PARTITION BY c.line, c.term, c.start, c.stop)
), last_before AS (
  SELECT *, bool_and(moment IS NOT NULL) OVER one
      AND count(instant) OVER one IN (0, count(*) OVER one) AS timed,
    max(coalesce(instant, moment)) OVER one AS last_moment
  FROM before WHERE CASE WHEN zoned THEN instant = last_instant ELSE day = last_day END
  WINDOW one AS (PARTITION BY line, term, start, stop)
)
SELECT line, baseline_line, term, start, stop, value, unit, now IS NOT NULL AS is_compared,
  now * num AS now, value * den AS was,
  dense_rank() OVER (PARTITION BY line, term, start, stop ORDER BY {{ order }}) AS place
FROM last_before WHERE NOT timed OR coalesce(instant, moment) = last_moment;

-- Of several of one time that differ none is the baseline.
CREATE TEMP TABLE tied AS
SELECT DISTINCT unnest(lines) AS line
FROM (
  SELECT list(baseline_line) AS lines FROM latest_before
  GROUP BY line, term, start, stop HAVING count(DISTINCT (value, unit)) > 1
) several;

-- The one that is, with the rows that are copies of it; where no factor leads to the unit of the
-- result, only the first is told.
CREATE TEMP TABLE baseline AS
SELECT baseline_line AS line, bool_or(now IS NULL) AS is_unlike,
  bool_or(baseline_line = first_line) AS is_first
FROM (
  SELECT baseline_line, now, min(baseline_line) OVER (
    PARTITION BY line, term, start, stop) AS first_line
  FROM latest_before WHERE is_compared AND place = 1
) first_of_each GROUP BY baseline_line;

CREATE TEMP TABLE under_treatment AS
WITH compared AS (
  SELECT line, term, start, stop, any_value(now) AS now, any_value(was) AS was
  FROM latest_before WHERE is_compared
  GROUP BY line, term, start, stop HAVING count(DISTINCT (value, unit)) = 1
)
SELECT c.line, c.patient, c.marker, c.reading, c.only_state, c.term,
  CAST(datediff('day', c.start, c.day) AS DECIMAL(18, 9)) AS treatment_day, b.now, b.was
FROM covered c
LEFT JOIN compared b ON b.line = c.line AND b.term = c.term AND b.start = c.start
  AND b.stop IS NOT DISTINCT FROM c.stop;
