-- What hangs on the concerns: an action for one in twenty-five of them, a hundred thousand open clocks (one for each ten
-- concerns), and the messages of those who sit in groups. Nothing falls due while pages are measured.
SET session_replication_role = replica;
CREATE FUNCTION pg_temp.key(what text, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT md5(what || i)::uuid $$;

CREATE TEMP TABLE asked AS
SELECT i, r.id AS concern, r.owner_id AS owner, r.circle_id AS circle, r.recorded_at + interval '1 day' AS at, b.agency AS asked
FROM generate_series(25, :total, 25) i
JOIN access_record r ON r.id = pg_temp.key('concern', i)
JOIN bench_body b ON b.n = (i * 7) % 699;
INSERT INTO access_record (id, kind, owner_id, circle_id, closed, gate, parent_id, parent_rule, narrowed, exercise, happened_at, recorded_at)
SELECT pg_temp.key('action', i), 'action', owner, circle, false, 'open', concern, 'adds', false, false, at, at FROM asked ORDER BY i;
INSERT INTO access_recordprovider (record_id, provider_id)
SELECT pg_temp.key('action', a.i), p.provider_id FROM asked a JOIN access_recordprovider p ON p.record_id = a.concern;
INSERT INTO access_share (id, record_id, audience_id, at, gateway)
SELECT md5('share of action' || a.i || s.audience_id)::uuid, pg_temp.key('action', a.i), s.audience_id, a.at, 'functions'
FROM asked a JOIN access_share s ON s.record_id = a.concern WHERE a.circle IS NOT NULL;
INSERT INTO actions_action (record_id, statement, aim, power_kind, power, due_at, lead_name, status, counter_statement, rag,
    initial_risk, current_risk, evidence, accepted_at, ended_at, turn, asked_id)
SELECT pg_temp.key('action', i), 'Look at the rota and say what changes. a' || i || 'a', 'improve', 'none', '', at + interval '30 days', '',
    CASE WHEN i > :total * 0.98 THEN 'offered' ELSE 'done' END, '', 'green', 'serious', 'low',
    CASE WHEN i > :total * 0.98 THEN '' ELSE 'Done.' END, NULL, CASE WHEN i > :total * 0.98 THEN NULL ELSE at END, 1, asked
FROM asked;

INSERT INTO clocks_clock (id, kind, family, started_at, started_recorded_at, due_at, speed, state, next_step_at, met_how, stop_reason,
    record_id, responsible_agency_id)
SELECT pg_temp.key('clock', i), 'action', 'action', r.recorded_at, r.recorded_at, now() + interval '400 days' + interval '1 minute' * (i % 100000),
    1, 'running', now() + interval '390 days' + interval '1 minute' * (i % 100000), '', '', r.id, r.owner_id
FROM generate_series(10, :total, 10) i JOIN access_record r ON r.id = pg_temp.key('concern', i);

INSERT INTO notifications_message (id, event, detail, written_at, asks, recipient_id, record_id, topic)
SELECT md5('message' || r.id || s.user_id)::uuid, 'concern.named', '{}', r.recorded_at, false, s.user_id, r.id, r.id
FROM (SELECT DISTINCT user_id FROM agencies_seat WHERE id IN (SELECT id FROM agencies_seat ORDER BY id LIMIT 2000)) s,
    LATERAL (SELECT id, recorded_at FROM access_record WHERE kind = 'concern' ORDER BY recorded_at DESC LIMIT 20) r;
