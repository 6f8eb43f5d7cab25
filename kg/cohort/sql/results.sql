-- Results: what each says, which of them is asked about, and what is left aside and why.
-- In: person, said, result_in, and what each wording says.
-- Nothing is rounded: a value is compared after multiplication, never after division.

-- The ranges of the site for values without one: where one row, and no other that differs, is for
-- the patient.
CREATE TEMP TABLE filled AS
WITH one AS (
  SELECT r.line, any_value(w.marker) AS marker, any_value(w.unit) AS value_unit,
    any_value(g.low) AS low, any_value(g.high) AS high, any_value(g.unit) AS unit
  FROM result_in r
  JOIN wording w ON w.wording = r.wording
  JOIN person p ON p.patient = r.patient
  JOIN site_range g ON g.marker = w.marker
  JOIN scale c ON c.marker = g.marker AND c.unit = w.unit AND c.to_unit = g.unit
  WHERE r.value IS NOT NULL AND r.low IS NULL AND r.high IS NULL AND w.unit_given
    AND (g.sex IS NULL OR p.sex IS NULL OR g.sex = p.sex)
    AND (p.age IS NULL OR (floor(p.age) >= g.youngest AND coalesce(floor(p.age) <= g.oldest, TRUE)))
  GROUP BY r.line
  HAVING count(DISTINCT (g.low, g.high, g.unit)) = 1 AND bool_or(
    (p.age IS NOT NULL OR (g.youngest = 0 AND g.oldest IS NULL))
    AND (g.sex IS NULL OR p.sex IS NOT NULL))
)
SELECT f.line, f.low, f.high, f.unit AS range_unit, c.num, c.den,
  r.least_num AS range_least_num, r.least_den AS range_least_den,
  r.most_num AS range_most_num, r.most_den AS range_most_den,
  r.limit_least_num, r.limit_least_den, r.limit_most_num, r.limit_most_den
FROM one f
JOIN scale c ON c.marker = f.marker AND c.unit = f.value_unit AND c.to_unit = f.unit
JOIN unit r ON r.marker = f.marker AND r.unit = f.unit;
{% set of_range = ('range_unit', 'num', 'den', 'range_least_num', 'range_least_den',
  'range_most_num', 'range_most_den', 'limit_least_num', 'limit_least_den', 'limit_most_num',
  'limit_most_den') %}
