-- Readings: what a value says beside its range. It turns on how it is worded, on its numbers and on
-- the range of the site, so it is worked out once for each that differs, and not for each result.
-- In: given_result, written, person, and what each wording says.
-- Nothing is rounded: a value is compared after multiplication, never after division.

-- The ranges of the site for patients of a sex and an age, each with a number: where one row, and no
-- other that differs, is for them.
CREATE TEMP TABLE filled AS
WITH found AS (
  SELECT w.wording, p.sex, p.age, any_value(g.low) AS low, any_value(g.high) AS high,
    any_value(g.unit) AS unit
  FROM wording w
  JOIN site_range g ON g.marker = w.marker
  JOIN scale c ON c.marker = g.marker AND c.unit = w.unit AND c.to_unit = g.unit
  JOIN (SELECT DISTINCT sex, floor(age) AS age FROM person) p
    ON (g.sex IS NULL OR p.sex IS NULL OR g.sex = p.sex)
    AND (p.age IS NULL OR (p.age >= g.youngest AND coalesce(p.age <= g.oldest, TRUE)))
  WHERE w.unit_given
  GROUP BY w.wording, p.sex, p.age
  HAVING count(DISTINCT (g.low, g.high, g.unit)) = 1 AND bool_or(
    (p.age IS NOT NULL OR (g.youngest = 0 AND g.oldest IS NULL))
    AND (g.sex IS NULL OR p.sex IS NOT NULL))
)
SELECT *, CAST(dense_rank() OVER (ORDER BY low, high, unit) AS INTEGER) AS place FROM found;
{% set of_range = ('range_unit', 'num', 'den', 'range_least_num', 'range_least_den',
  'range_most_num', 'range_most_den', 'limit_least_num', 'limit_least_den', 'limit_most_num',
  'limit_most_den') %}
-- Both sides of every comparison: the value in the unit of its range, and the limits.
CREATE TEMP TABLE reading AS
WITH here AS (
  SELECT w.* FROM written w SEMI JOIN (
    SELECT written FROM given_result GROUP BY written HAVING count(*) > 0
  ) g ON g.written = w.written
), ranged AS (
  SELECT written, wording, value, low, high, unread, wants_range, CAST(NULL AS VARCHAR) AS site_unit, 0 AS place
  FROM here
  UNION ALL
  SELECT h.written, h.wording, h.value, f.low, f.high, h.unread, FALSE, f.unit, f.place
  FROM here h
  JOIN (SELECT DISTINCT wording, low, high, unit, place FROM filled) f ON f.wording = h.wording
  WHERE h.wants_range
), worded AS (
  SELECT r.written, r.place, r.wording, r.unread, r.wants_range, r.value, r.low, r.high AS high_given, r.site_unit,
    w.marker, w.to_judge, w.low_is_normal, w.high_is_normal, w.comparator, w.bad_comparator, w.during,
    w.is_during, w.in_unit, w.unit_given, w.unit, w.flag_word, w.flag, w.is_multiple,
    w.least_num, w.least_den, w.most_num, w.most_den, r.value IS NOT NULL AS has_value,
    coalesce(r.low, r.high) IS NOT NULL AS in_range,
    CASE WHEN w.is_multiple THEN CAST(1 AS DECIMAL(18, 9)) ELSE r.high END AS high,
    {%- for each in of_range %}
    CASE WHEN r.site_unit IS NULL THEN w.{{ each }} ELSE s.{{ each }} END AS {{ each }}{{ ',' if not loop.last }}
    {%- endfor %}
  FROM ranged r
  JOIN wording w ON w.wording = r.wording
  LEFT JOIN (
    SELECT c.marker, c.unit, c.to_unit AS range_unit, c.num, c.den,
      u.least_num AS range_least_num, u.least_den AS range_least_den,
      u.most_num AS range_most_num, u.most_den AS range_most_den,
      u.limit_least_num, u.limit_least_den, u.limit_most_num, u.limit_most_den
    FROM scale c JOIN unit u ON u.marker = c.marker AND u.unit = c.to_unit
  ) s ON s.marker = w.marker AND s.unit = w.unit AND s.range_unit = r.site_unit
)
SELECT CAST(row_number() OVER () AS INTEGER) AS reading, written, place, wording, unread, wants_range, value, low, high_given, site_unit,
  marker, to_judge, low_is_normal, high_is_normal, comparator, bad_comparator, during, is_during,
  has_value, in_unit, in_range, flag, unit, range_unit, unit_given, high,
  value * num AS scaled, low * den AS low_limit, high * den AS high_limit,
  NOT has_value AND flag_word = '' AS is_empty,
  CASE
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

-- The states that a value leaves possible, the one that it has, and the bits of its numbers.
-- A value beside its range where neither has a unit has a state, and is no number for any rule.
CREATE TEMP TABLE placed AS
WITH able AS (
  SELECT *, has_value AND (in_unit OR in_range) AS is_placed, has_value AND in_unit AS is_number,
    CASE comparator
      WHEN '>' THEN high IS NULL OR scaled < high_limit
      WHEN '≥' THEN high IS NULL OR scaled <= high_limit
      WHEN '<' THEN low IS NULL OR scaled > low_limit
      WHEN '≤' THEN low IS NULL OR scaled >= low_limit
      ELSE (low IS NULL OR scaled >= low_limit) AND (high IS NULL OR scaled <= high_limit)
    END AS may_be_normal
  FROM reading WHERE unsafe IS NULL AND NOT bad_comparator AND NOT is_empty
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
  FROM able
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
), stated AS (
  SELECT reading, wording, marker, to_judge, is_placed, unit_given, unit, range_unit, flag, scaled, low_limit,
    high_limit, may_be_low, may_be_normal, may_be_high,
    CASE WHEN is_number THEN comparator ELSE '' END AS comparator,
    CASE WHEN is_number THEN value END AS value,
    CASE WHEN is_number AND low > 0 THEN low END AS low,
    CASE WHEN is_number THEN high END AS high,
    is_placed AND (low > 0 OR high IS NOT NULL) AS is_ranged,
    NOT agrees AS conflict,
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
  FROM decided
)
SELECT r.reading, r.wording, r.marker, r.to_judge, r.is_placed, r.unit_given, r.unit, r.range_unit, r.flag,
  r.may_be_low, r.may_be_normal, r.may_be_high, r.comparator, r.value, r.low, r.high, r.is_ranged,
  r.conflict, r.state, s.state AS state_class, r.partly,
  r.state <> '' OR (r.value IS NOT NULL AND r.comparator = '' AND r.high IS NOT NULL) AS is_kept,
  coalesce(s.bits, 0) AS state_bits,
  CASE WHEN r.flagged OR r.value IS NULL OR r.comparator <> '' THEN coalesce(s.bits, 0) ELSE 0 END
  | coalesce(u.bits, 0) | coalesce(l.bits, 0) AS bits
FROM stated r
LEFT JOIN state s ON s.marker = r.marker AND s.word = r.state
LEFT JOIN number_cell u ON u.marker = r.marker AND u.number = 'uln' AND u.comparator = r.comparator
  AND r.value IS NOT NULL AND u.cell = {{ cell('r.scaled', 'r.high_limit', cuts.uln) }}
LEFT JOIN number_cell l ON l.marker = r.marker AND l.number = 'lln' AND l.comparator = r.comparator
  AND r.value IS NOT NULL AND r.low IS NOT NULL
  AND l.cell = {{ cell('r.scaled', 'r.low_limit', cuts.lln) }};
