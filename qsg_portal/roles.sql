-- The three roles of the database, made where they are missing; run by whoever may make roles, as often as wanted.
-- What each may do in the tables is granted by `manage.py make_ready` (qsg_portal/database_roles.py).
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['qsg_owner', 'qsg_web', 'qsg_clockwork'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', name);
        END IF;
    END LOOP;
END $$;
-- A ticker that hangs in a transaction must not hold its rows for long.
ALTER ROLE qsg_clockwork SET idle_in_transaction_session_timeout = '5s';
-- A page that takes longer helps nobody, and holds a thread that others wait for.
ALTER ROLE qsg_web SET statement_timeout = '8s';
