-- Concerns :first to :last of :total; the last is the newest.
SET session_replication_role = replica;
CREATE FUNCTION pg_temp.chance(i bigint, salt int, n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(i, salt) & 9223372036854775807) % n $$;
CREATE FUNCTION pg_temp.key(what text, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT md5(what || i)::uuid $$;

CREATE TEMP TABLE made AS
SELECT i, pg_temp.key('concern', i) AS id, g,
    CASE WHEN h < 8400 THEN
        CASE WHEN h < 8000 THEN 1 + g * 4 + (h >= 7000)::int + 2 * (pg_temp.chance(i, 12, 20) = 0)::int
             WHEN h < 8300 THEN 1000 + pg_temp.chance(i, 13, 30000) END END AS circle,
    CASE WHEN h BETWEEN 8300 AND 8399 THEN 100000 + pg_temp.chance(i, 14, 10000) END AS named,
    CASE WHEN i > :total * 0.8 AND pg_temp.chance(i, 15, 2) = 0 THEN 'open' ELSE 'closed' END AS status,
    now() - interval '1826 days' * (1 - i::float8 / :total) AS at,
    CASE i % 20000 WHEN 7 THEN 698 ELSE pg_temp.chance(i, 16, 698) END AS body, pg_temp.chance(i, 17, 2000) AS p
FROM (
    SELECT i, CASE WHEN i <= :total * 0.2 AND i % 8 = 0 THEN 26 ELSE pg_temp.chance(i, 10, 26) END AS g,
        pg_temp.chance(i, 11, 10000) AS h
    FROM generate_series(:first, :last) i
) x;
INSERT INTO access_record (id, kind, owner_id, circle_id, named_id, closed, gate, parent_rule, narrowed, exercise, ended, happened_at, recorded_at)
SELECT m.id, 'concern', b.agency, m.circle, m.named, false, 'open', '', false, false, m.status = 'closed', m.at, m.at
FROM made m JOIN bench_body b ON b.n = m.body ORDER BY m.i;
INSERT INTO concerns_concern (record_id, reference, status, about, service_name, service_place, headline, narrative, precision, danger,
    source_kind, source_other, reliability, dimensions, outcome_domain, severity, confidence, to_complete, version, changed_at, outcome, steps_done, sharing_plan)
SELECT id, 'B' || i, status, 'provider', '', '', w.head || ' k' || i || 'k', w.body,
    'day', 'no', 'complaint', '', 'first_hand', ARRAY['safety'], '', (ARRAY['low', 'moderate', 'serious', 'critical'])[1 + pg_temp.chance(i, 18, 4)],
    'plausible', false, 1, at, CASE status WHEN 'closed' THEN 'no_further_action' ELSE '' END, '{}', '{}'
FROM made, LATERAL (SELECT
    initcap((ARRAY['falls', 'staffing', 'medicines', 'discharge', 'waiting', 'meals', 'records', 'handover'])[1 + pg_temp.chance(i, 20, 8)]) || ' on '
        || (ARRAY['one ward', 'two wards', 'the unit', 'nights', 'weekends'])[1 + pg_temp.chance(i, 21, 5)] AS head,
    'It was seen ' || (ARRAY['by a visitor', 'by staff', 'at a visit', 'in the figures'])[1 + pg_temp.chance(i, 22, 4)] || ' that '
        || (ARRAY['patients', 'residents', 'people'])[1 + pg_temp.chance(i, 23, 3)] || ' were ' ||
        (ARRAY['left waiting', 'not turned', 'given the wrong medicine', 'sent home late', 'not listened to'])[1 + pg_temp.chance(i, 24, 5)]
        || CASE pg_temp.chance(i, 25, 2000) WHEN 0 THEN ' with legionella' ELSE '' END || ' ref' || pg_temp.chance(i, 26, 100000) || '.' AS body) w
ORDER BY i;
INSERT INTO concerns_concernversion (id, concern_id, number, at, content)
SELECT md5('version' || id)::uuid, id, 1, at, '{}' FROM made ORDER BY i;
INSERT INTO access_recordprovider (record_id, provider_id)
SELECT m.id, p.provider FROM made m JOIN bench_provider p ON p.g = m.g AND p.within = m.p ORDER BY m.i;
INSERT INTO access_recordexclusion (record_id, agency_id, recorded_at)
SELECT m.id, b.agency, m.at FROM made m JOIN bench_body b ON b.n = pg_temp.chance(m.i, 30, 699) WHERE pg_temp.chance(m.i, 31, 200) = 0 AND b.n <> m.body;
INSERT INTO access_share (id, record_id, audience_id, at, gateway)
SELECT md5('share' || m.id || audience)::uuid, m.id, audience, m.at, 'functions'
FROM made m JOIN bench_circle c ON c.id = coalesce(m.circle, m.named), unnest(c.groups) audience ORDER BY m.i;
DROP TABLE made;
