-- The other way, measured beside ours on the same data: a grant on each concern for each audience of its shares, and for
-- the readers of the body that owns it.
SET session_replication_role = replica;
INSERT INTO guardian_groupobjectpermission (object_pk, content_type_id, group_id, permission_id)
SELECT DISTINCT granted.record, t.id, granted.audience, p.id
FROM django_content_type t
JOIN auth_permission p ON p.content_type_id = t.id AND p.codename = 'view_concern'
CROSS JOIN (
    SELECT s.record_id::text AS record, s.audience_id AS audience FROM access_share s JOIN access_record r ON r.id = s.record_id
    WHERE r.kind = 'concern' AND s.ended_at IS NULL
    UNION ALL
    SELECT r.id::text, a.group_id FROM access_record r JOIN access_audience a ON a.kind = 'agency' AND a.agency_id = r.owner_id
    WHERE r.kind = 'concern'
) granted
WHERE t.app_label = 'concerns' AND t.model = 'concern';
