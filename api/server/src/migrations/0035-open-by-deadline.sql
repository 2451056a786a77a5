-- The worklist reads what is open by its deadline, a part at a time, each from where the one before ended. The index that held what is done too was
-- given up for reading the whole table by the plan that a connection keeps for all values (GET /worklist, 5,822 lines).
create index obligation_open_due on obligation (tenant, issuer, due_at, id collate "C") where status = 'open';
