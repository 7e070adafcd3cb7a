select cast(campaign_id as integer) as campaign_id, household_id from raw_campaigns
