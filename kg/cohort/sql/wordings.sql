-- How the results of measurements that are covered are written: each different one once.
-- In: source_result, marker_cell, marker_text.
-- Patient and time aside, a result is one of few different rows of cells. Each has a key, which is made
-- of its cells (`cells_key`); that no two have the same one is looked at before it is used.
{%- set words = ('unit', 'range_unit', 'flag', 'comparator', 'during') | select('in', given) | list %}

CREATE OR REPLACE TABLE known_marker AS
SELECT c.cell, t.term AS marker FROM marker_cell c JOIN marker_text t ON t.text = c.text
WHERE t.term IS NOT NULL;

CREATE OR REPLACE TABLE result_cell AS
SELECT DISTINCT k.marker, {{ cells_key }} AS cells_key
  {%- for each in given %}, r.{{ each }} AS {{ each }}_cell{% endfor %}
FROM source_result r JOIN known_marker k ON k.cell = CAST(r.marker AS VARCHAR);

CREATE OR REPLACE TABLE wording_cell AS
SELECT CAST(row_number() OVER (ORDER BY marker{% for each in words %}, {{ each }}_cell{% endfor %}) AS INTEGER) AS wording, marker
{%- for each in words %}, {{ each }}_cell{% endfor %}
{%- for each in ('unit', 'range_unit', 'flag', 'comparator', 'during') %},
  {{ text(each ~ '_cell', 'result', each) }} AS {{ each }}_text
{%- endfor %}
FROM (
  SELECT DISTINCT marker{% for each in words %}, {{ each }}_cell{% endfor %} FROM result_cell
) worded;
