-- What of the results is used for nothing, each with the reason; also of those whom the judge has.

CREATE TEMP TABLE unused AS
WITH series AS (
  SELECT l.patient, l.marker, max(c.line) AS chosen_line, max(i.state) AS chosen_state,
    bool_or(c.only_state) AS only_state,
    bool_or(s.patient IS NOT NULL) AS is_silenced,
    coalesce(bool_or(c.contradicts), FALSE) AS contradicts
  FROM (SELECT DISTINCT patient, marker FROM dated WHERE refused IS NULL) l
  LEFT JOIN chosen c ON c.patient = l.patient AND c.marker = l.marker
  LEFT JOIN indexed i ON i.line = c.line
  LEFT JOIN silenced s ON s.patient = l.patient AND s.marker = l.marker
  GROUP BY l.patient, l.marker
), compared AS (
  SELECT d.*, s.chosen_line, s.chosen_state, s.only_state, s.is_silenced, s.contradicts,
    l.line IS NOT NULL AS is_latest, b.line IS NOT NULL AS is_baseline, b.is_unlike, b.is_first,
    t.line IS NOT NULL AS is_tied
  FROM dated d
  JOIN series s ON s.patient = d.patient AND s.marker = d.marker
  LEFT JOIN latest l ON l.patient = d.patient AND l.line = d.line
  LEFT JOIN baseline b ON b.line = d.line
  LEFT JOIN tied t ON t.line = d.line
  WHERE d.refused IS NULL
), sided AS (
  -- Of results that contradict each other, those that say no side may go with all that do.
  SELECT *, state = '' AND NOT bool_or(conflict AND is_latest) OVER one AND (NOT is_placed
      OR ((may_be_high OR NOT bool_or(is_latest AND state = 'high') OVER one)
        AND (may_be_normal OR NOT bool_or(is_latest AND state = 'normal') OVER one)
        AND (may_be_low OR NOT bool_or(is_latest AND state = 'low') OVER one))) AS goes_with_all
  FROM compared
  WINDOW one AS (PARTITION BY patient, marker)
), told AS (
  SELECT patient, marker, CASE
      WHEN conflict AND outlived IS NOT TRUE THEN 'its flag contradicts its value'
      WHEN is_latest AND contradicts AND goes_with_all THEN partly
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
  FROM sided
)
SELECT patient, marker, unsafe AS reason FROM measured WHERE unsafe IS NOT NULL
UNION ALL
SELECT patient, marker, refused FROM dated WHERE refused IS NOT NULL
UNION ALL
SELECT patient, marker, reason FROM told WHERE reason IS NOT NULL
UNION ALL
SELECT r.patient, r.marker, 'not used beside another result'
FROM (SELECT DISTINCT line, patient, marker FROM result_facts WHERE is_kept) r
WHERE NOT EXISTS (SELECT 1 FROM counted c WHERE c.line = r.line);
