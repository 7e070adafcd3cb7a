select
    cast("Week" as integer) as "week",
    "Department" as department,
    cast("Target (USD)" as decimal(12, 2)) as target
from workbook
