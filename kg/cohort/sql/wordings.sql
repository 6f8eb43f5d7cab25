-- How the results of measurements that are covered are worded: each different wording once.
-- In: source_result, marker_cell, marker_text.
{%- set cells = ('unit', 'range_unit', 'flag', 'comparator', 'during') %}

CREATE OR REPLACE TABLE known_marker AS
SELECT c.cell, t.term AS marker FROM marker_cell c JOIN marker_text t ON t.text = c.text
WHERE t.term IS NOT NULL;

CREATE OR REPLACE TABLE wording_cell AS
SELECT row_number() OVER (ORDER BY marker{% for each in cells if is_given(each, 'result') %}, {{ each }}_cell{% endfor %}) AS wording, marker,
{%- for each in cells %}
  {{ each ~ '_cell, ' if is_given(each, 'result') }}{{ text(each ~ '_cell', 'result', each) }} AS {{ each }}_text{{ ',' if not loop.last }}
{%- endfor %}
FROM (
  SELECT DISTINCT k.marker{% for each in cells if is_given(each, 'result') %}, r.{{ each }} AS {{ each }}_cell{% endfor %}
  FROM source_result r JOIN known_marker k ON k.cell = CAST(r.marker AS VARCHAR)
) written;
