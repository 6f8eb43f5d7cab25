-- Patients: everything that is known of each as the bits of a few words, and who goes to the judge.

-- The results of which something is told about a treatment: one row, or one for each treatment that
-- they were taken under.
CREATE TEMP TABLE changed AS
WITH stated AS (
  SELECT i.line, i.patient, i.marker, i.reading, i.only_state, s.change, s.treatment_day, s.during,
    s.during IS NULL OR g.term IS NOT NULL AS is_kept
  FROM stated_of s
  JOIN indexed i ON i.line = s.line
  LEFT JOIN (SELECT DISTINCT patient, term FROM given) g
    ON g.patient = i.patient AND g.term = s.during
)
SELECT u.line, u.patient, u.marker, u.reading, u.only_state, u.term AS taken_under, u.now, u.was,
  u.treatment_day AS on_day, NULL AS stated_change, FALSE AS differs
FROM under_treatment u ANTI JOIN stated_of s ON s.line = u.line
UNION ALL
SELECT i.line, i.patient, i.marker, i.reading, i.only_state, u.term, u.now, u.was, u.treatment_day,
  CASE WHEN u.now IS NULL AND (i.during IS NULL OR i.during = u.term) THEN i.change END,
  coalesce((i.during IS NULL OR i.during = u.term)
    AND (u.now * 100 <> u.was * (100 + i.change) OR i.treatment_day <> u.treatment_day), FALSE)
FROM stated i JOIN under_treatment u ON u.line = i.line
UNION ALL
SELECT i.line, i.patient, i.marker, i.reading, i.only_state, CASE WHEN i.is_kept THEN i.during END,
  NULL, NULL, CASE WHEN i.is_kept THEN i.treatment_day END, CASE WHEN i.is_kept THEN i.change END, FALSE
FROM stated i WHERE NOT EXISTS (
  SELECT 1 FROM under_treatment u WHERE u.line = i.line AND (i.during IS NULL OR u.term = i.during));

-- What the treatments add to a result, a row for each of them, with the facts of its reading.
CREATE TEMP TABLE added AS
WITH said_more AS (
  SELECT c.*, h.line IS NOT NULL AS is_changed,
    coalesce(p.bits, 0) | coalesce(d.bits, 0) | coalesce(t.bits, 0) AS bits
  FROM changed c
  LEFT JOIN number_cell p ON p.marker = c.marker AND p.number = 'change' AND p.comparator = '' AND p.cell =
    CASE
      WHEN c.now IS NOT NULL THEN {{ cell('c.now * 100', 'c.was', more_than_all(cuts.change)) }}
      ELSE {{ cell('c.stated_change', none, cuts.change) }}
    END
  LEFT JOIN number_cell d ON d.marker = c.marker AND d.number = 'day' AND d.comparator = ''
    AND d.cell = {{ cell('c.on_day', none, cuts.day) }}
  LEFT JOIN under t ON t.marker = c.marker AND t.term = c.taken_under
  LEFT JOIN (
    SELECT DISTINCT line FROM changed WHERE coalesce(stated_change, now) IS NOT NULL
  ) h ON h.line = c.line
)
SELECT m.line, m.patient, m.marker, d.state_class, m.differs, m.only_state OR d.is_kept OR m.is_changed AS is_kept,
  CASE WHEN m.only_state THEN d.state_bits ELSE d.bits END | m.bits AS bits
FROM said_more m
JOIN placed d ON d.reading = m.reading
WHERE m.bits <> 0 OR m.is_changed OR m.differs;

-- Results that another one sets aside, and tests that are read as one.
CREATE TEMP TABLE may_set_aside AS
WITH speaking AS (
  SELECT reading, state_class, is_kept FROM placed
  SEMI JOIN (SELECT state FROM set_aside UNION SELECT by_state FROM set_aside) s ON s.state = state_class
)
SELECT i.line, i.patient, i.marker, d.state_class
FROM indexed i JOIN speaking d ON d.reading = i.reading WHERE i.only_state OR d.is_kept
UNION ALL
SELECT line, patient, marker, state_class FROM added WHERE is_kept;

