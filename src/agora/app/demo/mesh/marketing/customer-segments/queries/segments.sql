select segment, count(*) as households, sum(spent) as spent
from marketing.customer_segments
group by segment
order by spent desc