CREATE TEMP TABLE measured AS
WITH worded AS (
  SELECT r.line, r.patient, r.wording, w.marker, w.usable_days, w.low_is_normal, w.high_is_normal, w.to_judge,
    p.last_day, p.first_day, r.taken, r.day, r.moment, r.instant, r.value,
    coalesce(r.low, x.low) AS low, w.comparator, r.value IS NOT NULL AS has_value, w.in_unit,
    coalesce(r.low, r.high, x.low, x.high) IS NOT NULL AS in_range, w.flag_word, w.flag, w.unit,
    {%- for each in of_range %}
    CASE WHEN x.line IS NULL THEN w.{{ each }} ELSE x.{{ each }} END AS {{ each }},
    {%- endfor %}
    w.least_num, w.least_den, w.most_num, w.most_den, w.is_multiple,
    coalesce(r.high, x.high) AS high_given,
    CASE WHEN w.is_multiple THEN CAST(1 AS DECIMAL(18, 9)) ELSE coalesce(r.high, x.high) END AS high,
    w.unit_given, r.change, r.treatment_day, w.during,
    CASE
      WHEN r.unread IS NOT NULL THEN r.unread
      WHEN w.bad_comparator THEN 'its comparator is none that is known'
      WHEN r.change < -100 OR r.change > 1000000 THEN 'its change is no number that can be'
      WHEN r.treatment_day < 0 THEN 'its day of treatment is none that can be'
      WHEN w.is_during AND t.term IS NULL THEN 'its treatment is not given to the patient'
      WHEN r.value IS NULL AND w.flag_word = '' THEN 'neither a value nor a flag'
    END AS unread
  FROM result_in r
  JOIN person p ON p.patient = r.patient
  JOIN wording w ON w.wording = r.wording
  LEFT JOIN filled x ON x.line = r.line
  LEFT JOIN (SELECT DISTINCT patient, term FROM said WHERE said = 'yes' AND is_given) t
    ON t.patient = r.patient AND t.term = w.during
)
-- Both sides of every comparison: the value in the unit of its range, and the limits.
SELECT line, patient, wording, marker, usable_days, low_is_normal, high_is_normal, to_judge, last_day, first_day,
  taken, day, moment, instant, value, low, high, comparator, has_value, in_unit, in_range,
  flag, unit, range_unit, unit_given, change, treatment_day, during, unread, num, den,
  value * num AS scaled, low * den AS low_limit, high * den AS high_limit,
  CASE
    WHEN unread IS NOT NULL THEN unread
    WHEN flag_word = '?' THEN 'its flag is no word that is known'
    WHEN NOT has_value AND flag = '' AND flag_word = 'abnormal'
      THEN 'its flag does not say whether high or low'
    WHEN NOT has_value AND flag = '' THEN 'no statement speaks of such a flag'
    WHEN NOT has_value THEN NULL
    WHEN value < 0 THEN 'its value is negative'
    WHEN in_unit AND unit IS NULL THEN 'its unit is none of the measurement'
    WHEN NOT in_unit AND NOT in_range AND flag <> '' THEN NULL
    WHEN NOT in_unit AND NOT in_range THEN 'neither a range nor a unit is given'
    WHEN low < 0 OR high_given < 0 THEN 'a limit is negative'
    WHEN low > high_given THEN 'its range runs backwards'
    WHEN high_given = 0 THEN 'its upper limit is zero'
    WHEN is_multiple AND (low > 0 OR high_given <> 1) THEN 'a multiple has a range'
    WHEN range_unit IS NULL THEN 'the unit of its range is none of the measurement'
    WHEN low > 0 AND (low * range_least_den < range_least_num OR low * range_most_den > range_most_num)
      THEN 'a limit is not plausible'
    WHEN high * range_least_den < range_least_num OR high * range_most_den > range_most_num
      THEN 'a limit is not plausible'
    WHEN high * limit_least_den < limit_least_num
      OR high * limit_most_den > limit_most_num THEN 'its upper limit is not plausible'
    WHEN num IS NULL THEN 'no factor leads to the unit of its range'
    WHEN low > 0 AND (value * num > low * den * 10000
      OR (value > 0 AND value * num * 10000 < low * den)) THEN 'too far from its limit'
    WHEN value * num > high * den * 10000
      OR (value > 0 AND value * num * 10000 < high * den) THEN 'too far from its limit'
    WHEN (comparator NOT IN ('<', '≤') AND value * least_den < least_num)
      OR (comparator NOT IN ('>', '≥') AND value * most_den > most_num)
      THEN 'its value is not plausible'
  END AS unsafe
FROM worded;

CREATE TEMP TABLE asked AS
SELECT p.patient,
  coalesce(p.day, max(CASE WHEN m.day <= p.last_day THEN m.day END)) AS asked_day
FROM person p
LEFT JOIN measured m ON m.patient = p.patient
  AND m.unread IS NULL
GROUP BY p.patient, p.day;

