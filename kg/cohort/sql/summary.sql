-- How many patients come how far, and how often what could not be used.

CREATE TEMP TABLE told_of AS
SELECT p.patient,
  ({{ w('(f.w# & g.w#)', ' | ') }}) <> 0 AS has_finding,
  ({{ w('(f.w# & o.w#)', ' | ') }}) = 0 AS in_scope
FROM patient_state p
JOIN state_facts f ON f.state = p.state
JOIN fact g ON g.fact = {{ finding }}
JOIN fact o ON o.fact = {{ outside }}
WHERE NOT p.to_judge;

CREATE TEMP TABLE funnel AS
SELECT 1 AS place, 'patients' AS what, count(*) AS patients FROM person
UNION ALL SELECT 2, 'with a result of any kind', count(*)
FROM person p JOIN given_tested t ON t.patient = p.key
UNION ALL SELECT 3, 'with a result of a measurement that is covered', count(DISTINCT patient) FROM measured
UNION ALL SELECT 4, 'with a value or a flag of it', count(DISTINCT patient)
FROM measured WHERE is_read
UNION ALL SELECT 5, 'with one that can be used', count(DISTINCT patient)
FROM dated WHERE NOT outlived
UNION ALL SELECT 6, 'with a value and a range', count(DISTINCT patient)
FROM dated d JOIN placed r ON r.reading = d.reading
WHERE NOT d.outlived AND r.is_ranged
UNION ALL SELECT 7, 'with a usable result of the measurement asked about', count(DISTINCT i.patient)
FROM indexed i JOIN placed r ON r.reading = i.reading
WHERE i.marker IN ({{ measurements }}) AND r.state <> ''
UNION ALL SELECT 8, 'left to the judge: facts that contradict each other, or a result of a recipe', count(*) FROM for_judge
UNION ALL SELECT 9, 'with the finding, and in the scope of the sources', (
  SELECT count(*) FROM told_of WHERE has_finding AND in_scope) + (
  SELECT count(DISTINCT patient) FROM judge_patient WHERE is_judged)
UNION ALL SELECT 10, 'with a caution', (
  SELECT count(DISTINCT p.patient) FROM patient_state p
  JOIN message m ON m.state = p.told_state WHERE m.kind = 'alert') + (
  SELECT count(DISTINCT patient) FROM judge_message WHERE kind = 'alert')
UNION ALL SELECT 11, 'with a next step', (
  SELECT count(DISTINCT p.patient) FROM patient_state p JOIN step s ON s.state = p.told_state) + (
  SELECT count(DISTINCT patient) FROM judge_step);

CREATE TEMP TABLE not_used AS
SELECT 'result' AS what, u.reason, count(*) AS many
FROM unused u GROUP BY u.reason
UNION ALL
SELECT 'result', 'of no patient in the table of persons', count(*)
FROM given_result r ANTI JOIN person p ON p.key = r.patient HAVING count(*) > 0
UNION ALL
SELECT s.kind, g.unread, count(*)
FROM given_said g JOIN person p ON p.key = g.patient JOIN saying s ON s.saying = g.saying
WHERE g.unread IS NOT NULL GROUP BY s.kind, g.unread
UNION ALL
SELECT s.kind, 'of no patient in the table of persons', count(*)
FROM (SELECT saying FROM given_said g ANTI JOIN person p ON p.key = g.patient) g
JOIN saying s ON s.saying = g.saying GROUP BY s.kind
UNION ALL
SELECT 'treatment', 'its dates run backwards; the treatment is used', count(*)
FROM given_said WHERE unread IS NULL AND stop < start HAVING count(*) > 0
UNION ALL
SELECT 'treatment', 'it ended before the day, or starts after it', count(*) FROM course c
WHERE c.stop < c.day OR c.start > c.day HAVING count(*) > 0
UNION ALL
SELECT 'person', w.reason, count(*) FROM (
  SELECT unnest([
    CASE WHEN bad_sex THEN 'a sex that no statement speaks of; the patient is used' END,
    CASE WHEN bad_age THEN 'an age that cannot be; the patient is used' END,
    CASE WHEN bad_day THEN 'a day that is none or still to come; the patient is used' END
  ]) AS reason FROM person) w
WHERE w.reason IS NOT NULL GROUP BY w.reason
UNION ALL
SELECT 'person', 'without a key', count(*) FROM given_person WHERE patient IS NULL HAVING count(*) > 0
UNION ALL
SELECT 'person', 'given more than once, and differently', count(*) FROM (
  SELECT DISTINCT patient FROM given_person WHERE patient IS NOT NULL
) g ANTI JOIN person p ON p.key = g.patient HAVING count(*) > 0;
