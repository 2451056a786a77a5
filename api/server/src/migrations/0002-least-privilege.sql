-- The application may change only what changes in its life: what was recommended, decided and approved stays as it was written.

revoke update, delete on recommendation, plan, obligation, session, role_grant, used_id_token, data_key from refloop_app;

grant update (status, outcome, revision, working_sealed) on recommendation to refloop_app;
grant update (finished, lease_holder, lease_until, revision, content_sealed) on plan to refloop_app;
grant update (owner, status, settled_at, content_sealed) on obligation to refloop_app;
grant update (last_activity, ended_at) on session to refloop_app;
grant update (fhir_user, name, roles, granted_by, granted_at, reason) on role_grant to refloop_app;
-- Rotation wraps a key anew; retention and the end of a session destroy it.
grant update (kid, wrapped), delete on data_key to refloop_app;
grant delete on session, used_id_token to refloop_app;
