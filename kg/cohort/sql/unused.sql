-- What of the results is used for nothing, each with the reason; also of those whom the judge has.

CREATE TEMP TABLE unused AS
WITH doubted AS (
  -- All but those that are alone, say all that they can, and are asked about.
  SELECT d.line, d.patient, d.marker, d.reading, d.outlived, r.conflict, r.state, m.patient IS NULL AND NOT d.outlived AS is_lone,
    r.value, r.is_placed, r.partly, r.may_be_high, r.may_be_normal, r.may_be_low,
    s.patient IS NOT NULL AS is_silenced
  FROM dated d
  JOIN placed r ON r.reading = d.reading
  LEFT JOIN several m ON m.patient = d.patient AND m.marker = d.marker
  LEFT JOIN silenced s ON s.patient = d.patient AND s.marker = d.marker
  WHERE d.outlived OR m.patient IS NOT NULL OR r.conflict OR r.partly IS NOT NULL OR s.patient IS NOT NULL
), others AS (
  -- What is asked about in the place of results that are too old.
  SELECT h.line, h.patient, h.marker, h.reading, h.conflict
  FROM heard h
  SEMI JOIN (SELECT patient, marker FROM dated WHERE outlived) o ON o.patient = h.patient AND o.marker = h.marker
), chosen AS (
  SELECT d.*,
    CASE WHEN d.is_lone AND NOT d.is_silenced THEN d.line ELSE coalesce(c.line, o.line) END AS chosen_line,
    CASE WHEN d.is_lone AND NOT d.is_silenced THEN d.conflict
      ELSE coalesce(c.contradicts, o.conflict, FALSE) END AS contradicts,
    CASE WHEN d.is_lone AND NOT d.is_silenced THEN d.reading
      ELSE coalesce(l.reading, o.reading) END AS chosen_reading,
    coalesce(c.only_state, FALSE) AS only_state
  FROM doubted d
  LEFT JOIN chosen_of_many c ON c.patient = d.patient AND c.marker = d.marker
  LEFT JOIN dated l ON l.line = c.line
  LEFT JOIN others o ON o.patient = d.patient AND o.marker = d.marker
), compared AS (
  SELECT c.*, CASE WHEN NOT c.contradicts THEN p.state END AS chosen_state,
    c.is_lone OR l.line IS NOT NULL AS is_latest, b.line IS NOT NULL AS is_baseline, b.is_unlike, b.is_first,
    t.line IS NOT NULL AS is_tied
  FROM chosen c
  LEFT JOIN placed p ON p.reading = c.chosen_reading
  LEFT JOIN latest_of_many l ON l.line = c.line
  LEFT JOIN baseline b ON b.line = c.line
  LEFT JOIN tied t ON t.line = c.line
), sides AS (
  SELECT patient, marker, bool_or(conflict) AS any_conflict, bool_or(state = 'high') AS any_high,
    bool_or(state = 'normal') AS any_normal, bool_or(state = 'low') AS any_low
  FROM compared WHERE is_latest AND contradicts GROUP BY patient, marker
), told AS (
  SELECT c.patient, c.marker, CASE
      WHEN conflict AND NOT outlived THEN 'its flag contradicts its value'
      -- Of results that contradict each other, those that say no side may go with all that do.
      WHEN is_latest AND contradicts AND state = '' AND NOT any_conflict AND (NOT is_placed
        OR ((may_be_high OR NOT any_high) AND (may_be_normal OR NOT any_normal)
          AND (may_be_low OR NOT any_low))) THEN partly
      WHEN is_latest AND contradicts THEN 'results of one time contradict each other'
      WHEN (chosen_line IS NULL OR contradicts) AND outlived THEN 'too old'
      WHEN conflict THEN NULL
      WHEN is_silenced THEN 'a newer result cannot be used'
      WHEN is_latest AND only_state AND state <> '' THEN
        CASE WHEN value IS NOT NULL THEN 'one of several of that state' END
      WHEN is_latest AND (line = chosen_line OR chosen_line IS NULL) THEN partly
      WHEN is_latest AND state = '' AND chosen_state <> '' THEN partly
      WHEN is_latest THEN NULL
      WHEN chosen_line IS NULL OR contradicts THEN 'there is no result to compare it with'
      WHEN is_tied THEN 'several baselines of one time differ'
      WHEN is_unlike THEN
        CASE WHEN is_first THEN 'no factor leads to the unit of a later result' END
      WHEN is_baseline THEN NULL
      ELSE 'a later result is used'
    END AS reason
  FROM compared c LEFT JOIN sides s ON s.patient = c.patient AND s.marker = c.marker
)
SELECT patient, marker, why AS reason FROM measured WHERE why IS NOT NULL
UNION ALL
SELECT patient, marker, reason FROM told WHERE reason IS NOT NULL
UNION ALL
SELECT patient, marker, 'not used beside another result' FROM put_aside;
