-- Run by the database's image on its first start, as its superuser, in the portal's new database.
\ir roles.sql
\set owner `cat "${SECRETS:-/run/secrets}/owner_password"`
\set web `cat "${SECRETS:-/run/secrets}/web_password"`
\set clockwork `cat "${SECRETS:-/run/secrets}/clockwork_password"`
ALTER ROLE qsg_owner PASSWORD :'owner';
ALTER ROLE qsg_web PASSWORD :'web';
ALTER ROLE qsg_clockwork PASSWORD :'clockwork';
SELECT format('ALTER DATABASE %I OWNER TO qsg_owner', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO qsg_web, qsg_clockwork', current_database()) \gexec
