select campaign_id, count(*) as households from targets group by campaign_id
