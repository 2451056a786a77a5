-- Numbers that text messages to those who act for a patient go to: what they answer is heeded as the patient's own is.
alter table patient_contact add column proxy_text_indexes bytea[] not null default '{}';
create index patient_contact_proxy_text on patient_contact using gin (proxy_text_indexes);
grant update (proxy_text_indexes) on patient_contact to refloop_app;