-- The states that a value leaves possible, the one that it has, and whether its day can be used.
-- A value beside its range where neither has a unit has a state, and is no number for any rule.
CREATE TEMP TABLE dated AS
WITH placed AS (
  SELECT *, has_value AND (in_unit OR in_range) AS is_placed, has_value AND in_unit AS is_number,
    CASE comparator
      WHEN '>' THEN high IS NULL OR scaled < high_limit
      WHEN '≥' THEN high IS NULL OR scaled <= high_limit
      WHEN '<' THEN low IS NULL OR scaled > low_limit
      WHEN '≤' THEN low IS NULL OR scaled >= low_limit
      ELSE (low IS NULL OR scaled >= low_limit) AND (high IS NULL OR scaled <= high_limit)
    END AS may_be_normal
  FROM measured JOIN asked USING (patient) WHERE unsafe IS NULL
), possible AS (
  SELECT *,
    CASE
      WHEN low IS NULL THEN may_be_normal WHEN comparator IN ('<', '≤') THEN TRUE
      ELSE scaled < low_limit
    END AS may_be_low,
    CASE
      WHEN high IS NULL THEN may_be_normal WHEN comparator IN ('>', '≥') THEN TRUE
      ELSE scaled > high_limit
    END AS may_be_high
  FROM placed
), decided AS (
  SELECT *,
    CASE
      WHEN NOT is_placed THEN ''
      WHEN low_is_normal AND may_be_normal AND may_be_low AND NOT may_be_high THEN 'normal'
      WHEN high_is_normal AND may_be_normal AND may_be_high AND NOT may_be_low THEN 'normal'
      WHEN may_be_normal AND NOT may_be_low AND NOT may_be_high THEN 'normal'
      WHEN may_be_low AND NOT may_be_normal AND NOT may_be_high THEN 'low'
      WHEN may_be_high AND NOT may_be_normal AND NOT may_be_low THEN 'high'
      ELSE ''
    END AS decided,
    CASE flag
      WHEN '' THEN TRUE WHEN 'high' THEN NOT is_placed OR may_be_high
      WHEN 'normal' THEN NOT is_placed OR may_be_normal
      WHEN 'low' THEN NOT is_placed OR may_be_low ELSE NOT is_placed
    END AS agrees
  FROM possible
)
SELECT line, patient, wording, marker, usable_days, to_judge, taken, day, moment, instant,
  CASE
    WHEN day > last_day THEN 'after the day that is asked about'
    WHEN day < first_day THEN 'before a patient of that age was born'
  END AS refused,
  usable_days > 0 AND day + usable_days < asked_day AS outlived,
  CASE WHEN is_number THEN comparator ELSE '' END AS comparator,
  change, treatment_day, during, is_placed, unit_given, may_be_low, may_be_normal, may_be_high,
  CASE WHEN is_number THEN value END AS value, unit, num, den, scaled, range_unit,
  CASE WHEN is_number AND low > 0 THEN low END AS low, low_limit,
  CASE WHEN is_number THEN high END AS high, high_limit, in_unit,
  is_placed AND (low > 0 OR high IS NOT NULL) AS is_ranged,
  NOT agrees AS conflict, flag,
  CASE WHEN NOT agrees THEN '' WHEN flag <> '' THEN flag ELSE decided END AS state,
  flag <> '' AND (NOT is_placed OR decided <> flag) AS flagged,
  CASE
    WHEN NOT agrees THEN NULL
    WHEN NOT is_placed AND has_value THEN 'its unit is missing, so only its flag is used'
    WHEN NOT is_placed THEN NULL
    WHEN NOT in_unit AND (flag <> '' OR decided <> '') THEN NULL
    WHEN coalesce(low, 0) = 0 AND high IS NULL THEN 'no range is given'
    WHEN decided = '' AND flag = '' AND comparator <> '' THEN 'a bound that does not say the side'
    WHEN decided = '' AND flag = '' AND coalesce(low, 0) = 0 THEN 'no lower limit is given'
    WHEN decided = '' AND flag = '' THEN 'its range does not say the side'
    WHEN comparator <> '' THEN 'only a bound of its value is known'
  END AS partly
FROM decided;

-- The latest results of each measurement; undated ones cannot be told apart. Most are alone.
-- Where every one has a time with its zone, the instants decide; otherwise the days as written, and
-- the times of one day where all are with a zone or all without.
CREATE TEMP TABLE lone AS
SELECT patient, marker, any_value(line) AS line, any_value(day) AS day,
  any_value(moment) AS moment, any_value(instant) AS instant
FROM dated WHERE refused IS NULL AND outlived IS NOT TRUE GROUP BY patient, marker HAVING count(*) = 1;

