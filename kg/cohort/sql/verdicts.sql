-- What is said of each state that can be told apart: verdicts of causes, and what is said beside.

CREATE TEMP TABLE met AS
SELECT s.number AS state, c.kind AS sort, c.condition
FROM seen_state s
JOIN condition c ON c.kind = s.kind AND {{ w('(s.w# & c.need#) = c.need#', ' AND ') }}
  AND ({{ w('(s.w# & c.unless#)', ' | ') }}) = 0;

-- Of what a state is told, what it turns on is the set of rules that hold in it. There are few sets,
-- so what each says is worked out once. Rules of one number are of one cause, message or step.
CREATE TEMP TABLE ruled AS
SELECT m.state, m.sort, r.of, CASE WHEN m.sort = 'message' THEN r.kind END AS kind,
  list_sort(list(r.number)) AS rules
FROM met m JOIN rule r ON r.condition = m.condition
GROUP BY m.state, m.sort, r.of, CASE WHEN m.sort = 'message' THEN r.kind END;

CREATE TEMP TABLE rule_set AS
SELECT row_number() OVER (ORDER BY sort, rules) AS number, sort, rules
FROM (SELECT DISTINCT sort, rules FROM ruled) different;

CREATE TEMP TABLE rule_said AS
SELECT s.number AS said, s.sort, r.kind, r.of, r.id, r.role, r.carries
FROM (SELECT number, sort, unnest(rules) AS rule FROM rule_set) s
JOIN rule r ON r.number = s.rule;

CREATE TEMP TABLE told AS
SELECT r.state, r.of, r.kind, s.number AS said
FROM ruled r JOIN rule_set s ON s.sort = r.sort AND s.rules = r.rules;

CREATE TEMP TABLE verdict AS
WITH origin AS (
  SELECT said, bool_or(kind = 'origin against') AND NOT bool_or(kind = 'origin supported') AS falls
  FROM rule_said WHERE kind IN ('origin supported', 'origin against') GROUP BY said
), elsewhere AS (
  SELECT t.state, c.cause
  FROM told t JOIN origin o ON o.said = t.said
  JOIN cause_origin c ON c.origin = t.of
  JOIN cause k ON k.cause = c.cause
  GROUP BY t.state, c.cause, k.origins HAVING count(*) FILTER (o.falls) = k.origins
), reasons AS (
  SELECT said,
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
  FROM rule_said WHERE sort = 'verdict' AND kind NOT IN ('origin supported', 'origin against')
  GROUP BY said
)
SELECT t.state, t.of AS cause,
  CASE
    WHEN r.is_settled THEN 'excluded'
    WHEN r.is_against OR (r.is_listed AND r.is_firmly) OR e.cause IS NOT NULL THEN 'argued against'
    WHEN r.does_wait THEN 'undetermined'
    ELSE 'candidate'
  END AS verdict,
  r.has_it AS present,
  CASE WHEN r.is_listed THEN r.listed ELSE r.had END AS statements,
  r.supported_by, r.against_by, r.denied_by, r.waits_for
FROM told t JOIN reasons r ON r.said = t.said
LEFT JOIN elsewhere e ON e.state = t.state AND e.cause = t.of
WHERE (r.is_listed OR r.has_it) AND NOT r.is_denied;

CREATE TEMP TABLE message AS
WITH sent AS (
  SELECT said,
    coalesce(list(DISTINCT id ORDER BY id) FILTER (role = 'statement'), []) AS statements,
    coalesce(list(DISTINCT id ORDER BY id) FILTER (role = 'corroboration'), []) AS agreeing,
    coalesce(list(DISTINCT id ORDER BY id) FILTER (role = 'background'), []) AS background
  FROM rule_said WHERE sort = 'message' GROUP BY said HAVING bool_or(carries)
)
SELECT t.state, t.kind, t.of AS iri, s.statements, s.agreeing, s.background
FROM told t JOIN sent s ON s.said = t.said;

CREATE TEMP TABLE step AS
WITH advised AS (
  SELECT said,
    coalesce(list(DISTINCT id ORDER BY id) FILTER (
      kind = 'step' AND role <> 'background'), []) AS statements,
    coalesce(list(DISTINCT id ORDER BY id) FILTER (
      kind = 'step' AND role = 'background'), []) AS background,
    NOT bool_or(kind = 'indicated step' OR kind = 'question') AS optional,
    CASE WHEN bool_or(kind = 'own step') THEN ''
      ELSE coalesce(substr(min(id) FILTER (kind = 'offered step'), 5), '') END AS offered
  FROM rule_said WHERE sort = 'step' GROUP BY said HAVING bool_or(kind = 'step' AND carries)
)
SELECT t.state, t.of AS iri, a.statements, a.background, a.optional, a.offered
FROM told t JOIN advised a ON a.said = t.said;
