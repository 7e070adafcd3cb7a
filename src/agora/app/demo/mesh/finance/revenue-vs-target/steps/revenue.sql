select "week", department, sum(sales) as revenue from weekly group by all
