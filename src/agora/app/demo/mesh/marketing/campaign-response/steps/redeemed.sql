select r.campaign_id, count(distinct r.household_id) as redeeming
from redemptions as r
semi join targets as t on t.campaign_id = r.campaign_id and t.household_id = r.household_id
group by r.campaign_id
