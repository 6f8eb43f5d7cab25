-- How many rows name nothing that is covered; they are not read any further.
-- In: term_cell, marker_cell, and what their words mean.

CREATE OR REPLACE TABLE left_out AS
SELECT c.kind AS what, coalesce(nullif(t.why, ''), 'no name is given') AS reason,
  CAST(sum(c.many) AS BIGINT) AS many
FROM term_cell c LEFT JOIN term_text t ON t.kind = c.kind AND t.said = c.said AND t.text = c.text
WHERE t.term IS NULL GROUP BY c.kind, coalesce(nullif(t.why, ''), 'no name is given')
UNION ALL
SELECT 'result', CASE WHEN c.text IS NULL THEN 'of no measurement that is named'
    ELSE 'of a measurement that is ' || coalesce(nullif(t.why, ''), 'covered') END AS reason,
  CAST(sum(c.many) AS BIGINT)
FROM marker_cell c LEFT JOIN marker_text t ON t.text = c.text
WHERE t.term IS NULL GROUP BY reason;