CREATE TEMP TABLE put_aside AS
SELECT DISTINCT r.line, r.patient, r.marker
FROM may_set_aside r
JOIN (
  SELECT o.patient, a.state FROM may_set_aside o JOIN set_aside a ON a.by_state = o.state_class
) o ON o.patient = r.patient AND o.state = r.state_class;

CREATE TEMP TABLE read_together AS
WITH told AS (
  SELECT i.patient, g.in_group, i.marker, d.state
  FROM indexed i
  JOIN group_member g ON g.marker = i.marker
  JOIN placed d ON d.reading = i.reading
  WHERE d.state <> '' AND NOT EXISTS (SELECT 1 FROM put_aside a WHERE a.line = i.line)
), untold AS (
  SELECT m.patient, g.in_group
  FROM measured m JOIN group_member g ON g.marker = m.marker
  WHERE m.is_read AND NOT EXISTS (
    SELECT 1 FROM told t WHERE t.patient = m.patient AND t.marker = m.marker)
), together AS (
  SELECT patient, in_group, bool_or(state = 'high') AS any_high FROM told GROUP BY patient, in_group
)
SELECT t.patient, t.in_group AS marker, s.bits
FROM together t
JOIN state s ON s.marker = t.in_group
  AND s.word = CASE WHEN t.any_high THEN 'high' ELSE 'normal' END
WHERE (t.any_high OR NOT EXISTS (
    SELECT 1 FROM untold u WHERE u.patient = t.patient AND u.in_group = t.in_group))
  AND NOT EXISTS (
    SELECT 1 FROM measured m
    WHERE m.patient = t.patient AND m.marker = t.in_group AND m.is_read);

-- What results bring to their patients: each by its reading, and once more with what treatments add,
-- which only ever adds to it.
CREATE TEMP TABLE word AS
WITH read_as AS (
  SELECT reading, marker, FALSE AS only_state, bits FROM placed WHERE is_kept
  UNION ALL SELECT reading, marker, TRUE, state_bits FROM placed
), more AS (
  SELECT patient, marker, bits FROM added
  WHERE is_kept AND NOT EXISTS (SELECT 1 FROM put_aside a WHERE a.line = added.line)
  UNION ALL SELECT patient, marker, bits FROM read_together
), brought AS (
  SELECT f.marker, f.bits, {{ first('bit_or(b.w#) AS w#') }}
  FROM (
    SELECT marker, bits FROM read_as UNION SELECT marker, bits FROM more
  ) f
  JOIN result_brings b ON b.marker = f.marker AND (f.bits & b.need) = b.need
  GROUP BY f.marker, f.bits
)
SELECT patient, {{ first('bit_or(w#) AS w#') }}
FROM (
  SELECT i.patient, {{ first('r.w#') }}
  FROM indexed i
  JOIN (
    SELECT r.reading, r.only_state, {{ first('b.w#') }}
    FROM read_as r JOIN brought b ON b.marker = r.marker AND b.bits = r.bits
  ) r ON r.reading = i.reading AND r.only_state = i.only_state
  WHERE NOT EXISTS (SELECT 1 FROM put_aside a WHERE a.line = i.line)
  UNION ALL
  SELECT m.patient, {{ first('b.w#') }}
  FROM more m JOIN brought b ON b.marker = m.marker AND b.bits = m.bits
  UNION ALL
  SELECT s.patient, {{ first('p.w#') }} FROM told_of_patient s
  JOIN (
    SELECT y.saying, {{ first('p.w#') }} FROM saying y JOIN part p ON p.said = y.said AND p.term = y.term
    WHERE NOT (y.said = 'yes' AND y.is_given)
  ) p ON p.saying = s.saying
  UNION ALL
  SELECT g.patient, {{ first('p.w#') }} FROM given g JOIN part p ON p.said = 'yes' AND p.term = g.term
  UNION ALL
  SELECT n.patient, {{ first('coalesce(p.w#, 0) | coalesce(a.w#, 0)') }} FROM person n
  LEFT JOIN part p ON p.said = 'sex' AND p.term = n.sex
  LEFT JOIN age_cell a ON a.cell = {{ cell('n.age', none, cuts.age) }}
) parts
GROUP BY patient;

-- Patients who cannot be told apart have one state, and what follows is worked out once for each.
CREATE TEMP TABLE state_word AS
SELECT row_number() OVER (ORDER BY {{ first('w#') }}) AS state, *
FROM (SELECT DISTINCT {{ first('w#') }} FROM word) words;

