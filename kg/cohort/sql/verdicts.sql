-- What is said of each state that can be told apart: verdicts of causes, and what is said beside.

CREATE TEMP TABLE met AS
SELECT s.number AS state, c.kind AS sort, c.condition
FROM seen_state s
JOIN condition c ON c.kind = s.kind AND {{ w('(s.w# & c.need#) = c.need#', ' AND ') }}
  AND ({{ w('(s.w# & c.unless#)', ' | ') }}) = 0;

CREATE TEMP TABLE said_of_cause AS
SELECT m.state, r.of, r.kind, r.id, r.number
FROM met m
JOIN rule r ON r.condition = m.condition
WHERE m.sort = 'verdict';

CREATE TEMP TABLE verdict AS
WITH origin AS (
  SELECT state, of AS origin,
    bool_or(kind = 'origin against') AND NOT bool_or(kind = 'origin supported') AS falls
  FROM said_of_cause WHERE kind IN ('origin supported', 'origin against') GROUP BY state, of
), elsewhere AS (
  SELECT o.state, c.cause
  FROM origin o JOIN cause_origin c ON c.origin = o.origin
  JOIN cause k ON k.cause = c.cause
  GROUP BY o.state, c.cause, k.origins HAVING count(*) FILTER (o.falls) = k.origins
), reasons AS (
  SELECT state, of AS cause,
    bool_or(kind = 'lists') AS is_listed, bool_or(kind = 'has') AS has_it,
    bool_or(kind = 'denied') AS is_denied, bool_or(kind = 'settles') AS is_settled,
    bool_or(kind = 'against') AS is_against, bool_or(kind = 'denies firmly') AS is_firmly,
    bool_or(kind = 'waits') AS does_wait,
    list(DISTINCT id ORDER BY id) FILTER (kind = 'lists') AS listed,
    list(DISTINCT id ORDER BY id) FILTER (kind = 'has') AS had,
    coalesce(list(DISTINCT id ORDER BY id) FILTER (kind = 'supports'), []) AS supported_by,
    coalesce(list(DISTINCT id ORDER BY id) FILTER (kind = 'against'), []) AS against_by,
    coalesce(list(DISTINCT id ORDER BY id) FILTER (kind = 'denies'), []) AS denied_by,
    coalesce(list(DISTINCT id ORDER BY id) FILTER (kind = 'waits'), []) AS waits_for
  FROM said_of_cause WHERE kind NOT IN ('origin supported', 'origin against')
  GROUP BY state, of
)
SELECT r.state, r.cause,
  CASE
    WHEN r.is_settled THEN 'excluded'
    WHEN r.is_against OR (r.is_listed AND r.is_firmly) OR e.cause IS NOT NULL THEN 'argued against'
    WHEN r.does_wait THEN 'undetermined'
    ELSE 'candidate'
  END AS verdict,
  r.has_it AS present,
  CASE WHEN r.is_listed THEN r.listed ELSE r.had END AS statements,
  r.supported_by, r.against_by, r.denied_by, r.waits_for
FROM reasons r
LEFT JOIN elsewhere e ON e.state = r.state AND e.cause = r.cause
WHERE (r.is_listed OR r.has_it) AND NOT r.is_denied;

CREATE TEMP TABLE message AS
SELECT m.state, r.kind, r.of AS iri,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (r.role = 'statement'), []) AS statements,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (r.role = 'corroboration'), []) AS agreeing,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (r.role = 'background'), []) AS background
FROM met m JOIN rule r ON r.condition = m.condition
WHERE m.sort = 'message'
GROUP BY m.state, r.kind, r.of HAVING bool_or(r.carries);

CREATE TEMP TABLE step AS
SELECT m.state, r.of AS iri,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (
    r.kind = 'step' AND r.role <> 'background'), []) AS statements,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (
    r.kind = 'step' AND r.role = 'background'), []) AS background,
  NOT bool_or(r.kind = 'indicated step' OR r.kind = 'question') AS optional,
  CASE WHEN bool_or(r.kind = 'own step') THEN ''
    ELSE coalesce(substr(min(r.id) FILTER (r.kind = 'offered step'), 5), '') END AS offered
FROM met m JOIN rule r ON r.condition = m.condition
WHERE m.sort = 'step'
GROUP BY m.state, r.of HAVING bool_or(r.kind = 'step' AND r.carries);
