-- What is written in the cells that name something, each different one once with its rows.
-- In: source_person, source_condition, source_treatment, source_result, with cells of any type.

CREATE OR REPLACE TABLE sex_cell AS
SELECT cell, {{ text('cell', 'person', 'sex') }} AS text
FROM (SELECT DISTINCT sex AS cell FROM source_person) written;

CREATE OR REPLACE TABLE term_cell AS
{%- for kind in ('condition', 'treatment') %}
SELECT '{{ kind }}' AS kind, CAST(term_cell AS VARCHAR) AS term_cell,
  CAST(said_cell AS VARCHAR) AS said_cell, {{ text('term_cell', kind, 'term') }} AS text,
  coalesce(lower({{ text('said_cell', kind, 'said') }}), 'yes') AS said, many
FROM (
  SELECT term AS term_cell, said AS said_cell, count(*) AS many
  FROM source_{{ kind }} GROUP BY term, said
) written
{%- if not loop.last %}
UNION ALL
{%- endif %}
{%- endfor %};

CREATE OR REPLACE TABLE marker_cell AS
SELECT CAST(cell AS VARCHAR) AS cell, {{ text('cell', 'result', 'marker') }} AS text, many
FROM (SELECT marker AS cell, count(*) AS many FROM source_result GROUP BY marker) written;
