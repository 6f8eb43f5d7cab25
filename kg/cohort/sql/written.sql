-- What is written in the cells of values and limits: each different row of cells is read once.
-- In: given_result.

CREATE TEMP TABLE written AS
SELECT CAST(row_number() OVER () AS INTEGER) AS written, *,
  value IS NOT NULL AND low IS NULL AND high IS NULL AS wants_range
FROM (
  SELECT wording, value AS value_cell, low AS low_cell, high AS high_cell,
    {{ number('value', 'result') }} AS value, {{ number('low', 'result') }} AS low,
    {{ number('high', 'result') }} AS high,
    CASE
      WHEN {{ bad_number('value', 'result') }} THEN 'its value is no number of at most nine places'
      WHEN {{ bad_number('low', 'result') }} OR {{ bad_number('high', 'result') }}
        THEN 'a limit is no number of at most nine places'
    END AS unread
  FROM (SELECT DISTINCT wording, value, low, high FROM given_result) cells
) numbers;
