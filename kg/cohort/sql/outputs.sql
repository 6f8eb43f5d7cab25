-- What is written of one part of the patients, with keys and names in place of numbers.

CREATE OR REPLACE TEMP VIEW out_patients AS
SELECT k.key AS patient, CASE WHEN p.to_judge THEN 'judge' ELSE 'queries' END AS answered_by,
  coalesce(s.has_finding AND s.in_scope, j.is_judged, FALSE) AS is_judged
FROM patient_state p JOIN patient_key k ON k.patient = p.patient
LEFT JOIN told_of s ON s.patient = p.patient
LEFT JOIN judge_patient j ON j.patient = p.patient;
{% set lists = 'statements, supported_by, against_by, denied_by, waits_for' %}
CREATE OR REPLACE TEMP VIEW out_verdicts AS
SELECT k.key AS patient, v.cause, c.label, v.verdict, v.present, {{ lists }}
FROM (
  SELECT p.patient, cause, verdict, present, {{ lists }}
  FROM patient_state p JOIN verdict v ON v.state = p.told_state
  UNION ALL SELECT * FROM judge_verdict
) v JOIN patient_key k ON k.patient = v.patient JOIN cause c ON c.cause = v.cause;

CREATE OR REPLACE TEMP VIEW out_messages AS
SELECT k.key AS patient, m.kind, m.iri, n.label, statements, agreeing, background
FROM (
  SELECT p.patient, kind, iri, statements, agreeing, background
  FROM patient_state p JOIN message m ON m.state = p.told_state
  UNION ALL SELECT * FROM judge_message
) m JOIN patient_key k ON k.patient = m.patient JOIN named n ON n.iri = m.iri;

CREATE OR REPLACE TEMP VIEW out_steps AS
SELECT k.key AS patient, t.iri, n.label, statements, background, optional, offered
FROM (
  SELECT p.patient, iri, statements, background, optional, offered
  FROM patient_state p JOIN step t ON t.state = p.told_state
  UNION ALL SELECT * FROM judge_step
) t JOIN patient_key k ON k.patient = t.patient JOIN named n ON n.iri = t.iri;

CREATE OR REPLACE TEMP VIEW out_unused AS
SELECT k.key AS patient, t.iri AS marker, u.reason
FROM unused u JOIN patient_key k ON k.patient = u.patient JOIN term t ON t.term = u.marker;

-- What the summary counts of them; no row of one patient is in it.
CREATE OR REPLACE TEMP VIEW counted_verdicts AS
SELECT label, verdict, count(*) AS many FROM out_verdicts GROUP BY label, verdict;

CREATE OR REPLACE TEMP VIEW counted_said AS
SELECT kind, label, count(*) AS many FROM out_messages GROUP BY kind, label
UNION ALL SELECT 'step', label, count(*) FROM out_steps GROUP BY label;
