select
    product_id,
    cast(store_id as integer) as store_id,
    cast("week" as integer) as "week",
    display_location,
    mailer_location
from raw
