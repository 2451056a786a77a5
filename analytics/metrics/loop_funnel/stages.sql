-- The stages of the loop in their order.
select *
from (
  values (1, 'ordered'), (2, 'sent'), (3, 'accepted'), (4, 'scheduled'), (5, 'seen'), (6, 'noted'), (7, 'reviewed')
) as stage (position, category)