-- The conclusions of one family turn on few of the facts, so they are drawn once for each way in which
-- these differ.
CREATE TEMP TABLE concluded AS
SELECT p.family, {{ first('p.w#') }}, {{ w('bit_or(f.w#) AS found#') }}
FROM (
  {%- for masks in families %}
  SELECT DISTINCT {{ loop.index0 }} AS family
    {%- for mask in masks %}, w{{ loop.index0 }} & {{ mask }} AS w{{ loop.index0 }}{% endfor %} FROM state_word
  {{- ' UNION ALL' if not loop.last }}
  {%- endfor %}
) p
JOIN follows f ON f.family = p.family AND {{ first('(p.w# & f.need#) = f.need#', ' AND ') }}
GROUP BY p.family, {{ first('p.w#') }};

CREATE TEMP TABLE state_facts AS
SELECT s.state, {{ first('s.w# | found# AS w#') }}{{ rest(', found# AS w#') }}
FROM (
  SELECT s.*
    {%- for word in words %}, coalesce(c0.found{{ word }}, 0)
    {%- for masks in families[1:] %} | coalesce(c{{ loop.index }}.found{{ word }}, 0){% endfor %} AS found{{ word }}
    {%- endfor %}
  FROM state_word s
  {%- for masks in families %}
  {%- set family = 'c' ~ loop.index0 %}
  LEFT JOIN concluded {{ family }} ON {{ family }}.family = {{ loop.index0 }}
    {%- for mask in masks %} AND {{ family }}.w{{ loop.index0 }} = (s.w{{ loop.index0 }} & {{ mask }}){% endfor %}
  {%- endfor %}
) s;

CREATE TEMP TABLE stated AS
SELECT w.patient, s.state FROM word w JOIN state_word s ON {{ first('s.w# = w.w#', ' AND ') }};

-- What cannot be said together of one patient, by the numbers of what is said.
CREATE TEMP TABLE denying AS
SELECT DISTINCT y.saying, n.saying AS denied
FROM (
  SELECT said, denied, TRUE AS of_any FROM opposed UNION ALL SELECT said, denied, FALSE FROM implied
) o
JOIN saying y ON y.term = o.said AND y.said = 'yes' AND (o.of_any OR NOT y.is_given)
JOIN saying n ON n.term = o.denied AND n.said = 'no';

-- Those whose facts contradict each other: the judge sets the facts aside, and answers.
CREATE TEMP TABLE for_judge AS
SELECT DISTINCT patient FROM (
  SELECT y.patient FROM told_of_patient y
  JOIN (
    SELECT n.patient, d.saying FROM denied n JOIN denying d ON d.denied = n.saying
  ) n ON n.patient = y.patient AND n.saying = y.saying
  UNION ALL
  SELECT n.patient FROM denied n JOIN implied i ON i.denied = n.term
  JOIN given g ON g.patient = n.patient AND g.term = i.said
  UNION ALL
  SELECT n.patient FROM denied n JOIN shown i ON i.denied = n.term
  JOIN word w ON w.patient = n.patient AND {{ first('(w.w# & i.need#) = i.need#', ' AND ') }}
  UNION ALL
  SELECT patient FROM chosen_of_many WHERE contradicts
  UNION ALL
  SELECT d.patient FROM dated d JOIN placed p ON p.reading = d.reading WHERE p.conflict AND NOT d.outlived
  UNION ALL
  SELECT patient FROM added WHERE differs
  UNION ALL
  SELECT i.patient FROM indexed i JOIN placed d ON d.reading = i.reading WHERE d.to_judge
  UNION ALL
  SELECT s.patient FROM stated s JOIN state_facts f ON f.state = s.state
  WHERE ({{ masked('f.w#', clash) }}) <> 0
) reasons;

-- What is told of a state is told of its patients, but for those whom the judge has.
CREATE TEMP TABLE patient_state AS
SELECT s.patient, s.state, j.patient IS NOT NULL AS to_judge,
  CASE WHEN j.patient IS NULL THEN s.state END AS told_state
FROM stated s
LEFT JOIN for_judge j ON j.patient = s.patient;
