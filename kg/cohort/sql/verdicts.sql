-- What is said of each state that can be told apart: verdicts of causes, and what is said beside.

{% set says_something = w('(s.w# & v.need#) = v.need#', ' AND ') ~ ' AND (' ~ w('(s.w# & v.unless#)', ' | ') ~ ') = 0' -%}
-- Verdicts, messages and steps turn on a part of the facts each, and what is said of one cause, message
-- or step on few. It is worked out once for each way in which these differ, where anything can be said.
CREATE TEMP TABLE seen_state AS
SELECT CAST(row_number() OVER () AS INTEGER) AS number, *
FROM (
  {%- for sort, masks in sorts.items() %}
  SELECT DISTINCT '{{ sort }}' AS sort{% for mask in masks %}, s.w{{ loop.index0 }} & {{ mask }} AS w{{ loop.index0 }}{% endfor %}
  FROM state_facts s JOIN sort v ON v.sort = '{{ sort }}' AND {{ says_something }}
  {{- ' UNION ALL' if not loop.last }}
  {%- endfor %}
) different;

-- The number of what is said of each state, by its sort.
CREATE TEMP TABLE told_state AS
SELECT s.state{% for sort in sorts %}, {{ sort }}.number AS {{ sort }}_number{% endfor %}
FROM state_facts s
{%- for sort, masks in sorts.items() %}
LEFT JOIN seen_state {{ sort }} ON {{ sort }}.sort = '{{ sort }}'
  {%- for mask in masks %} AND {{ sort }}.w{{ loop.index0 }} = (s.w{{ loop.index0 }} & {{ mask }}){% endfor %}
{%- endfor %};

CREATE TEMP TABLE looked_at AS
SELECT s.number, v.sight, {{ w('s.w# & v.w# AS w#') }}
FROM seen_state s JOIN sight v ON v.sort = s.sort AND {{ says_something }};

CREATE TEMP TABLE seen_once AS
SELECT CAST(row_number() OVER () AS INTEGER) AS said, *
FROM (SELECT DISTINCT sight, {{ w('w#') }} FROM looked_at) different;

CREATE TEMP TABLE rule_said AS
SELECT s.said, r.kind, r.of, r.id, r.role, r.carries
FROM seen_once s
JOIN condition c ON c.sight = s.sight AND {{ w('(s.w# & c.need#) = c.need#', ' AND ') }}
  AND ({{ w('(s.w# & c.unless#)', ' | ') }}) = 0
JOIN rule r ON r.condition = c.condition;

CREATE TEMP TABLE verdict_said AS
WITH origin AS (
  SELECT said, of, bool_or(kind = 'origin against') AND NOT bool_or(kind = 'origin supported') AS falls
  FROM rule_said WHERE kind IN ('origin supported', 'origin against') GROUP BY said, of
), elsewhere AS (
  SELECT said, count(*) AS many FROM origin WHERE falls GROUP BY said
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
  FROM rule_said GROUP BY said
)
SELECT s.said, v.of AS cause,
  CASE
    WHEN r.is_settled THEN 'excluded'
    WHEN r.is_against OR (r.is_listed AND r.is_firmly) OR e.many = k.origins THEN 'argued against'
    WHEN r.does_wait THEN 'undetermined'
    ELSE 'candidate'
  END AS verdict,
  r.has_it AS present,
  CASE WHEN r.is_listed THEN r.listed ELSE r.had END AS statements,
  r.supported_by, r.against_by, r.denied_by, r.waits_for
FROM seen_once s
JOIN sight v ON v.sight = s.sight AND v.sort = 'verdict'
JOIN cause k ON k.cause = v.of
JOIN reasons r ON r.said = s.said
LEFT JOIN elsewhere e ON e.said = s.said
WHERE (r.is_listed OR r.has_it) AND NOT r.is_denied;

CREATE TEMP TABLE message_said AS
SELECT s.said, v.kind, v.of AS iri,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (r.role = 'statement'), []) AS statements,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (r.role = 'corroboration'), []) AS agreeing,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (r.role = 'background'), []) AS background
FROM seen_once s
JOIN sight v ON v.sight = s.sight AND v.sort = 'message'
JOIN rule_said r ON r.said = s.said
GROUP BY s.said, v.kind, v.of HAVING bool_or(r.carries);

CREATE TEMP TABLE step_said AS
SELECT s.said, v.of AS iri,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (
    r.kind = 'step' AND r.role <> 'background'), []) AS statements,
  coalesce(list(DISTINCT r.id ORDER BY r.id) FILTER (
    r.kind = 'step' AND r.role = 'background'), []) AS background,
  NOT bool_or(r.kind = 'indicated step' OR r.kind = 'question') AS optional,
  CASE WHEN bool_or(r.kind = 'own step') THEN ''
    ELSE coalesce(substr(min(r.id) FILTER (r.kind = 'offered step'), 5), '') END AS offered
FROM seen_once s
JOIN sight v ON v.sight = s.sight AND v.sort = 'step'
JOIN rule_said r ON r.said = s.said
GROUP BY s.said, v.of HAVING bool_or(r.kind = 'step' AND r.carries);

CREATE TEMP TABLE number_said AS
SELECT l.number, o.said
FROM looked_at l JOIN seen_once o ON o.sight = l.sight AND {{ w('o.w# = l.w#', ' AND ') }}
SEMI JOIN (
  SELECT said FROM verdict_said
  UNION ALL SELECT said FROM message_said
  UNION ALL SELECT said FROM step_said
) a ON a.said = o.said;
{% for name, columns in (
  ('verdict', ('cause', 'verdict', 'present', 'statements', 'supported_by', 'against_by', 'denied_by', 'waits_for')),
  ('message', ('kind', 'iri', 'statements', 'agreeing', 'background')),
  ('step', ('iri', 'statements', 'background', 'optional', 'offered'))) %}
CREATE OR REPLACE TEMP VIEW {{ name }} AS
SELECT t.state, s.{{ columns | join(', s.') }}
FROM told_state t
JOIN number_said n ON n.number = t.{{ name }}_number
JOIN {{ name }}_said s ON s.said = n.said;
{% endfor %}