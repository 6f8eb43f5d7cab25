-- What of the results is used for nothing, each with the reason; also of those whom the judge has.

CREATE TEMP TABLE unused AS
WITH series AS (
  SELECT l.patient, l.marker, max(c.line) AS chosen_line, bool_or(c.only_state) AS only_state,
    bool_or(s.patient IS NOT NULL) AS is_silenced,
    coalesce(bool_or(c.contradicts), FALSE) AS contradicts
  FROM (SELECT DISTINCT patient, marker FROM dated WHERE refused IS NULL) l
  LEFT JOIN chosen c ON c.patient = l.patient AND c.marker = l.marker
  LEFT JOIN silenced s ON s.patient = l.patient AND s.marker = l.marker
  GROUP BY l.patient, l.marker
), compared AS (
  SELECT d.*, s.chosen_line, s.only_state, s.is_silenced, s.contradicts,
    l.line IS NOT NULL AS is_latest,
    b.line IS NOT NULL AS is_baseline, t.line IS NOT NULL AS is_tied
  FROM dated d
  JOIN series s ON s.patient = d.patient AND s.marker = d.marker
  LEFT JOIN latest l ON l.patient = d.patient AND l.line = d.line
  LEFT JOIN (SELECT DISTINCT baseline_line AS line FROM under_treatment) b ON b.line = d.line
  LEFT JOIN tied t ON t.line = d.line
  WHERE d.refused IS NULL
), told AS (
  SELECT patient, marker, CASE
      WHEN conflict AND outlived IS NOT TRUE THEN 'its flag contradicts its value'
      WHEN is_latest AND contradicts THEN 'results of one time contradict each other'
      WHEN (chosen_line IS NULL OR contradicts) AND outlived THEN 'too old'
      WHEN conflict THEN NULL
      WHEN is_silenced THEN 'a newer result cannot be used'
      WHEN is_latest AND only_state AND state <> '' THEN
        CASE WHEN value IS NOT NULL THEN 'one of several of that state' END
      WHEN is_latest AND (line = chosen_line OR chosen_line IS NULL OR state = '') THEN partly
      WHEN is_latest THEN NULL
      WHEN chosen_line IS NULL OR contradicts THEN 'there is no result to compare it with'
      WHEN is_tied THEN 'several baselines of one time differ'
      WHEN is_baseline THEN NULL
      ELSE 'a later result is used'
    END AS reason
  FROM compared
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
