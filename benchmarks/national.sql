-- The national data set: 31 groups, 700 agencies, 20,000 people, 60,000 providers, and as many concerns
-- as :concerns says, over five years. Chance is a hash of the row's number: the same each time.

SET session_replication_role = replica;
SET maintenance_work_mem = '512MB';
SET work_mem = '256MB';

CREATE FUNCTION pg_temp.chance(i bigint, salt int, n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(i, salt) & 9223372036854775807) % n $$;
CREATE FUNCTION pg_temp.key(what text, i bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT md5(what || i)::uuid $$;

-- bodies: the directory's own, filled up to 700
INSERT INTO agencies_agency (id, kind, name, short_name, ons_code, town, telephone, out_of_hours_telephone, email, source)
SELECT pg_temp.key('body', i), 'other', 'Fictional body ' || i, '', '', '', '', '', '', 'benchmark'
FROM generate_series(1, 700 - (SELECT count(*) FROM agencies_agency)) i;

CREATE TABLE bench_group AS
SELECT row_number() OVER (ORDER BY g.name) - 1 AS n, g.id AS qsg, g.region_id AS region
FROM agencies_qualitysurveillancegroup g WHERE tier = 'local';
CREATE TABLE bench_body AS
SELECT row_number() OVER (ORDER BY name, id) - 1 AS n, id AS agency FROM agencies_agency;
-- every body is a full member of two groups side by side; six national ones of all
DELETE FROM agencies_qsgmember;
INSERT INTO agencies_qsgmember (id, qsg_id, agency_id, kind, starts_on)
SELECT pg_temp.key('member', b.n * 100 + g.n), g.qsg, b.agency, 'full', '2013-04-01'
FROM bench_body b JOIN bench_group g ON b.n < 6 OR (b.n < 699 AND g.n IN (b.n % 26, (b.n + 1) % 26)) OR (b.n = 699 AND g.n = 26);
INSERT INTO agencies_qsgmember (id, qsg_id, agency_id, kind, starts_on)
SELECT pg_temp.key('regional member', r.n * 1000 + b.n), r.id, b.agency, 'full', '2013-04-01'
FROM bench_body b JOIN (SELECT id, row_number() OVER () AS n FROM agencies_qualitysurveillancegroup WHERE tier = 'regional') r ON b.n < 6;

-- people: everybody works at one body; one in twenty-five sits in its two groups
INSERT INTO accounts_user (id, password, is_superuser, email, full_name, telephone, is_active)
SELECT pg_temp.key('person', i), '!', false, 'bench' || i || '@example.org', 'Person ' || i, '', true
FROM generate_series(0, 19999) i;
INSERT INTO agencies_membership (id, user_id, agency_id, role, starts_on)
SELECT pg_temp.key('membership', i), pg_temp.key('person', i), b.agency, 'contributor', '2013-04-01'
FROM generate_series(0, 19999) i JOIN bench_body b ON b.n = i % 700;
INSERT INTO agencies_seat (id, qsg_id, user_id, agency_id, kind, cleared, starts_on)
SELECT md5('seat' || p.id || m.qsg_id)::uuid, m.qsg_id, p.id, m.agency_id, 'representative', p.n < 6, '2013-04-01'
FROM (SELECT i AS n, pg_temp.key('person', i) AS id, i % 700 AS body FROM generate_series(0, 699) i) p
JOIN bench_body b ON b.n = p.body JOIN agencies_qsgmember m ON m.agency_id = b.agency;

-- providers: the directory's own, filled up to 60,000; each stands in one group's area
INSERT INTO providers_provider (id, name, kind, sector, status, fictional, address, town, postcode, telephone, source)
SELECT pg_temp.key('provider', i), 'Fictional provider ' || i, 'care_home', '', 'open', true, '', '', '', '', 'benchmark'
FROM generate_series(1, 60000 - (SELECT count(*) FROM providers_provider)) i;
CREATE TABLE bench_provider AS
SELECT id AS provider, pg_temp.chance(row_number() OVER (ORDER BY id), 1, 27) AS g,
    0::bigint AS within FROM providers_provider;
UPDATE bench_provider p SET within = o.within FROM
    (SELECT provider, row_number() OVER (PARTITION BY g ORDER BY provider) - 1 AS within FROM bench_provider) o
WHERE o.provider = p.provider;
CREATE UNIQUE INDEX ON bench_provider (g, within);
DELETE FROM providers_providergroup;
INSERT INTO providers_providergroup (id, provider_id, qsg_id, source)
SELECT md5('place' || p.provider)::uuid, p.provider, g.qsg, 'stated' FROM bench_provider p JOIN bench_group g ON g.n = p.g;

-- audiences: the three of each group, each body, each person
CREATE TABLE bench_audience AS
SELECT 1000 + row_number() OVER () AS id, * FROM (
    SELECT k.kind, g.id AS qsg, NULL::uuid AS agency, NULL::uuid AS person, g.tier || ' ' || k.kind AS what, NULL::bigint AS n
    FROM agencies_qualitysurveillancegroup g, (VALUES ('qsg_seats'), ('qsg_cleared'), ('qsg_readers')) k(kind)
    UNION ALL SELECT 'agency', NULL, agency, NULL, 'agency', n FROM bench_body
    UNION ALL SELECT 'person', NULL, m.agency_id, m.user_id, 'person', i
        FROM generate_series(0, 19999) i JOIN agencies_membership m ON m.user_id = pg_temp.key('person', i)
) made;
INSERT INTO auth_group (id, name) SELECT id, 'bench ' || id FROM bench_audience;
INSERT INTO access_audience (group_id, kind, qsg_id, agency_id, person_id)
SELECT id, kind, qsg, agency, person FROM bench_audience;

-- circles: each group's seats, or cleared seats, with its region's or without; sets of bodies; sets of people
CREATE TABLE bench_circle (id bigint PRIMARY KEY, what text, n bigint, groups int[]);
INSERT INTO bench_circle
SELECT 1 + g.n * 4 + v.v, 'group', g.n * 4 + v.v,
    CASE v.v WHEN 0 THEN ARRAY[s.id] WHEN 1 THEN ARRAY[s.id, r.id] WHEN 2 THEN ARRAY[c.id] ELSE ARRAY[c.id, rc.id] END
FROM bench_group g, (VALUES (0), (1), (2), (3)) v(v), bench_audience s, bench_audience c, bench_audience r, bench_audience rc
WHERE s.qsg = g.qsg AND s.kind = 'qsg_seats' AND c.qsg = g.qsg AND c.kind = 'qsg_cleared'
    AND r.qsg = g.region AND r.kind = 'qsg_seats' AND rc.qsg = g.region AND rc.kind = 'qsg_cleared';
INSERT INTO bench_circle
SELECT 1000 + i, 'bodies', i, (SELECT array_agg(DISTINCT a.id) FROM generate_series(0, pg_temp.chance(i, 2, 5)) j
    JOIN bench_audience a ON a.what = 'agency' AND a.n = pg_temp.chance(i * 10 + j, 3, 699))
FROM generate_series(0, 29999) i;
INSERT INTO bench_circle
SELECT 100000 + i, 'people', i, (SELECT array_agg(DISTINCT a.id) FROM generate_series(0, pg_temp.chance(i, 4, 3)) j
    JOIN bench_audience a ON a.what = 'person' AND a.n = pg_temp.chance(i * 10 + j, 5, 20000))
FROM generate_series(0, 9999) i;
INSERT INTO access_circle (id, key) SELECT id, 'bench ' || id FROM bench_circle;
INSERT INTO access_circlereading (group_id, permission_id, content_object_id)
SELECT one, (SELECT id FROM auth_permission WHERE codename = 'read_circle'), id FROM bench_circle, unnest(groups) one;
ANALYZE;