CREATE TEMP TABLE latest AS
WITH sound AS (
  SELECT line, patient, marker, day, moment, instant,
    bool_or(day IS NULL) OVER one AS undated, max(day) OVER one AS last_day,
    bool_and(instant IS NOT NULL) OVER one AS zoned, max(instant) OVER one AS last_instant
  FROM dated ANTI JOIN lone USING (line) WHERE refused IS NULL AND outlived IS NOT TRUE
  WINDOW one AS (PARTITION BY patient, marker)
), current_day AS (
  SELECT *, max(day) OVER one AS newest_day, bool_and(instant IS NOT NULL) OVER one AS day_zoned,
    bool_and(moment IS NOT NULL) OVER one
      AND (zoned OR count(instant) OVER one IN (0, count(*) OVER one)) AS timed,
    max(coalesce(instant, moment)) OVER one AS last_moment
  FROM sound WHERE undated OR CASE WHEN zoned THEN instant = last_instant ELSE day = last_day END
  WINDOW one AS (PARTITION BY patient, marker)
)
SELECT line, patient, marker, undated, newest_day, timed, day_zoned AS zoned, last_moment,
  FALSE AS is_lone
FROM current_day WHERE undated OR NOT timed OR coalesce(instant, moment) = last_moment
UNION ALL
SELECT line, patient, marker, day IS NULL, day, moment IS NOT NULL, instant IS NOT NULL,
  coalesce(instant, moment), TRUE FROM lone;

-- A later result that cannot be used: what is older no longer says what holds.
CREATE TEMP TABLE silenced AS
SELECT DISTINCT c.patient, c.marker
FROM latest c JOIN measured m ON m.patient = c.patient AND m.marker = c.marker
WHERE m.unsafe IS NOT NULL AND m.day <= m.last_day AND (m.first_day IS NULL OR m.day >= m.first_day)
  AND NOT c.undated
  AND CASE WHEN c.zoned AND m.instant IS NOT NULL THEN m.instant > c.last_moment
    ELSE m.day > c.newest_day OR (m.day = c.newest_day AND c.timed AND NOT c.zoned
      AND m.instant IS NULL AND m.moment > c.last_moment) END;

-- Of several results that are equally recent: what they agree on, or that they contradict.
CREATE TEMP TABLE chosen AS
WITH spoken AS (
  SELECT l.* FROM latest l ANTI JOIN silenced s ON s.patient = l.patient AND s.marker = l.marker
), several AS (
  SELECT patient, marker FROM spoken WHERE NOT is_lone
  GROUP BY patient, marker HAVING count(*) > 1
), told AS (
  SELECT *, (value, unit, low, high, range_unit, unit_given, comparator, flag, day, taken, change,
      treatment_day, during, partly) AS said,
    bool_or(conflict) OVER one AS in_conflict,
    row_number() OVER (PARTITION BY patient, marker ORDER BY {{ order }}) AS place,
    min(nullif(state, '')) OVER one AS one_state, max(nullif(state, '')) OVER one AS other_state
  FROM dated
  SEMI JOIN (SELECT line FROM spoken SEMI JOIN several USING (patient, marker)) s USING (line)
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

CREATE TEMP TABLE indexed AS
SELECT l.line, l.patient, l.marker, l.to_judge, l.state,
  CASE WHEN c.of_one_day OR NOT c.only_state THEN l.day END AS day, l.unit, l.num, l.den,
  l.range_unit, l.partly,
  c.only_state,
  CASE WHEN NOT c.only_state THEN l.value END AS value,
  CASE WHEN NOT c.only_state THEN l.scaled END AS scaled,
  CASE WHEN NOT c.only_state AND l.low IS NOT NULL THEN l.low_limit END AS low_limit,
  CASE WHEN NOT c.only_state AND l.high IS NOT NULL THEN l.high_limit END AS high_limit,
  CASE WHEN c.only_state THEN '' ELSE l.comparator END AS comparator,
  c.only_state OR l.flagged AS flagged,
  CASE WHEN NOT c.only_state THEN l.change END AS change,
  CASE WHEN NOT c.only_state THEN l.treatment_day END AS treatment_day,
  CASE WHEN NOT c.only_state THEN l.during END AS during
FROM chosen c JOIN dated l ON l.line = c.line
WHERE NOT c.contradicts;

CREATE TEMP TABLE read_now AS
SELECT patient, is_ranged FROM dated WHERE refused IS NULL AND outlived IS NOT TRUE;
