-- Answers to whoever may see how the loading goes, and to nobody else.
select 1 as allowed
from ops.load_attempts
where false
